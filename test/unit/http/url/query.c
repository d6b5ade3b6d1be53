/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include <duet/query.h>
#include <duet/time.h>

#include "support/fuzz.h"
#include "support/memory.h"

static duet_query *parse(const char *text)
{
    duet_query *query;

    assert_status(duet_query_parse(text, strlen(text), NULL, &query), 0);
    return query;
}

/* Parses `text` and writes it again. */
static void assert_rewritten(const char *text, const char *expected)
{
    duet_query *query = parse(text);
    char *written;

    assert_status(duet_query_text(query, &written), 0);
    assert_string_equal(written, expected);
    free(written);
    duet_query_free(query);
}

static void parameters_are_decoded_and_found(void **state)
{
    duet_query *query = parse("a=1&b=two+words&c=%C3%A9%26&d&=e&A=2");
    size_t length;

    (void)state;
    assert_int_equal(duet_query_count(query), 6);
    assert_string_equal(duet_query_get(query, "a", NULL), "1");
    assert_string_equal(duet_query_get(query, "b", &length), "two words");
    assert_int_equal(length, 9);
    assert_string_equal(duet_query_get(query, "c", NULL), "\xc3\xa9&");
    assert_string_equal(duet_query_get(query, "d", NULL), "");
    assert_string_equal(duet_query_get(query, "", NULL), "e");
    assert_string_equal(duet_query_get(query, "A", NULL), "2");
    assert_null(duet_query_get(query, "B", NULL));
    duet_query_free(query);
    duet_query_free(NULL);
}

static void walk_gives_repeated_names_in_order(void **state)
{
    duet_query *query = parse("x=1&y=2&x=3");
    duet_query_parameter parameter;
    size_t position = 0;

    (void)state;
    assert_true(duet_query_next(query, &position, &parameter));
    assert_true(duet_query_next(query, &position, &parameter));
    assert_string_equal(parameter.name, "y");
    assert_true(duet_query_next(query, &position, &parameter));
    assert_string_equal(parameter.name, "x");
    assert_int_equal(parameter.name_length, 1);
    assert_string_equal(parameter.value, "3");
    assert_false(duet_query_next(query, &position, &parameter));
    duet_query_free(query);
}

static void nul_is_a_byte_of_the_value(void **state)
{
    duet_query *query = parse("a=x%00y");
    size_t length;

    (void)state;
    assert_memory_equal(duet_query_get(query, "a", &length), "x\0y", 4);
    assert_int_equal(length, 3);
    duet_query_free(query);
}

/* The cases of the WHATWG URL tests for the parser. */
static void odd_texts_are_read_as_browsers_do(void **state)
{
    (void)state;
    assert_rewritten("", "");
    assert_rewritten("&", "");
    assert_rewritten("&&a&&", "a=");
    assert_rewritten("a=b=c", "a=b%3Dc");
    assert_rewritten("=", "=");
    assert_rewritten("a+b=c+d", "a+b=c+d");
    assert_rewritten("a%2Bb=", "a%2Bb=");
    assert_rewritten("%=%2&%zz=1", "%25=%252&%25zz=1");
    assert_rewritten("a;b=1", "a%3Bb=1");
    assert_rewritten("~*-._!=\xff", "%7E*-._%21=%FF");
}

static void limits_are_told(void **state)
{
    const duet_query_options two = {.count_max = 2};
    const duet_query_options small = {.bytes_max = 8};
    const duet_query_options wrong = {.count_max = -3};
    const duet_query_options none = {DUET_NO_LIMIT, DUET_NO_LIMIT};
    duet_query *query;

    (void)state;
    assert_status(duet_query_parse("a&b&c", 5, &two, &query), DUET_ETOOLARGE);
    assert_null(query);
    assert_status(duet_query_parse("a&b&", 4, &two, &query), 0);
    duet_query_free(query);
    assert_status(duet_query_parse("abcd=efg", 8, &small, &query),
                  DUET_ETOOLARGE);
    assert_status(duet_query_new(&wrong, &query), DUET_EINVAL);
    assert_status(duet_query_new(&none, &query), 0);
    for (int i = 0; i < 3000; i++)
        assert_status(duet_query_add(query, "n", "v", 1), 0);
    assert_int_equal(duet_query_count(query), 3000);
    duet_query_free(query);
}

static void built_text_escapes_what_was_added(void **state)
{
    duet_query *query;
    char *text;

    (void)state;
    assert_status(duet_query_new(NULL, &query), 0);
    assert_status(duet_query_add(query, "q", "a b&c=d+\0", 9), 0);
    assert_status(duet_query_add(query, "\xc3\xa4", "", 0), 0);
    assert_status(duet_query_text(query, &text), 0);
    assert_string_equal(text, "q=a+b%26c%3Dd%2B%00&%C3%A4=");
    free(text);
    duet_query_free(query);
}

static void random_text_written_and_read_again_is_the_same(void **state)
{
    uint64_t seed = 5;
    char bytes[120];

    (void)state;
    for (int i = 0; i < 3000; i++) {
        size_t length = fuzz_fill(&seed, "ab=&%+2F", 8, bytes, sizeof bytes);
        duet_query *query;
        char *first;
        char *second;

        assert_status(duet_query_parse(bytes, length, NULL, &query), 0);
        assert_status(duet_query_text(query, &first), 0);
        duet_query_free(query);
        query = parse(first);
        assert_status(duet_query_text(query, &second), 0);
        assert_string_equal(first, second);
        duet_query_free(query);
        free(first);
        free(second);
    }
}

static int parse_and_write(void)
{
    duet_query *query;
    char *text = NULL;
    int status = duet_query_parse("a=b", 3, NULL, &query);

    if (status == 0)
        status = duet_query_text(query, &text);
    free(text);
    duet_query_free(query);
    return status;
}

static void each_failed_allocation_is_told(void **state)
{
    (void)state;
    test_each_allocation_failing(parse_and_write, 5);
}

TEST_MAIN(test(parameters_are_decoded_and_found),
          test(walk_gives_repeated_names_in_order),
          test(nul_is_a_byte_of_the_value),
          test(odd_texts_are_read_as_browsers_do), test(limits_are_told),
          test(built_text_escapes_what_was_added),
          test(random_text_written_and_read_again_is_the_same),
          test(each_failed_allocation_is_told))
