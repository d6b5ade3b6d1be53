/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <arpa/inet.h>

#include "http/url/host.h"
#include "support/fuzz.h"

static void fields_of_the_grammar_are_valid(void **state)
{
    static const char *const valid[] = {
        "a",     "a:80",  "a:",  "A.example",   "1.2.3.4:5", "[::1]:80",
        "[::1]", "a%20b", "a_b", "!$&'()*+,;=", "a:00080",   "a:65535",
    };

    (void)state;
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
        assert_true(duet__host_field_is_valid(duet__text_from(valid[i])));
}

static void fields_outside_the_grammar_are_not(void **state)
{
    static const char *const invalid[] = {
        "",        ":80",      "a:b",   "a:65536", "a b",
        "a/b",     "u@a",      "::1",   "[::1",    "[::1]x",
        "[]",      "[a]",      "a:80:", "a:-1",    "a:+1",
        "a%zz",    "a%4",      "a\\b",  "a?b",     "a#b",
        "[::1]:x", "\xc3\xa4", "a\"b",  "a<b",     "[fe80::1%eth0]",
        "a\tb",    "http://a",
    };

    (void)state;
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
        assert_false(duet__host_field_is_valid(duet__text_from(invalid[i])));
    assert_false(duet__host_field_is_valid(duet__text_of("a\0b", 3)));
    assert_false(duet__host_field_is_valid(duet__text_of("[::1\0]", 6)));
}

static void split_keeps_brackets_and_tells_a_missing_port(void **state)
{
    duet__text host;
    duet__text port;

    (void)state;
    assert_true(duet__host_split(DUET__TEXT("[::1]:80"), &host, &port));
    assert_int_equal(host.length, 5);
    assert_int_equal(port.length, 2);
    assert_true(duet__host_split(DUET__TEXT("a"), &host, &port));
    assert_null(port.bytes);
    assert_true(duet__host_split(DUET__TEXT("a:"), &host, &port));
    assert_non_null(port.bytes);
    assert_int_equal(port.length, 0);
    assert_false(duet__host_split(DUET__TEXT("[::1"), &host, &port));
    assert_false(duet__host_split(DUET__TEXT("[::1]80"), &host, &port));
}

static void port_is_1_to_65535(void **state)
{
    uint16_t port = 9;

    (void)state;
    assert_false(duet__port_read(DUET__TEXT("0"), &port));
    assert_false(duet__port_read(DUET__TEXT("65536"), &port));
    assert_false(duet__port_read(DUET__TEXT(""), &port));
    assert_int_equal(port, 9);
    assert_true(duet__port_read(DUET__TEXT("65535"), &port));
    assert_int_equal(port, 65535);
}

static void name_is_lowered_and_address_shortened(void **state)
{
    char host[DUET__HOST_BYTES];

    (void)state;
    assert_null(duet__host_name_read(DUET__TEXT("Ex-Ample.ORG."), host));
    assert_string_equal(host, "ex-ample.org.");
    assert_null(duet__host_name_read(DUET__TEXT("[0:0::0:1]"), host));
    assert_string_equal(host, "::1");
    assert_null(duet__host_name_read(DUET__TEXT("1a.2b"), host));
    assert_non_null(duet__host_name_read(DUET__TEXT("a.1"), host));
    assert_non_null(duet__host_name_read(DUET__TEXT("a.0x"), host));
}

static void name_outside_ascii_gets_its_other_form(void **state)
{
    char host[DUET__HOST_BYTES];

    (void)state;
    assert_null(duet__host_name_read(DUET__TEXT("M\u00dcnchen.Example"), host));
    assert_string_equal(host, "xn--mnchen-3ya.example");
    assert_null(duet__host_name_read(DUET__TEXT("fa\u00df.de"), host));
    assert_string_equal(host, "xn--fa-hia.de"); /* non-transitional */
    assert_null(duet__host_name_read(
        DUET__TEXT("\u4f8b\u3048\u3002\u30c6\u30b9\u30c8"), host));
    assert_string_equal(host, "xn--r8jz45g.xn--zckzah");
    /* What becomes ASCII is looked at like ASCII. */
    assert_null(duet__host_name_read(
        DUET__TEXT("\uff11\uff12\uff17.0.0.\uff11"), host));
    assert_string_equal(host, "127.0.0.1");
    assert_non_null(duet__host_name_read(DUET__TEXT("\uff11.\uff11"), host));
    assert_non_null(duet__host_name_read(DUET__TEXT("a\u2100b"), host));
    assert_non_null(duet__host_name_read(DUET__TEXT("\u00ad"), host));
    assert_non_null(duet__host_name_read(DUET__TEXT("\u00fc\0a"), host));
}

static bool is_address(const char *host)
{
    struct in6_addr binary;

    return inet_pton(AF_INET, host, &binary) == 1 ||
           inet_pton(AF_INET6, host, &binary) == 1;
}

static void addresses_are_told_from_names(void **state)
{
    static const char *const hosts[] = {
        "127.0.0.1", "[::1]", "[1::2:3]", "example.org", "a1",
        "a.1b",      "1.2b.", "a-1",      "1.a",         "localhost"};
    char host[DUET__HOST_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_null(duet__host_name_read(duet__text_from(hosts[i]), host));
        assert_int_equal(duet__host_name_is_address(duet__text_from(host)),
                         i < 3);
    }
}

static void random_bytes_never_break_it(void **state)
{
    uint64_t seed = 11;
    char bytes[300];
    char host[DUET__HOST_BYTES];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        duet__text text = duet__text_of(
            bytes, fuzz_fill(&seed, "a.1:[]0xF%\xc3\xbc\xad", 13, bytes,
                             i % 2 == 0 ? 12 : sizeof bytes));

        if (duet__host_name_read(text, host) == NULL) {
            assert_true(strlen(host) > 0 && strlen(host) < sizeof host);
            assert_int_equal(is_address(host),
                             duet__host_name_is_address(duet__text_from(host)));
        }
        duet__host_field_is_valid(text);
    }
}

TEST_MAIN(test(fields_of_the_grammar_are_valid),
          test(fields_outside_the_grammar_are_not),
          test(split_keeps_brackets_and_tells_a_missing_port),
          test(port_is_1_to_65535), test(name_is_lowered_and_address_shortened),
          test(name_outside_ascii_gets_its_other_form),
          test(addresses_are_told_from_names),
          test(random_bytes_never_break_it))
