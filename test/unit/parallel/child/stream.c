/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <duet/duet.h>

#include "support/in_task.h"
#include "support/memory.h"

static const duet_child_options pipes = {
    .ends = {DUET_CHILD_PIPE, DUET_CHILD_PIPE, DUET_CHILD_PIPE}};

static duet_child *start(const char *script)
{
    const char *const arguments[] = {"sh", "-c", script, NULL};
    duet_child *child;

    assert_status(duet_child_start(arguments, &pipes, &child), 0);
    return child;
}

in_task(program_is_written_to_and_read_from)
{
    duet_child *child = start("sort; echo sorry >&2");
    duet_writer *writer;
    duet_reader *output;
    duet_reader *error;
    char *text;

    assert_status(duet_child_writer(child, &writer), 0);
    assert_status(duet_child_reader(child, DUET_CHILD_OUTPUT, &output), 0);
    assert_status(duet_child_reader(child, DUET_CHILD_ERROR, &error), 0);
    assert_status(duet_write_text(writer, "b\na\n", DUET_NEVER), 0);
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    assert_status(duet_read_all(output, 10, &text, NULL, DUET_NEVER), 0);
    assert_string_equal(text, "a\nb\n");
    free(text);
    assert_status(duet_read_all(error, 10, &text, NULL, DUET_NEVER), 0);
    assert_string_equal(text, "sorry\n");
    free(text);
    duet_writer_close(writer);
    duet_reader_close(output);
    duet_reader_close(error);
    duet_child_free(child);
}

/* Closing without ending ends the input, too: a pipe has no other end. */
in_task(streams_outlive_the_child)
{
    duet_child *child = start("exec cat");
    duet_writer *writer;
    duet_reader *output;
    const char *line;
    int status;

    assert_status(duet_child_writer(child, &writer), 0);
    assert_status(duet_child_reader(child, DUET_CHILD_OUTPUT, &output), 0);
    assert_status(duet_write_text(writer, "one\n", DUET_NEVER), 0);
    assert_status(duet_read_line(output, &line, NULL, DUET_NEVER), 0);
    assert_string_equal(line, "one");
    duet_child_free(child); /* which ends the program */
    assert_status(duet_read_line(output, &line, NULL, DUET_NEVER), DUET_EEMPTY);
    do /* until its end of the pipe is closed, too */
        status = duet_write_text(writer, "two\n", DUET_NEVER);
    while (status == 0);
    assert_status(status, DUET_EPIPE);
    duet_reader_close(output);
    duet_writer_close(writer);
}

in_task(stream_that_is_not_there_is_refused)
{
    duet_child *child = start("echo a; cat");
    duet_writer *writer;
    duet_writer *second_writer;
    duet_reader *reader;
    char *line;
    size_t length;

    assert_status(duet_child_read_line(child, DUET_CHILD_OUTPUT, &line, &length,
                                       DUET_NEVER),
                  0);
    assert_status(duet_child_reader(child, DUET_CHILD_OUTPUT, &reader),
                  DUET_ESTATE);
    assert_status(duet_child_reader(child, DUET_CHILD_INPUT, &reader),
                  DUET_EINVAL);
    assert_null(reader);
    assert_status(duet_child_writer(child, &writer), 0);
    assert_status(duet_child_writer(child, &second_writer), DUET_ESTATE);
    assert_null(second_writer);
    assert_status(duet_child_write(child, "a", 1, DUET_NEVER), DUET_ESTATE);
    assert_int_equal(duet_child_descriptor(child, DUET_CHILD_INPUT), -1);
    duet_writer_close(writer);
    duet_child_free(child);
}

/* The program is work that ends by itself: its time does not jump. */
in_virtual_time(virtual_time_waits_for_the_program)
{
    duet_child *child = start("sleep 0.05; echo late");
    duet_reader *output;
    const char *line;

    assert_status(duet_child_reader(child, DUET_CHILD_OUTPUT, &output), 0);
    assert_status(duet_read_line(output, &line, NULL, duet_in_ms(1)), 0);
    assert_string_equal(line, "late");
    duet_reader_close(output);
    duet_child_free(child);
}

in_task(without_memory_the_child_keeps_the_pipe)
{
    duet_child *child = start("exec cat");
    duet_writer *writer;
    duet_reader *reader;

    test_fail_allocation(1);
    assert_status(duet_child_writer(child, &writer), DUET_ENOMEM);
    test_fail_allocation(1);
    assert_status(duet_child_reader(child, DUET_CHILD_OUTPUT, &reader),
                  DUET_ENOMEM);
    assert_true(duet_child_descriptor(child, DUET_CHILD_INPUT) >= 0);
    assert_true(duet_child_descriptor(child, DUET_CHILD_OUTPUT) >= 0);
    duet_child_free(child);
}

TEST_MAIN(test(program_is_written_to_and_read_from),
          test(streams_outlive_the_child),
          test(stream_that_is_not_there_is_refused),
          test(virtual_time_waits_for_the_program),
          test(without_memory_the_child_keeps_the_pipe))
