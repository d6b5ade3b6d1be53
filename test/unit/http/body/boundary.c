/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>

#include "http/body/boundary.h"

static void assert_boundary(const char *content_type, const char *expected)
{
    duet__boundary boundary;

    assert_true(duet__boundary_is_wanted(duet__text_from(content_type)));
    assert_status(duet__boundary_read(duet__text_from(content_type), &boundary),
                  0);
    assert_int_equal(boundary.length, strlen(expected));
    assert_memory_equal(boundary.bytes, expected, boundary.length);
}

static void assert_refused(const char *content_type, int expected)
{
    duet__boundary boundary;

    assert_int_equal(duet__boundary_is_wanted(duet__text_from(content_type)),
                     expected != DUET_ENOTSUP);
    assert_status(duet__boundary_read(duet__text_from(content_type), &boundary),
                  expected);
    assert_string_not_equal(duet_error_detail(), "");
}

static void boundary_is_found_quoted_or_not(void **state)
{
    (void)state;
    assert_boundary("multipart/form-data; boundary=abc", "abc");
    assert_boundary("Multipart/Mixed;charset=x;BOUNDARY=abc", "abc");
    assert_boundary("multipart/byteranges; boundary=\"a b/c:d=e?\"",
                    "a b/c:d=e?");
    assert_boundary("multipart/related; type=\"a;boundary=x\"; boundary=y",
                    "y");
    assert_boundary(
        "multipart/form-data; boundary=----WebKitFormBoundaryAbC0dEfGhIjKlMnO",
        "----WebKitFormBoundaryAbC0dEfGhIjKlMnO");
    assert_boundary("multipart/x; boundary=\"'()+_,-./:=?\"", "'()+_,-./:=?");
}

static void boundary_has_one_to_seventy_characters(void **state)
{
    char type[200];

    (void)state;
    snprintf(type, sizeof type, "multipart/mixed; boundary=%070d", 1);
    assert_boundary(type, type + strlen("multipart/mixed; boundary="));
    snprintf(type, sizeof type, "multipart/mixed; boundary=%071d", 1);
    assert_refused(type, DUET_EFIELD);
    snprintf(type, sizeof type, "multipart/mixed; boundary=%0150d", 1);
    assert_refused(type, DUET_EFIELD);
    assert_refused("multipart/mixed; boundary=\"\"", DUET_EFIELD);
}

static void other_types_are_not_supported(void **state)
{
    (void)state;
    assert_refused("", DUET_ENOTSUP);
    assert_refused("text/plain; boundary=abc", DUET_ENOTSUP);
    assert_refused("multipart; boundary=abc", DUET_ENOTSUP);
    assert_refused("multipart/; boundary=abc", DUET_ENOTSUP);
    assert_refused("multipart/a b; boundary=abc", DUET_ENOTSUP);
    assert_refused("multipart/a, multipart/b; boundary=abc", DUET_ENOTSUP);
}

static void missing_second_and_malformed_boundaries_are_refused(void **state)
{
    (void)state;
    assert_refused("multipart/form-data", DUET_EFIELD);
    assert_refused("multipart/form-data; boundary", DUET_EFIELD);
    assert_refused("multipart/form-data; boundary=", DUET_EFIELD);
    assert_refused("multipart/form-data; boundary=\"abc", DUET_EFIELD);
    assert_refused("multipart/form-data; boundary=a; boundary=b", DUET_EFIELD);
    assert_refused("multipart/form-data; boundary=a; x", DUET_EFIELD);
    assert_refused("multipart/form-data; boundary=\"abc \"", DUET_EFIELD);
    assert_refused("multipart/form-data; boundary=\"a\\\"c\"", DUET_EFIELD);
    assert_refused("multipart/form-data; boundary=\"a\tc\"", DUET_EFIELD);
    assert_refused("multipart/form-data; boundary=a%b", DUET_EFIELD);
    assert_refused("multipart/form-data; boundary=\"\xC3\xA9\"", DUET_EFIELD);
}

static void made_boundary_can_be_read(void **state)
{
    const uint64_t random[2] = {0x0123456789abcdef, UINT64_MAX};
    duet__boundary boundary;
    char type[200];

    (void)state;
    duet__boundary_make(&boundary, random);
    snprintf(type, sizeof type, "multipart/form-data; boundary=%.*s",
             (int)boundary.length, boundary.bytes);
    assert_boundary(type, "duet-0123456789abcdefffffffffffffffff");
}

TEST_MAIN(test(boundary_is_found_quoted_or_not),
          test(boundary_has_one_to_seventy_characters),
          test(other_types_are_not_supported),
          test(missing_second_and_malformed_boundaries_are_refused),
          test(made_boundary_can_be_read))
