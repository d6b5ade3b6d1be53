/* SPDX-License-Identifier: MIT */
#include "client/names/addresses.h"
#include "support/test.h"

static void addresses_are_told_from_names(void **state)
{
    (void)state;
    assert_true(duet__host_is_address("127.0.0.1"));
    assert_true(duet__host_is_address("::1"));
    assert_false(duet__host_is_address("127.1"));
    assert_false(duet__host_is_address("example.org"));
}

static void expect(const duet__fixed_hosts *hosts, const char *host,
                   uint16_t port, const char *expected)
{
    duet__addresses *found = duet__fixed_hosts_find(hosts, host, port);

    if (expected == NULL) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_string_equal(found->text, expected);
    duet__addresses_drop(found);
}

static void fixed_hosts_are_found_by_host_and_port(void **state)
{
    static const char *const texts[] = {"A.example:80:192.0.2.1",
                                        "b.example:443:[2001:db8::1]",
                                        "b.example:80:2001:db8::2", NULL};
    duet__fixed_hosts hosts;

    (void)state;
    assert_status(duet__fixed_hosts_read(&hosts, texts), 0);
    expect(&hosts, "a.example", 80, "192.0.2.1");
    expect(&hosts, "a.example", 81, NULL);
    expect(&hosts, "b.example", 443, "[2001:db8::1]");
    expect(&hosts, "b.example", 80, "[2001:db8::2]");
    expect(&hosts, "c.example", 80, NULL);
    duet__fixed_hosts_free(&hosts);
}

static void host_has_several_addresses_in_order(void **state)
{
    static const char *const texts[] = {
        "a.example:80:192.0.2.2,2001:db8::1,[2001:db8::2],192.0.2.1", NULL};
    duet__fixed_hosts hosts;

    (void)state;
    assert_status(duet__fixed_hosts_read(&hosts, texts), 0);
    expect(&hosts, "a.example", 80,
           "192.0.2.2,[2001:db8::1],[2001:db8::2],192.0.2.1");
    duet__fixed_hosts_free(&hosts);
}

static void list_of_addresses_is_bounded(void **state)
{
    char text[8192] = "a.example:80:192.0.2.1";
    const char *const texts[] = {text, NULL};
    duet__fixed_hosts hosts;

    (void)state;
    for (size_t length = strlen(text); length < 5000; length += 10)
        strncat(text, ",192.0.2.1", 11);
    assert_status(duet__fixed_hosts_read(&hosts, texts), DUET_EINVAL);
    duet__fixed_hosts_free(&hosts);
}

static void localhost_is_this_host(void **state)
{
    duet__fixed_hosts hosts;

    (void)state;
    assert_status(duet__fixed_hosts_read(&hosts, NULL), 0);
    expect(&hosts, "localhost", 80, "127.0.0.1,[::1]");
    expect(&hosts, "a.localhost", 80, "127.0.0.1,[::1]");
    expect(&hosts, "localhost.", 80, "127.0.0.1,[::1]");
    expect(&hosts, "x.localhost.", 80, "127.0.0.1,[::1]");
    expect(&hosts, "notlocalhost", 80, NULL);
    expect(&hosts, "notlocalhost.", 80, NULL);
    expect(&hosts, "localhost.test", 80, NULL);
    duet__fixed_hosts_free(&hosts);
}

static void malformed_texts_are_refused(void **state)
{
    static const char *const bad[] = {
        "a",
        "a:80",
        "a:80:",
        "a:0:1.2.3.4",
        "a:80:1.2.3",
        ":80:1.2.3.4",
        "a b:80:1.2.3.4",
        "a:x:1.2.3.4",
        "a:80:1.2.3.4,",
        "a:80:,1.2.3.4",
        "a:80:1.2.3.4,,1.2.3.5",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *const texts[] = {bad[i], NULL};
        duet__fixed_hosts hosts;

        assert_status(duet__fixed_hosts_read(&hosts, texts), DUET_EINVAL);
        duet__fixed_hosts_free(&hosts);
    }
}

static void one_place_twice_is_refused(void **state)
{
    static const char *const texts[] = {"a:80:192.0.2.1", "A:80:192.0.2.2",
                                        NULL};
    duet__fixed_hosts hosts;

    (void)state;
    assert_status(duet__fixed_hosts_read(&hosts, texts), DUET_EINVAL);
    duet__fixed_hosts_free(&hosts);
}

TEST_MAIN(test(addresses_are_told_from_names),
          test(fixed_hosts_are_found_by_host_and_port),
          test(host_has_several_addresses_in_order),
          test(list_of_addresses_is_bounded), test(localhost_is_this_host),
          test(malformed_texts_are_refused), test(one_place_twice_is_refused))
