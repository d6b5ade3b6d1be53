/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "support/in_task.h"
#include "support/memory.h"
#include "support/script.h"

static void sink_without_write_is_refused(void **state)
{
    static const duet_writer_functions nothing;
    duet_writer *writer;

    (void)state;
    assert_status(duet_writer_new(&nothing, NULL, &writer), DUET_EINVAL);
    assert_null(writer);
    assert_status(duet_writer_new(NULL, NULL, &writer), DUET_EINVAL);
}

static void all_is_written_however_little_is_taken(void **state)
{
    test_sink sink = {.most = 2};
    duet_writer *writer = test_sink_writer(&sink);
    size_t taken;

    (void)state;
    assert_status(duet_write(writer, "abcde", 5, DUET_NEVER), 0);
    assert_int_equal(sink.writes, 3);
    assert_status(duet_write_some(writer, "xyz", 3, &taken, DUET_NEVER), 0);
    assert_int_equal(taken, 2);
    assert_status(duet_write_some(writer, "", 0, &taken, DUET_NEVER), 0);
    assert_status(duet_write(writer, "", 0, DUET_NEVER), 0);
    assert_int_equal(sink.writes, 4);
    assert_status(duet_write_text(writer, "12", DUET_NEVER), 0);
    assert_status(duet_writef(writer, DUET_NEVER, "<%d>", 7), 0);
    assert_int_equal(duet_writer_count(writer), 12);
    assert_memory_equal(sink.bytes, "abcdexy12<7>", 12);
    duet_writer_close(writer);
}

static void long_text_is_printed(void **state)
{
    test_sink sink = {0};
    duet_writer *writer = test_sink_writer(&sink);

    (void)state;
    for (int width = 510; width < 515; width++) {
        sink.length = 0;
        assert_status(duet_writef(writer, DUET_NEVER, "%*d", width, 5), 0);
        assert_int_equal(sink.length, width);
        assert_int_equal(sink.bytes[width - 1], '5');
    }
    test_fail_allocation(1);
    assert_status(duet_writef(writer, DUET_NEVER, "%*d", 600, 5), DUET_ENOMEM);
    assert_status(duet_write_text(writer, "a", DUET_NEVER), 0);
    duet_writer_close(writer);
}

static void ended_writer_is_not_given_up(void **state)
{
    test_sink sink = {0};
    duet_writer *writer = test_sink_writer(&sink);

    (void)state;
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    assert_status(duet_write(writer, "a", 1, DUET_NEVER), DUET_ECLOSED);
    assert_string_equal(duet_error_message(DUET_ECLOSED),
                        "the writer was ended before");
    duet_writer_give_up(writer);
    duet_writer_close(writer);
    assert_int_equal(sink.flushes, 1);
    assert_int_equal(sink.ends, 1);
    assert_int_equal(sink.given_up, 0);
    assert_int_equal(sink.closed, 1);
}

static void writer_that_was_not_ended_is_given_up(void **state)
{
    test_sink sink = {0};
    duet_writer *writer = test_sink_writer(&sink);

    (void)state;
    duet_writer_close(writer);
    assert_int_equal(sink.given_up, 1);
    assert_int_equal(sink.closed, 1);
    writer = test_sink_writer(&sink);
    duet_writer_give_up(writer);
    duet_writer_give_up(writer);
    assert_status(duet_writer_end(writer, DUET_NEVER), DUET_ECLOSED);
    duet_writer_close(writer);
    assert_int_equal(sink.given_up, 2);
    assert_int_equal(sink.ends, 0);
    duet_writer_close(NULL);
}

static void interrupted_write_says_what_was_taken(void **state)
{
    test_sink sink = {.most = 2, .fail_at = 2, .failure = DUET_ETIMEDOUT};
    duet_writer *writer = test_sink_writer(&sink);

    (void)state;
    assert_status(duet_write(writer, "abcde", 5, DUET_NEVER), DUET_ETIMEDOUT);
    assert_int_equal(duet_writer_count(writer), 2);
    assert_status(duet_write(writer, "cde", 3, DUET_NEVER), 0);
    assert_memory_equal(sink.bytes, "abcde", 5);
    duet_writer_close(writer);
}

static void failed_sink_is_not_used_again(void **state)
{
    test_sink sink = {.fail_at = 1, .failure = DUET_ENOSPC};
    duet_writer *writer = test_sink_writer(&sink);

    (void)state;
    assert_status(duet_write(writer, "a", 1, DUET_NEVER), DUET_ENOSPC);
    assert_status(duet_write(writer, "a", 1, DUET_NEVER), DUET_ENOSPC);
    assert_status(duet_writer_flush(writer, DUET_NEVER), DUET_ENOSPC);
    assert_status(duet_writer_end(writer, DUET_NEVER), DUET_ENOSPC);
    assert_int_equal(sink.writes, 1);
    duet_writer_close(writer);
    assert_int_equal(sink.given_up, 1);
}

static int write_much(void *writer)
{
    return duet_write(writer, "abcdefgh", 8, DUET_NEVER);
}

in_task(second_task_is_refused)
{
    duet_reader *reader;
    duet_writer *writer;
    duet_task *first;
    char buffer[8];
    int result;

    assert_status(duet_memory_pipe(4, &reader, &writer), 0);
    assert_status(duet_spawn(write_much, writer, NULL, &first), 0);
    assert_status(duet_yield(), 0);
    assert_status(write_much(writer), DUET_EBUSY);
    assert_status(duet_writer_end(writer, DUET_NEVER), DUET_EBUSY);
    assert_status(duet_read_exactly(reader, buffer, 8, DUET_NEVER), 0);
    assert_status(duet_join(first, &result, DUET_NEVER), 0);
    assert_status(result, 0);
    duet_reader_close(reader);
    duet_writer_close(writer);
}

TEST_MAIN(test(sink_without_write_is_refused),
          test(all_is_written_however_little_is_taken),
          test(long_text_is_printed), test(ended_writer_is_not_given_up),
          test(writer_that_was_not_ended_is_given_up),
          test(interrupted_write_says_what_was_taken),
          test(failed_sink_is_not_used_again), test(second_task_is_refused))
