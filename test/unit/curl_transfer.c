/* SPDX-License-Identifier: MIT */
#include "support/client.h"
#include "support/test.h"

#include <stdio.h>

static void expect_sent(test_client *client, const char *method,
                        const duet_fetch_options *options, const char *has,
                        const char *has_not)
{
    duet_response *response;

    assert_status(duet_fetch(client->session, method,
                             test_client_url(client, "/"), options, &response,
                             DUET_NEVER),
                  0);
    duet_response_free(response);
    assert_non_null(strstr(client->wire.head, has));
    assert_null(strstr(client->wire.head, has_not));
}

static void alternate(test_client *client)
{
    duet_fetch_options body = {.body = "x", .body_bytes = 1};
    duet_fields *fields;

    assert_status(duet_fields_new(NULL, &fields), 0);
    assert_status(duet_fields_add(fields, "X-Empty", ""), 0);
    assert_status(duet_fields_add(fields, "X-Twice", "1"), 0);
    assert_status(duet_fields_add(fields, "X-Twice", "2"), 0);
    /* Each of these uses the handle of the one before. */
    expect_sent(client, "GET", NULL, "GET / HTTP/1.1\r\n", "Content-");
    expect_sent(client, "PURGE", &body, "PURGE / HTTP/1.1\r\n", "Expect");
    expect_sent(client, "GET", NULL, "GET / HTTP/1.1\r\n", "Content-");
    expect_sent(client, "POST", NULL, "Content-Length: 0\r\n", "Content-Type");
    body.fields = fields;
    expect_sent(client, "POST", &body, "X-Empty:\r\n", "Expect");
    assert_non_null(strstr(client->wire.head, "X-Twice: 1\r\nX-Twice: 2\r\n"));
    assert_string_equal(client->wire.body, "x");
    expect_sent(client, "GET", NULL, "GET / HTTP/1.1\r\n", "X-");
    assert_int_equal(client->wire.connections, 1);
    duet_fields_free(fields);
}

static void handle_forgets_the_request_before(void **state)
{
    (void)state;
    test_client_run(alternate, NULL);
}

static void credentials(test_client *client)
{
    duet_response *response;
    char url[64];

    snprintf(url, sizeof url, "http://user:pass@127.0.0.1:%d/",
             client->wire.port);
    assert_status(duet_get(client->session, url, NULL, &response, DUET_NEVER),
                  0);
    duet_response_free(response);
    assert_non_null(
        strstr(client->wire.head, "\r\nAuthorization: Basic dXNlcjpwYXNz\r\n"));
}

static void user_info_is_sent_as_credentials(void **state)
{
    (void)state;
    test_client_run(credentials, NULL);
}

TEST_MAIN(test(handle_forgets_the_request_before),
          test(user_info_is_sent_as_credentials))
