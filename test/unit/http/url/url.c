/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "support/url.h"

static void parts_are_taken_apart(void **state)
{
    duet_url *url = test_url_parse(
        "HTTPS://user:p%40w@Example.ORG:8443/a/b%2Fc?x=1&y#part");

    (void)state;
    assert_string_equal(duet_url_scheme(url), "https");
    assert_string_equal(duet_url_user_info(url), "user:p%40w");
    assert_string_equal(duet_url_host(url), "example.org");
    assert_int_equal(duet_url_port(url), 8443);
    assert_true(duet_url_port_is_explicit(url));
    assert_string_equal(duet_url_authority(url), "example.org:8443");
    assert_string_equal(duet_url_origin(url), "https://example.org:8443");
    assert_string_equal(duet_url_path(url), "/a/b%2Fc");
    assert_string_equal(duet_url_query(url), "x=1&y");
    assert_string_equal(duet_url_fragment(url), "part");
    assert_string_equal(duet_url_target(url), "/a/b%2Fc?x=1&y");
    assert_string_equal(
        duet_url_text(url),
        "https://user:p%40w@example.org:8443/a/b%2Fc?x=1&y#part");
    duet_url_free(url);
    duet_url_free(NULL);
}

static void missing_parts_are_null_and_empty_ones_are_empty(void **state)
{
    duet_url *url = test_url_parse("http://a");

    (void)state;
    assert_null(duet_url_user_info(url));
    assert_null(duet_url_query(url));
    assert_null(duet_url_fragment(url));
    assert_string_equal(duet_url_path(url), "/");
    assert_int_equal(duet_url_port(url), 80);
    assert_false(duet_url_port_is_explicit(url));
    duet_url_free(url);
    url = test_url_parse("https://@a:/?#");
    assert_string_equal(duet_url_user_info(url), "");
    assert_string_equal(duet_url_query(url), "");
    assert_string_equal(duet_url_fragment(url), "");
    assert_int_equal(duet_url_port(url), 443);
    assert_string_equal(duet_url_text(url), "https://@a/?#");
    duet_url_free(url);
}

static void quoted_bytes_stay_byte_for_byte(void **state)
{
    static const char *const texts[] = {
        "http://a/%7euser/%2e%2E/%zz/%/%2",
        "http://s3.example/k%20ey?X-Amz-Signature=ab%2Fcd%3D&X=a+b;c,d",
        "http://a/!$&'()*+,;=:@-._~[]?!$&'()*+,;=:@-._~/?[]#/?%[]",
        "http://a/?u=http://b/../c/./d//e",
        "http://a//b///",
        "http://a/b;v=1/c,d",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        test_url_becomes(texts[i], texts[i]);
}

static void bytes_that_may_not_appear_are_escaped(void **state)
{
    (void)state;
    test_url_becomes("http://a/b c?d e#f g", "http://a/b%20c?d%20e#f%20g");
    test_url_becomes("http://a/\xc3\xa9?\xc3\xa9", "http://a/%C3%A9?%C3%A9");
    test_url_becomes("http://a/\"<>\\^`{|}",
                     "http://a/%22%3C%3E%5C%5E%60%7B%7C%7D");
    test_url_becomes("http://a b:c@h/", "http://a%20b:c@h/");
    test_url_becomes(" \thttp://a/b \t", "http://a/b");
}

static void origin_is_scheme_host_and_port(void **state)
{
    static const char *const same[] = {"http://A:80/x", "http://u@a/?y"};
    static const char *const others[] = {"https://a/", "http://a:8080/",
                                         "http://b/", "https://a:80/"};
    duet_url *url = test_url_parse("http://a/");

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        duet_url *other = test_url_parse(same[i]);

        assert_true(duet_url_same_origin(url, other));
        duet_url_free(other);
    }
    for (size_t i = 0; i < 4; i++) {
        duet_url *other = test_url_parse(others[i]);

        assert_false(duet_url_same_origin(url, other));
        duet_url_free(other);
    }
    duet_url_free(url);
}

TEST_MAIN(test(parts_are_taken_apart),
          test(missing_parts_are_null_and_empty_ones_are_empty),
          test(quoted_bytes_stay_byte_for_byte),
          test(bytes_that_may_not_appear_are_escaped),
          test(origin_is_scheme_host_and_port))
