/* SPDX-License-Identifier: MIT */
#include "parallel/child/child.h"

#include <stdlib.h>

#include <duet/duet.h>

#include "support/in_task.h"

static duet_child *start(const char *command, int64_t line_limit)
{
    const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
    const duet_child_options options = {
        .ends = {DUET_CHILD_PIPE, DUET_CHILD_PIPE, DUET_CHILD_PIPE},
        .line_limit_bytes = line_limit};
    duet_child *child;

    assert_status(duet_child_start(arguments, &options, &child), 0);
    return child;
}

static void assert_line(duet_child *child, const char *expected)
{
    size_t length;
    char *line;

    assert_status(duet_child_read_line(child, DUET_CHILD_OUTPUT, &line, &length,
                                       DUET_NEVER),
                  0);
    assert_string_equal(line, expected);
    assert_int_equal(length, strlen(expected));
}

static void assert_end(duet_child *child)
{
    char *line;
    size_t length = 1;

    assert_status(duet_child_read_line(child, DUET_CHILD_OUTPUT, &line, &length,
                                       DUET_NEVER),
                  DUET_EEMPTY);
    assert_null(line);
    assert_int_equal(length, 0);
    assert_true(duet_child_is_at_end(child, DUET_CHILD_OUTPUT));
}

in_task(lines_come_one_by_one_and_the_last_needs_no_newline)
{
    duet_child *child = start("printf 'one\\n\\na\\000b\\nlast'", 0);
    size_t length;
    char *line;

    assert_false(duet_child_is_at_end(child, DUET_CHILD_OUTPUT));
    assert_line(child, "one");
    assert_line(child, "");
    assert_status(duet_child_read_line(child, DUET_CHILD_OUTPUT, &line, &length,
                                       DUET_NEVER),
                  0);
    assert_int_equal(length, 3);
    assert_memory_equal(line, "a\0b", 4);
    assert_line(child, "last");
    assert_end(child);
    assert_end(child);
    duet_child_free(child);
}

static int write_bytewise(void *child)
{
    static const char bytes[] = "first--separator--se--separator-";

    for (size_t i = 0; i < sizeof bytes - 1; i++) {
        assert_status(duet_child_write(child, &bytes[i], 1, DUET_NEVER), 0);
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    }
    duet_child_close_input(child);
    return 0;
}

in_task(separators_are_found_whatever_the_reads)
{
    static const char *const expected[] = {"first--separator-",
                                           "-se--separator-"};
    duet_child *child = start("exec cat", 0);
    size_t length;
    char *bytes;

    assert_status(duet_spawn(write_bytewise, child, NULL, NULL), 0);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_child_read_until(child, DUET_CHILD_OUTPUT,
                                            "--separator-", 12, &bytes, &length,
                                            DUET_NEVER),
                      0);
        assert_string_equal(bytes, expected[i]);
        assert_int_equal(length, strlen(expected[i]));
    }
    assert_end(child);
    assert_status(duet_child_read_until(child, DUET_CHILD_OUTPUT, "", 0, &bytes,
                                        &length, DUET_NEVER),
                  DUET_EINVAL);
    duet_child_free(child);
}

in_task(rest_without_a_separator_is_given_and_told)
{
    duet_child *child = start("printf 'a;bc'", 0);
    size_t length;
    char *bytes;

    assert_status(duet_child_read_until(child, DUET_CHILD_OUTPUT, ";", 1,
                                        &bytes, &length, DUET_NEVER),
                  0);
    assert_string_equal(bytes, "a;");
    assert_status(duet_child_read_until(child, DUET_CHILD_OUTPUT, ";", 1,
                                        &bytes, &length, DUET_NEVER),
                  DUET_ETRUNCATED);
    assert_string_equal(bytes, "bc");
    assert_int_equal(length, 2);
    assert_end(child);
    duet_child_free(child);
}

in_task(line_over_the_limit_is_an_error_and_can_be_read_else)
{
    duet_child *child = start("printf '12345\\n123456\\n7\\n'", 5);
    char text[16] = "";
    size_t length;
    char *line;

    assert_line(child, "12345");
    for (int i = 0; i < 2; i++) {
        assert_status(duet_child_read_line(child, DUET_CHILD_OUTPUT, &line,
                                           &length, DUET_NEVER),
                      DUET_ETOOLARGE);
        assert_null(line);
        assert_string_equal(duet_error_detail(),
                            "the line has more than 5 bytes");
    }
    assert_status(duet_child_read_exactly(child, DUET_CHILD_OUTPUT, text, 7,
                                          &length, DUET_NEVER),
                  0);
    assert_string_equal(text, "123456\n");
    assert_line(child, "7");
    assert_end(child);
    duet_child_free(child);
}

/* yes never ends a line here, and must not fill the memory. */
in_task(endless_line_is_an_error)
{
    duet_child *child = start("yes | tr -d '\\n'", 0);
    size_t length;
    char *line;

    assert_status(duet_child_read_line(child, DUET_CHILD_OUTPUT, &line, &length,
                                       DUET_NEVER),
                  DUET_ETOOLARGE);
    assert_true(child->sources[0].capacity <= 256 * 1024);
    duet_child_free(child);
}

in_task(late_line_loses_nothing)
{
    duet_child *child = start("exec cat", 0);
    size_t length;
    char *line;

    assert_status(duet_child_write(child, "half", 4, DUET_NEVER), 0);
    for (int i = 0; i < 2; i++)
        assert_status(duet_child_read_line(child, DUET_CHILD_OUTPUT, &line,
                                           &length, duet_in_ms(3)),
                      DUET_ETIMEDOUT);
    assert_status(duet_child_write(child, " and half\n", 10, DUET_NEVER), 0);
    assert_line(child, "half and half");
    duet_child_free(child);
}

in_task(exact_numbers_of_bytes_are_read_or_the_end_is_told)
{
    duet_child *child = start("printf 'ab\\ncdefgh'", 0);
    char text[8] = "";
    size_t length;

    assert_line(child, "ab");
    assert_status(duet_child_read_exactly(child, DUET_CHILD_OUTPUT, text, 4,
                                          &length, DUET_NEVER),
                  0);
    assert_int_equal(length, 4);
    assert_memory_equal(text, "cdef", 4);
    assert_status(duet_child_read_exactly(child, DUET_CHILD_OUTPUT, text, 3,
                                          &length, DUET_NEVER),
                  DUET_ETRUNCATED);
    assert_int_equal(length, 2);
    assert_memory_equal(text, "gh", 2);
    assert_status(duet_child_read_exactly(child, DUET_CHILD_OUTPUT, text, 1,
                                          &length, DUET_NEVER),
                  DUET_EEMPTY);
    assert_int_equal(length, 0);
    assert_status(duet_child_read_exactly(child, DUET_CHILD_OUTPUT, text, 0,
                                          &length, DUET_NEVER),
                  0);
    duet_child_free(child);
}

in_task(late_exact_read_tells_what_came)
{
    duet_child *child = start("exec cat", 0);
    char text[8] = "";
    size_t length;

    assert_status(duet_child_write(child, "abc", 3, DUET_NEVER), 0);
    assert_status(
        duet_wait_readable(duet_child_descriptor(child, DUET_CHILD_OUTPUT),
                           DUET_NEVER),
        0);
    assert_status(duet_child_read_exactly(child, DUET_CHILD_OUTPUT, text, 4,
                                          &length, duet_in_ms(3)),
                  DUET_ETIMEDOUT);
    assert_int_equal(length, 3);
    assert_string_equal(text, "abc");
    duet_child_free(child);
}

in_task(ways_to_read_are_mixed)
{
    duet_child *child = start("printf 'a,b,c\\nd\\ne'", 0);
    char text[8] = "";
    size_t length;
    char *bytes;

    assert_status(duet_child_read_until(child, DUET_CHILD_OUTPUT, ",", 1,
                                        &bytes, &length, DUET_NEVER),
                  0);
    assert_string_equal(bytes, "a,");
    assert_status(
        duet_child_read(child, DUET_CHILD_OUTPUT, text, 2, &length, DUET_NEVER),
        0);
    assert_string_equal(text, "b,");
    assert_line(child, "c");
    assert_status(duet_child_read(child, DUET_CHILD_OUTPUT, text, sizeof text,
                                  &length, DUET_NEVER),
                  0);
    assert_int_equal(length, 3);
    assert_string_equal(text, "d\ne");
    assert_end(child);
    duet_child_free(child);
}

in_task(what_was_read_ahead_is_communicated)
{
    duet_child *child = start("printf 'a\\nb\\n'; exec cat", 0);
    duet_child_output output;

    assert_line(child, "a");
    assert_status(duet_child_communicate(child, "c\n", 2, &output, DUET_NEVER),
                  0);
    assert_string_equal(output.output, "b\nc\n");
    duet_child_output_clear(&output);
    duet_child_free(child);
}

static int wait_for_line(void *child)
{
    assert_line(child, "hello");
    return 0;
}

in_task(second_reader_is_refused)
{
    duet_child *child = start("exec cat", 0);
    char text[8];
    duet_task *task;
    size_t length;
    char *line;

    assert_status(duet_spawn(wait_for_line, child, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    assert_status(duet_child_read_line(child, DUET_CHILD_OUTPUT, &line, &length,
                                       DUET_NEVER),
                  DUET_EBUSY);
    assert_status(duet_child_read(child, DUET_CHILD_OUTPUT, text, sizeof text,
                                  &length, DUET_NEVER),
                  DUET_EBUSY);
    assert_status(duet_child_read_line(child, DUET_CHILD_ERROR, &line, &length,
                                       duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_status(duet_child_read_line(child, DUET_CHILD_INPUT, &line, &length,
                                       DUET_NEVER),
                  DUET_ESTATE);
    assert_status(duet_child_write(child, "hello\n", 6, DUET_NEVER), 0);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    duet_child_free(child);
}

in_task(many_lines_arrive_exactly)
{
    enum { LINES = 50000 };
    duet_child *child = start("seq 1 50000", 0);

    for (int i = 1; i <= LINES; i++) {
        char number[16];

        snprintf(number, sizeof number, "%d", i);
        assert_line(child, number);
    }
    assert_end(child);
    duet_child_free(child);
}

TEST_MAIN(test(lines_come_one_by_one_and_the_last_needs_no_newline),
          test(separators_are_found_whatever_the_reads),
          test(rest_without_a_separator_is_given_and_told),
          test(line_over_the_limit_is_an_error_and_can_be_read_else),
          test(endless_line_is_an_error), test(late_line_loses_nothing),
          test(exact_numbers_of_bytes_are_read_or_the_end_is_told),
          test(late_exact_read_tells_what_came), test(ways_to_read_are_mixed),
          test(what_was_read_ahead_is_communicated),
          test(second_reader_is_refused), test(many_lines_arrive_exactly))
