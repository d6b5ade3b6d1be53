/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/fuzz.h"
#include "support/memory.h"
#include "support/url.h"

static void assert_refused(const char *text, int code, const char *detail)
{
    duet_url *url = (duet_url *)1;

    assert_status(duet_url_parse(text, &url), code);
    assert_null(url);
    if (strstr(duet_error_detail(), detail) == NULL)
        fail_msg("%s: \"%s\" is not about \"%s\"", text, duet_error_detail(),
                 detail);
}

static void scheme_host_and_port_are_normalised(void **state)
{
    (void)state;
    test_url_becomes("HTTP://EXAMPLE.com:80", "http://example.com/");
    test_url_becomes("https://example.com:443/", "https://example.com/");
    test_url_becomes("https://example.com:80/", "https://example.com:80/");
    test_url_becomes("http://a:00080/", "http://a/");
    test_url_becomes("http://[2001:DB8:0:0::0001]:8080/",
                     "http://[2001:db8::1]:8080/");
    test_url_becomes("http://[::ffff:127.0.0.1]/",
                     "http://[::ffff:127.0.0.1]/");
    test_url_becomes("http://127.0.0.1/", "http://127.0.0.1/");
    test_url_becomes("http://a_b.example./", "http://a_b.example./");
    test_url_becomes("http://a?b", "http://a/?b");
    test_url_becomes("http://a#b", "http://a/#b");
    test_url_becomes("http://a/b/../c/./d/..", "http://a/c/");
}

static void malformed_texts_are_refused_with_a_reason(void **state)
{
    (void)state;
    assert_refused("", DUET_EURL, "no scheme");
    assert_refused("example.org/x", DUET_EURL, "no scheme");
    assert_refused("//example.org/", DUET_EURL, "no scheme");
    assert_refused("1http://a/", DUET_EURL, "no scheme");
    assert_refused("ftp://a/", DUET_ESCHEME, "\"ftp\"");
    assert_refused("httpx://a/", DUET_ESCHEME, "\"httpx\"");
    assert_refused("javascript:alert(1)", DUET_ESCHEME, "javascript");
    assert_refused("http:", DUET_EURL, "no host");
    assert_refused("http:/a", DUET_EURL, "no host");
    assert_refused("http://", DUET_EURL, "is empty");
    assert_refused("http:///path", DUET_EURL, "is empty");
    assert_refused("http://:80/", DUET_EURL, "is empty");
    assert_refused("http://u@/", DUET_EURL, "is empty");
    assert_refused("http://127.0.0.1:80\\@other/", DUET_EURL, "'\\'");
    assert_refused("http://a\\b@other/", DUET_EURL, "'\\'");
    assert_refused("http://a\\other/", DUET_EURL, "'\\'");
    assert_refused("http://a@b@c/", DUET_EURL, "'@'");
    assert_refused("http://a/b\nc", DUET_EURL, "byte 11");
    assert_refused("http://a\r\n/", DUET_EURL, "0x0d");
    assert_refused("http://a/\x7f", DUET_EURL, "0x7f");
    assert_refused("http://a/\tb", DUET_EURL, "0x09");
}

static void malformed_hosts_are_refused_with_a_reason(void **state)
{
    (void)state;
    assert_refused("http://a b/", DUET_EURL, "character");
    assert_refused("http://a\\b/", DUET_EURL, "'\\'");
    assert_refused("http://a,b/", DUET_EURL, "character");
    assert_refused("http://a%41/", DUET_EURL, "'%'");
    assert_refused("http://m\xfcnchen.example/", DUET_EURL, "UTF-8");
    assert_refused("http://\xc2\xad/", DUET_EURL, "empty");
    assert_refused("http://a..b/", DUET_EURL, "empty part");
    assert_refused("http://.a/", DUET_EURL, "empty part");
    assert_refused("http://./", DUET_EURL, "empty part");
    assert_refused("http://127.1/", DUET_EURL, "decimal");
    assert_refused("http://2130706433/", DUET_EURL, "decimal");
    assert_refused("http://0x7f.0.0.1/", DUET_EURL, "decimal");
    assert_refused("http://0x7f000001/", DUET_EURL, "decimal");
    assert_refused("http://127.0.0.01/", DUET_EURL, "decimal");
    assert_refused("http://256.0.0.1/", DUET_EURL, "decimal");
    assert_refused("http://1.2.3.4.5/", DUET_EURL, "decimal");
    assert_refused("http://127.0.0.1./", DUET_EURL, "decimal");
    assert_refused("http://[::1/", DUET_EURL, "']'");
    assert_refused("http://[::1]x/", DUET_EURL, "']'");
    assert_refused("http://[]/", DUET_EURL, "IPv6");
    assert_refused("http://[1.2.3.4]/", DUET_EURL, "IPv6");
    assert_refused("http://[::g]/", DUET_EURL, "IPv6");
    assert_refused("http://[fe80::1%25eth0]/", DUET_EURL, "IPv6");
    assert_refused("http://[v1.a]/", DUET_EURL, "IPv6");
    assert_refused("http://::1/", DUET_EURL, "is empty");
}

static void malformed_ports_are_refused_with_a_reason(void **state)
{
    static const char *const ports[] = {
        "0", "65536", "-1", "+80", "8 0", "80a", "0x50", ":80", "99999999999"};
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        snprintf(text, sizeof text, "http://a:%s/", ports[i]);
        assert_refused(text, DUET_EURL, "port");
    }
}

static void too_long_texts_are_refused(void **state)
{
    char *text = malloc(DUET_URL_BYTES_MAX + 2);
    duet_url *url;

    (void)state;
    memset(text, 'a', DUET_URL_BYTES_MAX + 1);
    memcpy(text, "http://a/", 9);
    text[DUET_URL_BYTES_MAX + 1] = '\0';
    assert_refused(text, DUET_ETOOLARGE, "65537");
    text[DUET_URL_BYTES_MAX] = '\0';
    assert_status(duet_url_parse(text, &url), 0);
    assert_string_equal(duet_url_text(url), text);
    duet_url_free(url);
    memset(text + 7, 'a', 300);
    text[307] = '\0';
    assert_refused(text, DUET_EURL, "253");
    text[7 + 64] = '\0';
    assert_refused(text, DUET_EURL, "63");
    text[7 + 63] = '\0';
    duet_url_free(test_url_parse(text));
    free(text);
}

/* RFC 3986 5.4.1 and 5.4.2, all of them that give an http URL. */
static void references_resolve_as_in_rfc_3986(void **state)
{
    static const char *const cases[][2] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"}, /* the RFC has no '/': ours never is empty */
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        /* and ours */
        {"https://z/../y", "https://z/y"},
        {"./g:h", "http://a/b/c/g:h"},
        {" g h ", "http://a/b/c/g%20h"},
    };
    duet_url *base = test_url_parse("http://a/b/c/d;p?q");
    duet_url *url;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_status(duet_url_resolve(base, cases[i][0], &url), 0);
        assert_string_equal(duet_url_text(url), cases[i][1]);
        duet_url_free(url);
    }
    assert_status(duet_url_resolve(base, "g:h", &url), DUET_ESCHEME);
    assert_status(duet_url_resolve(base, "http:g", &url), DUET_EURL);
    assert_status(duet_url_resolve(base, "g\n", &url), DUET_EURL);
    assert_null(url);
    duet_url_free(base);
}

static void reference_keeps_what_the_base_has(void **state)
{
    duet_url *base = test_url_parse("https://u:p@[::1]:8443/a?b#c");
    duet_url *url;

    (void)state;
    assert_status(duet_url_resolve(base, "d", &url), 0);
    assert_string_equal(duet_url_text(url), "https://u:p@[::1]:8443/d");
    assert_string_equal(duet_url_host(url), "::1");
    assert_true(duet_url_same_origin(base, url));
    duet_url_free(url);
    assert_status(duet_url_resolve(base, "", &url), 0);
    assert_string_equal(duet_url_text(url), "https://u:p@[::1]:8443/a?b");
    duet_url_free(url);
    assert_status(duet_url_resolve(base, "//h/x", &url), 0);
    assert_string_equal(duet_url_text(url), "https://h/x");
    assert_false(duet_url_same_origin(base, url));
    duet_url_free(url);
    duet_url_free(base);
}

static void normal_text_of_random_bytes_is_its_own_normal_text(void **state)
{
    static const char alphabet[] = "http://a.b:1/?#@[]%2e..";
    uint64_t seed = 7;
    duet_url *base = test_url_parse("http://u@a:81/b/c?d");
    int accepted = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[64] = "http://";
        size_t start = i % 2 == 0 ? 0 : 7;
        size_t length = fuzz_fill(&seed, alphabet, sizeof alphabet - 1,
                                  text + start, sizeof text - 8);
        duet_url *url;
        duet_url *again;

        text[start + length] = '\0';
        if (duet_url_resolve(base, text, &url) != 0)
            continue;
        accepted++;
        again = test_url_parse(duet_url_text(url));
        assert_string_equal(duet_url_text(again), duet_url_text(url));
        assert_int_equal(duet_url_path(url)[0], '/');
        duet_url_free(again);
        duet_url_free(url);
    }
    assert_true(accepted > 100);
    duet_url_free(base);
}

static int parse_and_resolve(void)
{
    duet_url *base;
    duet_url *url = NULL;
    int status = duet_url_parse("https://u@[::1]:8443/a/b?c#d", &base);

    if (status == 0)
        status = duet_url_resolve(base, "e/./f?g", &url);
    duet_url_free(url);
    duet_url_free(base);
    return status;
}

static void each_failed_allocation_is_told(void **state)
{
    (void)state;
    test_each_allocation_failing(parse_and_resolve, 4);
}

TEST_MAIN(test(scheme_host_and_port_are_normalised),
          test(malformed_texts_are_refused_with_a_reason),
          test(malformed_hosts_are_refused_with_a_reason),
          test(malformed_ports_are_refused_with_a_reason),
          test(too_long_texts_are_refused),
          test(references_resolve_as_in_rfc_3986),
          test(reference_keeps_what_the_base_has),
          test(normal_text_of_random_bytes_is_its_own_normal_text),
          test(each_failed_allocation_is_told))
