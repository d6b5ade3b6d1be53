/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include "http/url/path_pattern.h"
#include "support/fuzz.h"
#include "support/memory.h"

static duet__path_pattern *compile(const char *text)
{
    duet__path_pattern *pattern;

    assert_status(duet__path_pattern_compile(text, &pattern), 0);
    return pattern;
}

/* Compares what `path` gives: "a|b" for two captures, NULL for no match. */
static void assert_match(const char *text, const char *path,
                         const char *expected)
{
    duet__path_pattern *pattern = compile(text);
    duet__path_captures captures;
    char joined[256] = "";
    bool matches =
        duet__path_pattern_match(pattern, duet__text_from(path), &captures);

    if (matches != (expected != NULL))
        fail_msg("%s and %s: match is %d", text, path, matches);
    if (matches) {
        assert_int_equal(captures.count,
                         duet__path_pattern_capture_count(pattern));
        for (size_t i = 0; i < captures.count; i++) {
            strcat(joined, i > 0 ? "|" : "");
            strncat(joined, captures.values[i].bytes,
                    captures.values[i].length);
        }
        assert_string_equal(joined, expected);
    }
    duet__path_pattern_free(pattern);
}

static void fixed_segments_match_themselves(void **state)
{
    (void)state;
    assert_match("/", "/", "");
    assert_match("/", "", NULL);
    assert_match("/", "//", NULL);
    assert_match("/a/b", "/a/b", "");
    assert_match("/a/b", "/a/b/", NULL);
    assert_match("/a/b/", "/a/b", NULL);
    assert_match("/a/b/", "/a/b/", "");
    assert_match("/a/b", "/a", NULL);
    assert_match("/a/b", "/a/b/c", NULL);
    assert_match("/a/b", "//a/b", NULL);
    assert_match("/a/b", "a/b", NULL);
    assert_match("/a", "/A", NULL);
    assert_match("/a", "*", NULL);
}

static void fixed_segments_match_their_escaped_form(void **state)
{
    (void)state;
    assert_match("/users", "/%75sers", "");
    assert_match("/stra\xc3\x9f"
                 "e",
                 "/stra%C3%9fe", "");
    assert_match("/a%20b", "/a%20b", "");
    assert_match("/a", "/a%", NULL);
    assert_match("/a", "/a%00", NULL);
    assert_match("/a/b", "/a%2Fb", NULL);
}

static void captures_take_one_segment_that_is_not_empty(void **state)
{
    (void)state;
    assert_match("/users/{id}", "/users/42", "42");
    assert_match("/users/{id}", "/users/", NULL);
    assert_match("/users/{id}", "/users/4/2", NULL);
    assert_match("/users/{id}/files/{name}", "/users/1/files/x.txt", "1|x.txt");
    assert_match("/{a}/{b}", "//x", NULL);
    assert_match("/{a}/", "/x/", "x");
}

static void escaped_slash_never_separates(void **state)
{
    (void)state;
    assert_match("/files/{name}", "/files/a%2Fb", "a%2Fb");
    assert_match("/files/{name}/{x}", "/files/a%2fb", NULL);
    assert_match("/files/{rest*}", "/files/a%2Fb", NULL);
    assert_match("/files/{rest*}", "/files/a/b%2f", NULL);
    assert_match("/files/{rest*}", "/files/a%252Fb", "a%252Fb");
}

static void rest_takes_all_that_is_left(void **state)
{
    (void)state;
    assert_match("/files/{rest*}", "/files/a/b/", "a/b/");
    assert_match("/files/{rest*}", "/files/", "");
    assert_match("/files/{rest*}", "/files", NULL);
    assert_match("/{rest*}", "/", "");
    assert_match("/{rest*}", "//x", "/x");
    assert_match("/{a}/{rest*}", "/x/y/z", "x|y/z");
}

static void captures_have_names_in_order(void **state)
{
    duet__path_pattern *pattern = compile("/{first}/x/{_second2}/{rest*}");

    (void)state;
    assert_int_equal(duet__path_pattern_capture_count(pattern), 3);
    assert_string_equal(duet__path_pattern_capture_name(pattern, 0), "first");
    assert_string_equal(duet__path_pattern_capture_name(pattern, 1),
                        "_second2");
    assert_string_equal(duet__path_pattern_capture_name(pattern, 2), "rest");
    assert_null(duet__path_pattern_capture_name(pattern, 3));
    assert_string_equal(duet__path_pattern_text(pattern),
                        "/{first}/x/{_second2}/{rest*}");
    duet__path_pattern_free(pattern);
    duet__path_pattern_free(NULL);
}

static void malformed_patterns_are_refused_with_a_reason(void **state)
{
    static const char *const cases[][2] = {
        {"", "start with '/'"},
        {"a", "start with '/'"},
        {"//a", "empty segment"},
        {"/a//b", "empty segment"},
        {"/{}", "name"},
        {"/{*}", "name"},
        {"/{1a}", "name"},
        {"/{a-b}", "name"},
        {"/{a**}", "name"},
        {"/{a*}/b", "behind"},
        {"/{a*}/", "behind"},
        {"/{a}/{a}", "twice"},
        {"/{a}/{a*}", "twice"},
        {"/{a", "'{'"},
        {"/a}", "'{'"},
        {"/x{a}", "'{'"},
        {"/{a}x", "'{'"},
        {"/{a}{b}", "name"},
        {"/{", "'{'"},
        {"/a%", "'%'"},
        {"/a%zz", "'%'"},
        {"/a?b", "character"},
        {"/a#b", "character"},
        {"/a b", "character"},
        {"/a\nb", "character"},
        {"/{a/b}", "'{'"},
    };
    duet__path_pattern *pattern;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_status(duet__path_pattern_compile(cases[i][0], &pattern),
                      DUET_EROUTE);
        assert_null(pattern);
        assert_non_null(strstr(duet_error_detail(), cases[i][1]));
    }
}

static void limits_are_refused_with_a_reason(void **state)
{
    char text[1024] = "";
    duet__path_pattern *pattern;

    (void)state;
    for (int i = 0; i < DUET__PATH_SEGMENTS_MAX; i++)
        strcat(text, "/a");
    duet__path_pattern_free(compile(text));
    strcat(text, "/a");
    assert_status(duet__path_pattern_compile(text, &pattern), DUET_EROUTE);
    assert_non_null(strstr(duet_error_detail(), "too many segments"));
    text[0] = '\0';
    for (int i = 0; i < DUET__PATH_CAPTURES_MAX; i++)
        strcat(text, (char[]){'/', '{', (char)('a' + i), '}', '\0'});
    duet__path_pattern_free(compile(text));
    strcat(text, "/{z}");
    assert_status(duet__path_pattern_compile(text, &pattern), DUET_EROUTE);
    assert_non_null(strstr(duet_error_detail(), "too many captures"));
}

/* -1, 0 or 1 */
static int order_of(const char *a, const char *b)
{
    duet__path_pattern *left = compile(a);
    duet__path_pattern *right = compile(b);
    int order = duet__path_pattern_compare(left, right);
    int reverse = duet__path_pattern_compare(right, left);

    order = (order > 0) - (order < 0);
    assert_int_equal(order, (reverse < 0) - (reverse > 0));
    duet__path_pattern_free(left);
    duet__path_pattern_free(right);
    return order;
}

static void fixed_beats_captured_from_the_left(void **state)
{
    (void)state;
    assert_int_equal(order_of("/users/me", "/users/{id}"), -1);
    assert_int_equal(order_of("/users/{id}", "/users/{rest*}"), -1);
    assert_int_equal(order_of("/users/{id}", "/users/{name}"), 0);
    assert_int_equal(order_of("/a/{x}/c", "/{y}/b/c"), -1);
    assert_int_equal(order_of("/a/{x}/{y}", "/a/{x}/c"), 1);
    assert_int_equal(order_of("/a/{x*}", "/a/{y*}"), 0);
    assert_int_equal(order_of("/%61", "/a"), 0);
    assert_int_equal(order_of("/a/", "/a/{rest*}"), -1);
    assert_true(order_of("/a", "/b") != 0);
    assert_true(order_of("/a", "/a/b") != 0);
    assert_true(order_of("/a", "/ab") != 0);
}

static void random_patterns_and_paths_never_break_it(void **state)
{
    uint64_t seed = 23;
    int compiled = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[40] = "/";
        char path[40];
        size_t length = fuzz_fill(&seed, "/{a}b*%2F", 9, path, sizeof path);
        duet__path_pattern *pattern;
        duet__path_captures captures;

        text[1 + fuzz_fill(&seed, "/{a}b*", 6, text + 1, 12)] = '\0';
        if (duet__path_pattern_compile(text, &pattern) != 0)
            continue;
        compiled++;
        path[0] = '/';
        duet__path_pattern_match(pattern, duet__text_of(path, length),
                                 &captures);
        duet__path_pattern_free(pattern);
    }
    assert_true(compiled > 100);
}

static int compile_and_free(void)
{
    duet__path_pattern *pattern;
    int status = duet__path_pattern_compile("/a/{b}", &pattern);

    duet__path_pattern_free(pattern);
    return status;
}

static void each_failed_allocation_is_told(void **state)
{
    (void)state;
    test_each_allocation_failing(compile_and_free, 3);
}

TEST_MAIN(test(fixed_segments_match_themselves),
          test(fixed_segments_match_their_escaped_form),
          test(captures_take_one_segment_that_is_not_empty),
          test(escaped_slash_never_separates),
          test(rest_takes_all_that_is_left), test(captures_have_names_in_order),
          test(malformed_patterns_are_refused_with_a_reason),
          test(limits_are_refused_with_a_reason),
          test(fixed_beats_captured_from_the_left),
          test(random_patterns_and_paths_never_break_it),
          test(each_failed_allocation_is_told))
