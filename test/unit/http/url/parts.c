/* SPDX-License-Identifier: MIT */
#include "http/url/parts.h"
#include "support/test.h"

#include "http/url/url.h"

static void assert_part(duet__text part, const char *expected)
{
    if (expected == NULL) {
        assert_null(part.bytes);
        return;
    }
    assert_non_null(part.bytes);
    assert_int_equal(part.length, strlen(expected));
    assert_memory_equal(part.bytes, expected, part.length);
}

static void five_parts_are_split_as_in_appendix_b(void **state)
{
    duet__url_parts parts = duet__url_split(
        DUET__TEXT("http://www.ics.uci.edu/pub/ietf/uri/?a/b#Related"));

    (void)state;
    assert_part(parts.scheme, "http");
    assert_part(parts.authority, "www.ics.uci.edu");
    assert_part(parts.path, "/pub/ietf/uri/");
    assert_part(parts.query, "a/b");
    assert_part(parts.fragment, "Related");
}

static void parts_that_are_not_there_are_null(void **state)
{
    duet__url_parts parts = duet__url_split(DUET__TEXT("a/b:c"));

    (void)state;
    assert_part(parts.scheme, NULL);
    assert_part(parts.authority, NULL);
    assert_part(parts.path, "a/b:c");
    assert_part(parts.query, NULL);
    assert_part(parts.fragment, NULL);
    parts = duet__url_split(DUET__TEXT("//?#"));
    assert_part(parts.authority, "");
    assert_part(parts.path, "");
    assert_part(parts.query, "");
    assert_part(parts.fragment, "");
    parts = duet__url_split(DUET__TEXT("#?a:b"));
    assert_part(parts.query, NULL);
    assert_part(parts.fragment, "?a:b");
}

static void dot_segments_go_and_nothing_else_does(void **state)
{
    static const char *const cases[][2] = {
        {"", "/"},
        {"/", "/"},
        {"/a/b/c/./../../g", "/a/g"},
        {"/..", "/"},
        {"/../..", "/"},
        {"/a/..", "/"},
        {"/a/../", "/"},
        {"/a/.", "/a/"},
        {"/a//../b", "/a/b"},
        {"/a/b/../../../c", "/c"},
        {"/...", "/..."},
        {"//..", "/"},
        {"//", "//"},
        {"/%2e%2e/a", "/%2e%2e/a"},
    };
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, SIZE_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        duet__buffer_reset(&buffer);
        assert_status(duet__buffer_append(&buffer, "x/y", 3), 0);
        assert_status(
            duet__url_append_path(&buffer, duet__text_from(cases[i][0])), 0);
        assert_memory_equal(buffer.bytes, "x/y", 3);
        assert_string_equal(buffer.bytes + 3, cases[i][1]);
    }
    duet__buffer_free(&buffer);
}

TEST_MAIN(test(five_parts_are_split_as_in_appendix_b),
          test(parts_that_are_not_there_are_null),
          test(dot_segments_go_and_nothing_else_does))
