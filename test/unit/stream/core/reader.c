/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include "support/in_task.h"
#include "support/memory.h"
#include "support/script.h"

static const test_piece some[] = {{"abc", 0}, {"def", 0}, {NULL, 0}};

static void source_without_next_is_refused(void **state)
{
    static const duet_reader_functions nothing;
    duet_reader *reader;

    (void)state;
    assert_status(duet_reader_new(&nothing, NULL, &reader), DUET_EINVAL);
    assert_null(reader);
    assert_status(duet_reader_new(NULL, NULL, &reader), DUET_EINVAL);
}

static void closing_closes_the_source_once(void **state)
{
    test_script script = {.pieces = some};
    duet_reader *reader = test_script_reader(&script);

    (void)state;
    duet_reader_close(reader);
    assert_int_equal(script.closed, 1);
    duet_reader_close(NULL);
}

static void count_is_of_what_was_returned(void **state)
{
    test_script script = {.pieces = some};
    duet_reader *reader = test_script_reader(&script);
    char buffer[4];

    (void)state;
    assert_int_equal(duet_reader_count(reader), 0);
    assert_status(duet_read_exactly(reader, buffer, 4, DUET_NEVER), 0);
    assert_int_equal(duet_reader_count(reader), 4);
    assert_status(duet_read_exactly(reader, buffer, 4, DUET_NEVER),
                  DUET_ETRUNCATED);
    assert_int_equal(duet_reader_count(reader), 4);
    duet_reader_close(reader);
}

static void remaining_includes_what_is_held(void **state)
{
    duet_reader *reader;
    const char *bytes;
    size_t length;
    char buffer[4];

    (void)state;
    assert_status(duet_memory_reader("abcdef", 6, &reader), 0);
    assert_int_equal(duet_reader_remaining(reader), 6);
    assert_status(duet_peek(reader, &bytes, &length, DUET_NEVER), 0);
    assert_int_equal(duet_reader_remaining(reader), 6);
    assert_status(duet_read_exactly(reader, buffer, 4, DUET_NEVER), 0);
    assert_int_equal(duet_reader_remaining(reader), 2);
    assert_status(duet_read_exactly(reader, buffer, 4, DUET_NEVER),
                  DUET_ETRUNCATED);
    assert_int_equal(duet_reader_remaining(reader), 2);
    duet_reader_close(reader);
}

static void rewinding_drops_what_is_held(void **state)
{
    test_script script = {.pieces = some};
    duet_reader *reader = test_script_reader(&script);
    char *bytes;
    char buffer[8];

    (void)state;
    assert_true(duet_reader_can_rewind(reader));
    assert_status(duet_read_exactly(reader, buffer, 8, DUET_NEVER),
                  DUET_ETRUNCATED);
    assert_status(duet_reader_rewind(reader, DUET_NEVER), 0);
    assert_int_equal(duet_reader_count(reader), 0);
    assert_status(duet_read_all(reader, 6, &bytes, NULL, DUET_NEVER), 0);
    assert_string_equal(bytes, "abcdef");
    free(bytes);
    duet_reader_close(reader);
    reader = test_script_writable(&script);
    assert_false(duet_reader_can_rewind(reader));
    assert_status(duet_reader_rewind(reader, DUET_NEVER), DUET_ENOTSUP);
    duet_reader_close(reader);
}

static void line_limit_takes_what_its_contract_says(void **state)
{
    test_script script = {.pieces = some};
    duet_reader *reader = test_script_reader(&script);

    (void)state;
    assert_status(duet_reader_set_line_limit(reader, 0), DUET_EINVAL);
    assert_status(duet_reader_set_line_limit(reader, -2), DUET_EINVAL);
    assert_status(duet_reader_set_line_limit(reader, 1), 0);
    assert_status(duet_reader_set_line_limit(reader, DUET_NO_LIMIT), 0);
    duet_reader_close(reader);
}

static int read_one(void *reader)
{
    const char *bytes;
    size_t length;
    int status = duet_read_next(reader, &bytes, &length, DUET_NEVER);

    return status == 0 ? (int)length : status;
}

in_task(second_task_is_refused)
{
    duet_reader *reader;
    duet_writer *writer;
    duet_task *first;
    int result;

    assert_status(duet_memory_pipe(0, &reader, &writer), 0);
    assert_status(duet_spawn(read_one, reader, NULL, &first), 0);
    assert_status(duet_yield(), 0);
    assert_status(read_one(reader), DUET_EBUSY);
    assert_status(duet_reader_rewind(reader, DUET_NEVER), DUET_ENOTSUP);
    assert_status(duet_write(writer, "abc", 3, DUET_NEVER), 0);
    assert_status(duet_join(first, &result, DUET_NEVER), 0);
    assert_int_equal(result, 3);
    duet_reader_close(reader);
    duet_writer_close(writer);
}

static int read_one_line(void *reader)
{
    const char *line;

    return duet_read_line(reader, &line, NULL, DUET_NEVER);
}

static void close_while(duet_task_function *reads)
{
    duet_reader *reader;
    duet_writer *writer;
    duet_task *task;
    int result;

    assert_status(duet_memory_pipe(0, &reader, &writer), 0);
    assert_status(duet_spawn(reads, reader, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    duet_reader_close(reader);
    assert_status(duet_write(writer, "abc\n", 4, DUET_NEVER), 0);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECLOSED);
    assert_status(duet_write(writer, "d", 1, DUET_NEVER), DUET_EPIPE);
    duet_writer_close(writer);
}

in_task(reader_closed_by_another_task_lends_nothing)
{
    close_while(read_one);
    close_while(read_one_line);
}

static int fail_to_take_back(duet_reader *reader)
{
    char buffer[8];

    test_fail_allocation(1);
    assert_status(duet_read_exactly(reader, buffer, 8, DUET_NEVER),
                  DUET_ETRUNCATED);
    assert_true(test_allocation_failed());
    return duet_read_exactly(reader, buffer, 1, DUET_NEVER);
}

static void bytes_lost_for_lack_of_memory_are_not_passed_over(void **state)
{
    test_script script = {.pieces = some};
    duet_reader *reader = test_script_reader(&script);

    (void)state;
    assert_status(fail_to_take_back(reader), DUET_ENOMEM);
    duet_reader_close(reader);
}

TEST_MAIN(test(source_without_next_is_refused),
          test(closing_closes_the_source_once),
          test(count_is_of_what_was_returned),
          test(remaining_includes_what_is_held),
          test(rewinding_drops_what_is_held),
          test(line_limit_takes_what_its_contract_says),
          test(second_task_is_refused),
          test(reader_closed_by_another_task_lends_nothing),
          test(bytes_lost_for_lack_of_memory_are_not_passed_over))
