/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "fetch/input/host_key.h"

static void assert_key(const char *url, const char *expected)
{
    char room[DUET__ORIGIN_BYTES];
    duet__text key = duet__host_key(duet__text_from(url), room);

    if (!duet__text_equal(key, duet__text_from(expected)))
        fail_msg("%s: %.*s", url, DUET__TEXT_ARGUMENTS(key));
}

static void one_origin_has_one_key_however_it_is_written(void **state)
{
    (void)state;
    assert_key("http://example.org", "http://example.org");
    assert_key("http://example.org/a?b#c", "http://example.org");
    assert_key("http://example.org:80/a", "http://example.org");
    assert_key("http://example.org:/a", "http://example.org");
    assert_key("HTTP://EXAMPLE.org/", "http://example.org");
    assert_key("http://me:secret@example.org/", "http://example.org");
    assert_key("https://example.org:443/", "https://example.org");
    assert_key("https://example.org:80/", "https://example.org:80");
    assert_key("http://127.0.0.1:8080/", "http://127.0.0.1:8080");
    assert_key("http://127.0.0.1:08080/", "http://127.0.0.1:8080");
    assert_key("http://[::1]:8080/", "http://[::1]:8080");
}

static void text_that_is_no_url_has_an_empty_key(void **state)
{
    (void)state;
    assert_key("", "");
    assert_key("nonsense", "");
    assert_key("ftp://example.org/", "");
    assert_key("http:///", "");
    assert_key("http://exa mple.org/", "");
    assert_key("http://example.org:999999/", "");
}

static void assert_split(const char *origin, const char *host, int port)
{
    char found[DUET__HOST_BYTES];
    uint16_t found_port;

    duet__host_key_split(duet__text_from(origin), found, &found_port);
    assert_string_equal(found, host);
    assert_int_equal(found_port, port);
}

static void key_is_taken_apart_into_host_and_port(void **state)
{
    (void)state;
    assert_split("http://example.org", "example.org", 80);
    assert_split("https://[::1]", "::1", 443);
    assert_split("http://h:99", "h", 99);
    assert_split("", "", 0);
    assert_split("http://h:99999", "", 0); /* plain to look at, but no URL */
}

TEST_MAIN(test(one_origin_has_one_key_however_it_is_written),
          test(text_that_is_no_url_has_an_empty_key),
          test(key_is_taken_apart_into_host_and_port))
