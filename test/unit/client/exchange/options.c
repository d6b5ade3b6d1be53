/* SPDX-License-Identifier: MIT */
#include "client/exchange/options.h"
#include "support/client.h"
#include "support/test.h"

/* What an exchange with these options comes to. */
static int read_with(test_client *client, duet__exchange *self,
                     const duet_fetch_options *options)
{
    int status;

    self->session = client->session;
    self->options = options;
    self->method = "GET";
    status = duet__exchange_read(self, "http://a.test/");
    duet_url_free(self->url);
    duet_fields_free(self->fields);
    return status;
}

static void read_limits(test_client *client)
{
    static const duet_fetch_options plain;
    static const duet_fetch_options small = {.body_bytes_max = 5};
    duet__ring ring;
    duet__exchange whole = {0};
    duet__exchange open = {.ring = &ring};
    duet__exchange limited = {.ring = &ring};

    assert_status(read_with(client, &whole, &plain), 0);
    assert_int_equal(whole.body_max, 64 << 20);
    assert_int_equal(whole.head_max, 300 << 10);
    assert_int_equal(whole.max_redirects, 10);
    assert_status(read_with(client, &open, &plain), 0);
    assert_true(open.body_max == SIZE_MAX);
    assert_int_equal(ring.capacity, 65536);
    assert_status(read_with(client, &limited, &small), 0);
    assert_int_equal(limited.body_max, 5);
}

static void body_that_is_read_as_it_comes_has_no_limit(void **state)
{
    (void)state;
    test_client_run(read_limits, NULL);
}

static void merge(test_client *client)
{
    duet_fetch_options options = {0};
    duet__exchange self = {.session = client->session};
    duet_fields *fields;

    assert_status(duet_fields_new(NULL, &fields), 0);
    assert_status(duet_fields_add(fields, "User-Agent", "me"), 0);
    options.fields = fields;
    self.options = &options;
    self.method = "GET";
    assert_status(duet__exchange_read(&self, "http://a.test/"), 0);
    assert_int_equal(duet_fields_count(self.fields), 1);
    assert_string_equal(duet_fields_get(self.fields, "User-Agent"), "me");
    duet_url_free(self.url);
    duet_fields_free(self.fields);
    duet_fields_free(fields);
}

static void fields_of_the_request_replace_the_sessions(void **state)
{
    (void)state;
    test_client_run(merge, NULL);
}

static void read_lines(test_client *client)
{
    static const char *const lines[] = {"User-Agent:me ", "A: b", "A:", NULL};
    static const char *const wrong[][2] = {{"nothing", NULL},
                                           {": b", NULL},
                                           {"A b: c", NULL},
                                           {"A: b\r\nC: d", NULL}};
    const duet_fetch_options options = {.field_lines = lines};
    duet__exchange self = {.session = client->session, .options = &options};

    self.method = "GET";
    assert_status(duet__exchange_read(&self, "http://a.test/"), 0);
    assert_int_equal(duet_fields_count(self.fields), 3);
    assert_string_equal(duet_fields_get(self.fields, "User-Agent"), "me");
    assert_string_equal(duet_fields_get(self.fields, "A"), "b");
    duet_url_free(self.url);
    duet_fields_free(self.fields);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        duet__exchange bad = {0};

        assert_status(read_with(client, &bad,
                                &(duet_fetch_options){.field_lines = wrong[i]}),
                      DUET_EFIELD);
    }
}

static void fields_may_be_given_as_texts(void **state)
{
    (void)state;
    test_client_run(read_lines, NULL);
}

TEST_MAIN(test(fields_may_be_given_as_texts),
          test(body_that_is_read_as_it_comes_has_no_limit),
          test(fields_of_the_request_replace_the_sessions))
