/* SPDX-License-Identifier: MIT */
#include "http/head/coding.h"

#include "support/test.h"

static void names_are_found_in_any_case(void **state)
{
    static const struct {
        const char *name;
        duet__coding coding;
    } known[] = {
        {"identity", DUET__CODING_IDENTITY}, {"gzip", DUET__CODING_GZIP},
        {"GZip", DUET__CODING_GZIP},         {"x-gzip", DUET__CODING_GZIP},
        {"X-GZIP", DUET__CODING_GZIP},       {"deflate", DUET__CODING_DEFLATE},
        {"br", DUET__CODING_BROTLI},         {"zstd", DUET__CODING_ZSTD},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        duet__coding coding = DUET__CODINGS;

        assert_true(duet__coding_find(duet__text_from(known[i].name), &coding));
        assert_int_equal(coding, known[i].coding);
    }
}

static void other_names_are_not_found(void **state)
{
    static const char *const unknown[] = {
        "", "*", "compress", "x-compress", "gzi", "gzipp", "brotli", " gzip"};
    duet__coding coding = DUET__CODINGS;

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_false(duet__coding_find(duet__text_from(unknown[i]), &coding));
    assert_int_equal(coding, DUET__CODINGS);
}

static void name_of_a_coding_finds_it(void **state)
{
    (void)state;
    for (int i = 0; i < DUET__CODINGS; i++) {
        duet__coding coding;

        assert_true(duet__coding_find(
            duet__text_from(duet__coding_name((duet__coding)i)), &coding));
        assert_int_equal(coding, i);
    }
}

TEST_MAIN(test(names_are_found_in_any_case), test(other_names_are_not_found),
          test(name_of_a_coding_finds_it))
