/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include <duet/coding.h>

#include "support/coded.h"
#include "support/memory.h"

static void samples_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < CODED_SAMPLES; i++) {
        const coded_sample *sample = &coded_samples[i];
        size_t whole = sample->copies * coded_plain_length;
        char *bytes;
        size_t length;

        assert_status(duet_decode(sample->bytes, sample->length,
                                  sample->codings, (int64_t)whole, &bytes,
                                  &length),
                      0);
        assert_int_equal(length, whole);
        assert_int_equal(bytes[length], '\0');
        free(bytes);
        assert_status(duet_decode(sample->bytes, sample->length,
                                  sample->codings, DUET_NO_LIMIT, &bytes, NULL),
                      0);
        free(bytes);
    }
}

static void expect_refused(const char *coded, size_t length,
                           const char *codings, int64_t limit, int status)
{
    char *bytes = (char *)"";
    size_t decoded = 7;

    assert_status(duet_decode(coded, length, codings, limit, &bytes, &decoded),
                  status);
    assert_null(bytes);
    assert_int_equal(decoded, 0);
}

static void what_cannot_be_decoded_is_refused(void **state)
{
    const coded_sample *gzip = &coded_samples[0];

    (void)state;
    expect_refused("hello", 5, "gzip", 100, DUET_ECODING);
    expect_refused("hello", 5, "hello", 100, DUET_ECODING);
    expect_refused("hello", 5, "", 4, DUET_ETOOLARGE);
    expect_refused("hello", 5, NULL, -2, DUET_EINVAL);
    expect_refused(gzip->bytes, gzip->length, "gzip", 0, DUET_ETOOLARGE);
    expect_refused(gzip->bytes, gzip->length - 1, "gzip", 1000,
                   DUET_ETRUNCATED);
}

static void nothing_is_an_empty_body(void **state)
{
    char *bytes;
    size_t length;

    (void)state;
    assert_status(duet_decode(NULL, 0, "br", 0, &bytes, &length), 0);
    assert_string_equal(bytes, "");
    assert_int_equal(length, 0);
    free(bytes);
}

static void encoded_bytes_are_decoded_again(void **state)
{
    static const char *const codings[] = {"gzip", "deflate", "BR", "zstd"};

    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (size_t given = 0; given <= coded_plain_length; given += 57) {
            const duet_encoding_options options = {.level = (int)i};
            char *coded, *bytes;
            size_t length;

            assert_status(duet_encode(given > 0 ? coded_plain : NULL, given,
                                      codings[i], &options, &coded, &length),
                          0);
            assert_status(duet_decode(coded, length, codings[i], (int64_t)given,
                                      &bytes, &length),
                          0);
            assert_int_equal(length, given);
            assert_memory_equal(bytes, coded_plain, given);
            free(coded);
            free(bytes);
        }
}

static void wrong_names_and_levels_are_refused(void **state)
{
    const duet_encoding_options high = {.level = 10};
    char *bytes = (char *)"";
    size_t length;

    (void)state;
    assert_status(duet_encode("a", 1, "identity", NULL, &bytes, &length),
                  DUET_ECODING);
    assert_status(duet_encode("a", 1, "gzip", &high, &bytes, &length),
                  DUET_EINVAL);
    assert_null(bytes);
}

static int there_and_back(void)
{
    char *coded, *bytes;
    size_t length;
    int status = duet_encode("hello", 5, "br", NULL, &coded, &length);

    if (status != 0)
        return status;
    status = duet_decode(coded, length, "br", 100, &bytes, &length);
    free(coded);
    free(bytes);
    return status;
}

static void lack_of_memory_is_told(void **state)
{
    (void)state;
    test_each_allocation_failing(there_and_back, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(samples_decode),
        test(what_cannot_be_decoded_is_refused),
        test(nothing_is_an_empty_body),
        test(encoded_bytes_are_decoded_again),
        test(wrong_names_and_levels_are_refused),
        test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, coded_set_up, coded_tear_down);
}
