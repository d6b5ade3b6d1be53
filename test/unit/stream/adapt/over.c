/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "stream/adapt/over.h"
#include "support/memory.h"
#include "support/script.h"

static const test_piece some[] = {{"abc", 0}, {NULL, 0}};

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    duet__over *self = context;

    return duet_read_next(self->inner, out_bytes, out_length, deadline);
}

static const duet_reader_functions functions = {.next = next,
                                                .close = duet__over_close,
                                                .rewind = duet__over_rewind,
                                                .remaining =
                                                    duet__over_remaining};

static void inner_reader_is_closed_with_the_outer_one(void **state)
{
    test_script script = {.pieces = some};
    duet__over *over =
        duet__over_new(sizeof *over, &functions, test_script_reader(&script));

    (void)state;
    assert_non_null(over);
    duet_reader_close(&over->reader);
    assert_int_equal(script.closed, 1);
}

static void what_the_inner_one_says_is_passed_on(void **state)
{
    duet_reader *inner;
    duet__over *over;
    const char *bytes;
    size_t length;

    (void)state;
    assert_status(duet_memory_reader("abc", 3, &inner), 0);
    over = duet__over_new(sizeof *over, &functions, inner);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(duet_reader_remaining(&over->reader), 3);
        assert_status(
            duet_read_next(&over->reader, &bytes, &length, DUET_NEVER), 0);
        assert_int_equal(length, 3);
        assert_int_equal(duet_reader_remaining(&over->reader), 0);
        assert_status(duet_reader_rewind(&over->reader, DUET_NEVER), 0);
    }
    duet_reader_close(&over->reader);
}

static void without_memory_nothing_is_taken(void **state)
{
    test_script script = {.pieces = some};
    duet_reader *inner = test_script_reader(&script);

    (void)state;
    test_fail_allocation(1);
    assert_null(duet__over_new(sizeof(duet__over), &functions, inner));
    assert_int_equal(script.closed, 0);
    duet_reader_close(inner);
}

TEST_MAIN(test(inner_reader_is_closed_with_the_outer_one),
          test(what_the_inner_one_says_is_passed_on),
          test(without_memory_nothing_is_taken))
