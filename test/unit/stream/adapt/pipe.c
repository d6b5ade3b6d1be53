/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "support/in_task.h"
#include "support/memory.h"

enum { COUNT = 10000 };

static int write_numbers(void *writer)
{
    int status = 0;

    for (int i = 0; i < COUNT && status == 0; i++)
        status = duet_writef(writer, DUET_NEVER, "%d\n", i);
    return status == 0 ? duet_writer_end(writer, DUET_NEVER) : status;
}

static void read_numbers(duet_reader *reader)
{
    const char *line;
    char expected[16];

    for (int i = 0; i < COUNT; i++) {
        assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER), 0);
        snprintf(expected, sizeof expected, "%d", i);
        assert_string_equal(line, expected);
    }
    assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER), DUET_EEMPTY);
}

in_task(bytes_go_through_rings_of_any_size)
{
    const size_t sizes[] = {1, 2, 7, 4096, 0};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        duet_reader *reader;
        duet_writer *writer;
        duet_task *task;
        int result;

        assert_status(duet_memory_pipe(sizes[i], &reader, &writer), 0);
        assert_status(duet_spawn(write_numbers, writer, NULL, &task), 0);
        read_numbers(reader);
        assert_status(duet_join(task, &result, DUET_NEVER), 0);
        assert_status(result, 0);
        duet_writer_close(writer);
        duet_reader_close(reader);
    }
}

in_virtual_time(both_ends_wait_no_longer_than_their_deadline)
{
    duet_reader *reader;
    duet_writer *writer;
    const char *bytes;
    size_t length;

    assert_status(duet_memory_pipe(2, &reader, &writer), 0);
    assert_status(duet_read_next(reader, &bytes, &length, duet_in_ms(10)),
                  DUET_ETIMEDOUT);
    assert_status(duet_write(writer, "abc", 3, duet_in_ms(10)), DUET_ETIMEDOUT);
    assert_int_equal(duet_writer_count(writer), 2);
    assert_status(duet_read_next(reader, &bytes, &length, DUET_NEVER), 0);
    assert_int_equal(length, 2);
    /* What is lent still takes room. */
    assert_status(duet_write(writer, "c", 1, DUET_NOW), DUET_ETIMEDOUT);
    assert_status(duet_read_next(reader, &bytes, &length, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_status(duet_write(writer, "c", 1, DUET_NOW), 0);
    duet_writer_close(writer);
    duet_reader_close(reader);
}

in_task(pipe_that_is_given_up_is_no_whole_stream)
{
    duet_reader *reader;
    duet_writer *writer;
    char *bytes;

    assert_status(duet_memory_pipe(0, &reader, &writer), 0);
    assert_status(duet_write(writer, "abc", 3, DUET_NEVER), 0);
    duet_writer_close(writer);
    assert_status(duet_read_all(reader, 10, &bytes, NULL, DUET_NEVER),
                  DUET_ETRUNCATED);
    assert_null(bytes);
    duet_reader_close(reader);
}

static int write_long(void *writer)
{
    return duet_write(writer, "abcdef", 6, DUET_NEVER);
}

in_task(writer_hears_that_nobody_reads)
{
    duet_reader *reader;
    duet_writer *writer;
    duet_task *task;
    int result;

    assert_status(duet_memory_pipe(2, &reader, &writer), 0);
    assert_status(duet_spawn(write_long, writer, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    duet_reader_close(reader);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_EPIPE);
    assert_status(duet_write(writer, "a", 1, DUET_NEVER), DUET_EPIPE);
    duet_writer_close(writer);
}

static void capacity_takes_what_its_contract_says(void **state)
{
    duet_reader *reader;
    duet_writer *writer;

    (void)state;
    assert_status(duet_memory_pipe(64 * 1024 * 1024 + 1, &reader, &writer),
                  DUET_EINVAL);
    assert_null(reader);
    assert_null(writer);
    assert_status(duet_memory_pipe(64 * 1024 * 1024, &reader, &writer), 0);
    duet_writer_close(writer);
    duet_reader_close(reader);
}

static int make_and_use(void)
{
    duet_reader *reader;
    duet_writer *writer;
    int status = duet_memory_pipe(0, &reader, &writer);

    if (status == 0)
        status = duet_write(writer, "a", 1, DUET_NEVER);
    duet_writer_close(writer);
    duet_reader_close(reader);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_and_use, 2);
}

TEST_MAIN(test(bytes_go_through_rings_of_any_size),
          test(both_ends_wait_no_longer_than_their_deadline),
          test(pipe_that_is_given_up_is_no_whole_stream),
          test(writer_hears_that_nobody_reads),
          test(capacity_takes_what_its_contract_says),
          test(allocation_failures_are_told))
