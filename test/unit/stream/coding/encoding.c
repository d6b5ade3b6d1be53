/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"

#include <stdlib.h>

#include <duet/streams.h>

#include "support/memory.h"
#include "support/script.h"

static const char *const codings[] = {"gzip", "deflate", "br", "zstd"};
static const int levels[] = {9, 9, 11, 19};

static duet_writer *encoding(test_sink *sink, const char *coding, int level)
{
    const duet_encoding_options options = {.level = level};
    duet_writer *writer;

    assert_status(duet_encoding_writer(test_sink_writer(sink), coding,
                                       level == 0 ? NULL : &options, &writer),
                  0);
    return writer;
}

/* What the sink has decodes to this text, and is whole or not. */
static void expect(const test_sink *sink, const char *coding, const char *text,
                   int status)
{
    duet_reader *inner, *reader;
    char bytes[4096];
    size_t length = 0;
    int result = 0;

    assert_status(duet_memory_reader(sink->bytes, sink->length, &inner), 0);
    assert_status(duet_decoding_reader(inner, coding, NULL, &reader), 0);
    while (result == 0) {
        size_t more;

        result = duet_read(reader, bytes + length, sizeof bytes - length, &more,
                           DUET_NOW);
        length += more;
    }
    assert_status(result, status);
    assert_int_equal(length, strlen(text));
    assert_memory_equal(bytes, text, length);
    duet_reader_close(reader);
}

in_task(what_is_written_is_encoded_and_ended_once)
{
    for (size_t i = 0; i < 4; i++)
        for (int level = 0; level <= levels[i]; level++) {
            test_sink sink = {.most = 3};
            duet_writer *writer = encoding(&sink, codings[i], level);

            assert_status(duet_write_text(writer, "hello, ", DUET_NEVER), 0);
            assert_status(duet_write_text(writer, "hello", DUET_NEVER), 0);
            assert_int_equal(duet_writer_count(writer), 12);
            assert_status(duet_writer_end(writer, DUET_NEVER), 0);
            assert_status(duet_writer_end(writer, DUET_NEVER), 0);
            duet_writer_close(writer);
            expect(&sink, codings[i], "hello, hello", DUET_EEMPTY);
            assert_int_equal(sink.ends, 1);
            assert_int_equal(sink.given_up, 0);
            assert_int_equal(sink.closed, 1);
        }
}

in_task(nothing_written_is_an_empty_body)
{
    for (size_t i = 0; i < 4; i++) {
        test_sink sink = {.most = 3};
        duet_writer *writer = encoding(&sink, codings[i], 0);

        assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
        assert_int_equal(sink.length, 0);
        assert_status(duet_writer_end(writer, DUET_NEVER), 0);
        duet_writer_close(writer);
        assert_true(sink.length > 0);
        expect(&sink, codings[i], "", DUET_EEMPTY);
    }
}

in_task(flush_writes_all_so_far_and_only_once)
{
    for (size_t i = 0; i < 4; i++) {
        test_sink sink = {.most = 3};
        duet_writer *writer = encoding(&sink, codings[i], 0);
        size_t length;

        assert_status(duet_write_text(writer, "event 1\n", DUET_NEVER), 0);
        assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
        expect(&sink, codings[i], "event 1\n", DUET_ETRUNCATED);
        length = sink.length;
        assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
        assert_int_equal(sink.length, length);
        assert_int_equal(sink.flushes, 2);
        assert_status(duet_write_text(writer, "event 2\n", DUET_NEVER), 0);
        assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
        expect(&sink, codings[i], "event 1\nevent 2\n", DUET_ETRUNCATED);
        assert_status(duet_writer_end(writer, DUET_NEVER), 0);
        expect(&sink, codings[i], "event 1\nevent 2\n", DUET_EEMPTY);
        duet_writer_close(writer);
    }
}

/* Calls until it is not interrupted any more. */
#define again(call)                                                            \
    do {                                                                       \
        int status;                                                            \
        while ((status = (call)) == DUET_ETIMEDOUT)                            \
            ;                                                                  \
        assert_status(status, 0);                                              \
    } while (0)

in_task(interrupted_calls_may_be_repeated)
{
    for (size_t i = 0; i < 4; i++)
        for (int nth = 1, writes = 1; nth <= writes; nth++) {
            test_sink sink = {
                .most = 2, .fail_at = nth, .failure = DUET_ETIMEDOUT};
            duet_writer *writer = encoding(&sink, codings[i], 0);
            size_t taken;

            again(duet_write_some(writer, "one ", 4, &taken, DUET_NEVER));
            assert_int_equal(taken, 4);
            again(duet_writer_flush(writer, DUET_NEVER));
            again(duet_write_some(writer, "two ", 4, &taken, DUET_NEVER));
            again(duet_writer_end(writer, DUET_NEVER));
            expect(&sink, codings[i], "one two ", DUET_EEMPTY);
            duet_writer_close(writer);
            writes = sink.writes;
        }
}

in_task(a_flush_that_was_interrupted_is_done_before_all_else)
{
    for (size_t i = 0; i < 4; i++) {
        test_sink sink = {.most = 2, .fail_at = 2, .failure = DUET_ETIMEDOUT};
        duet_writer *writer = encoding(&sink, codings[i], 0);

        assert_status(duet_write_text(writer, "one ", DUET_NEVER), 0);
        while (duet_writer_flush(writer, DUET_NEVER) == 0)
            assert_status(duet_write_text(writer, "and ", DUET_NEVER), 0);
        assert_status(duet_write_text(writer, "last", DUET_NEVER), 0);
        assert_status(duet_writer_end(writer, DUET_NEVER), 0);
        expect(&sink, codings[i], "one last", DUET_EEMPTY);
        duet_writer_close(writer);
    }
}

in_task(after_the_end_was_begun_nothing_is_taken)
{
    test_sink sink = {.fail_at = 1, .failure = DUET_ETIMEDOUT};
    duet_writer *writer = encoding(&sink, "gzip", 0);

    assert_status(duet_writer_end(writer, DUET_NEVER), DUET_ETIMEDOUT);
    assert_status(duet_write_text(writer, "more", DUET_NEVER), DUET_ECLOSED);
    duet_writer_close(writer);
    assert_int_equal(sink.given_up, 1);
}

in_task(giving_up_and_failures_pass_to_the_inner_writer)
{
    test_sink first = {.most = 0};
    test_sink second = {.most = 0};
    test_sink third = {.fail_at = 1, .failure = DUET_EPIPE};
    duet_writer *writer = encoding(&first, "gzip", 0);

    assert_status(duet_write_text(writer, "part", DUET_NEVER), 0);
    duet_writer_give_up(writer);
    assert_int_equal(first.given_up, 1);
    duet_writer_close(writer);
    assert_int_equal(first.given_up + first.closed, 2);
    duet_writer_close(encoding(&second, "br", 0));
    assert_int_equal(second.given_up + second.closed, 2);
    writer = encoding(&third, "zstd", 0);
    assert_status(duet_write_text(writer, "part", DUET_NEVER), 0);
    assert_status(duet_writer_flush(writer, DUET_NEVER), DUET_EPIPE);
    assert_status(duet_write_text(writer, "part", DUET_NEVER), DUET_EPIPE);
    assert_status(duet_writer_end(writer, DUET_NEVER), DUET_EPIPE);
    duet_writer_close(writer);
    assert_int_equal(third.ends, 0);
}

static void wrong_names_and_levels_are_refused(void **state)
{
    const duet_encoding_options high = {.level = 12};
    duet_writer *writer = NULL;

    (void)state;
    assert_status(duet_encoding_writer(NULL, "identity", NULL, &writer),
                  DUET_ECODING);
    assert_status(duet_encoding_writer(NULL, "gzip, br", NULL, &writer),
                  DUET_ECODING);
    assert_status(duet_encoding_writer(NULL, "br", &high, &writer),
                  DUET_EINVAL);
    assert_null(writer);
}

/* --- work ---------------------------------------------------------------- */

static int turns;

static int take_turns(void *unused)
{
    int status = 0;

    (void)unused;
    while (status == 0) {
        turns++;
        status = duet_yield();
    }
    return status;
}

in_task(others_run_while_much_is_encoded)
{
    enum { MUCH = 1 << 20 };
    char *zeros = calloc(1, MUCH);
    duet_task *task;

    assert_non_null(zeros);
    assert_status(duet_spawn(take_turns, NULL, NULL, &task), 0);
    for (size_t i = 0; i < 4; i++) {
        test_sink sink = {.most = 0};
        duet_writer *writer = encoding(&sink, codings[i], 1);

        turns = 0;
        assert_status(duet_write(writer, zeros, MUCH, DUET_NEVER), 0);
        assert_true(turns >= MUCH / 65536 - 1);
        turns = 0;
        assert_status(duet_write(writer, zeros, 131072, DUET_NOW), 0);
        assert_int_equal(turns, 0);
        duet_writer_close(writer);
    }
    duet_task_cancel(task);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    free(zeros);
}

/* Levels that need the most stack, in a task of the usual size. */
in_task(a_task_has_stack_for_the_highest_levels)
{
    char *bytes = malloc(200000);
    char *coded;
    char *again;
    size_t length;

    assert_non_null(bytes);
    for (size_t i = 0; i < 200000; i++)
        bytes[i] = (char)(i % 1000 * i % 251);
    for (size_t i = 0; i < 4; i++) {
        const duet_encoding_options options = {.level = levels[i]};

        assert_status(
            duet_encode(bytes, 200000, codings[i], &options, &coded, &length),
            0);
        assert_status(
            duet_decode(coded, length, codings[i], 200000, &again, &length), 0);
        assert_int_equal(length, 200000);
        assert_memory_equal(again, bytes, length);
        free(coded);
        free(again);
    }
    free(bytes);
}

static const char *allocating;

static int make_and_write(void)
{
    static test_sink sink;
    duet_writer *inner, *writer;
    int status;

    sink = (test_sink){.most = 0};
    inner = test_sink_writer(&sink);
    status = duet_encoding_writer(inner, allocating, NULL, &writer);
    if (status != 0) {
        duet_writer_close(inner);
        return status;
    }
    status = duet_write_text(writer, "hello", DUET_NEVER);
    if (status == 0)
        status = duet_writer_end(writer, DUET_NEVER);
    if (status == DUET_ENOMEM) /* and still, as the encoder is broken */
        assert_status(duet_writer_end(writer, DUET_NEVER), DUET_ENOMEM);
    duet_writer_close(writer);
    return status;
}

static void lack_of_memory_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (int nth = 2, failed = 1; failed; nth++) { /* 1 is the sink's */
            int status;

            allocating = codings[i];
            test_fail_allocation(nth);
            status = make_and_write();
            failed = test_allocation_failed();
            test_fail_allocation(0);
            assert_status(status, failed ? DUET_ENOMEM : 0);
        }
}

TEST_MAIN(test(what_is_written_is_encoded_and_ended_once),
          test(nothing_written_is_an_empty_body),
          test(flush_writes_all_so_far_and_only_once),
          test(interrupted_calls_may_be_repeated),
          test(a_flush_that_was_interrupted_is_done_before_all_else),
          test(after_the_end_was_begun_nothing_is_taken),
          test(giving_up_and_failures_pass_to_the_inner_writer),
          test(wrong_names_and_levels_are_refused),
          test(others_run_while_much_is_encoded),
          test(a_task_has_stack_for_the_highest_levels),
          test(lack_of_memory_is_told))
