/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/in_task.h"
#include "support/memory.h"

static int write_and_end(void *writer)
{
    static char bytes[300000];
    int status;

    memset(bytes, 'a', sizeof bytes);
    status = duet_write(writer, bytes, sizeof bytes, DUET_NEVER);
    return status == 0 ? duet_writer_end(writer, DUET_NEVER) : status;
}

static void pass_through(const int ends[2])
{
    duet_reader *reader;
    duet_writer *writer;
    duet_task *task;
    size_t count;
    int result;

    assert_status(duet_descriptor_reader(ends[0], NULL, &reader), 0);
    assert_status(duet_descriptor_writer(ends[1], NULL, &writer), 0);
    assert_status(duet_spawn(write_and_end, writer, NULL, &task), 0);
    assert_status(duet_read_skip(reader, SIZE_MAX, &count, DUET_NEVER), 0);
    assert_int_equal(count, 300000);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, 0);
    duet_reader_close(reader);
    duet_writer_close(writer);
}

in_task(pipes_and_sockets_carry_more_than_they_hold)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    pass_through(ends);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    pass_through(ends);
}

in_task(waiting_ends_at_the_deadline_and_goes_on)
{
    duet_reader *reader;
    const char *line;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_status(duet_descriptor_reader(ends[0], NULL, &reader), 0);
    assert_int_equal(write(ends[1], "ab", 2), 2);
    assert_status(duet_read_line(reader, &line, NULL, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_int_equal(write(ends[1], "c\n", 2), 2);
    assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER), 0);
    assert_string_equal(line, "abc");
    close(ends[1]);
    assert_status(duet_read_line(reader, &line, NULL, DUET_NEVER), DUET_EEMPTY);
    duet_reader_close(reader);
}

in_task(pipe_that_nobody_reads_is_broken)
{
    duet_writer *writer;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_status(duet_descriptor_writer(ends[1], NULL, &writer), 0);
    assert_status(duet_write(writer, "a", 1, DUET_NEVER), DUET_EPIPE);
    duet_writer_close(writer);
}

static void descriptor_is_kept_if_asked(void **state)
{
    const duet_descriptor_stream_options keeps = {.keeps_open = true,
                                                  .piece_bytes = 1};
    duet_reader *reader;
    duet_writer *writer;
    char byte;
    int ends[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_status(duet_descriptor_reader(ends[0], &keeps, &reader), 0);
    assert_status(duet_descriptor_writer(ends[1], &keeps, &writer), 0);
    assert_status(duet_write(writer, "ab", 2, DUET_NEVER), 0);
    assert_status(duet_read_exactly(reader, &byte, 1, DUET_NEVER), 0);
    duet_reader_close(reader);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_int_equal(byte, 'b');
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    duet_writer_close(writer);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
}

static void what_cannot_be_waited_for_is_refused(void **state)
{
    const duet_descriptor_stream_options long_pieces = {
        .piece_bytes = 64 * 1024 * 1024 + 1};
    duet_reader *reader;
    duet_writer *writer;
    int folder = open(".", O_RDONLY);

    (void)state;
    assert_status(duet_descriptor_reader(-1, NULL, &reader), DUET_EBADF);
    assert_status(duet_descriptor_reader(folder, NULL, &reader), DUET_ENOTSUP);
    assert_status(duet_descriptor_writer(folder, NULL, &writer), DUET_ENOTSUP);
    assert_status(duet_descriptor_reader(folder, &long_pieces, &reader),
                  DUET_EINVAL);
    assert_null(reader);
    assert_null(writer);
    close(folder);
}

static int make_and_use(void)
{
    duet_reader *reader = NULL;
    duet_writer *writer = NULL;
    char byte;
    int ends[2];
    int status;

    assert_int_equal(pipe(ends), 0);
    status = duet_descriptor_reader(ends[0], NULL, &reader);
    if (status != 0)
        close(ends[0]);
    else
        status = duet_descriptor_writer(ends[1], NULL, &writer);
    if (writer == NULL)
        close(ends[1]);
    else
        status = duet_write(writer, "a", 1, DUET_NEVER);
    if (status == 0)
        status = duet_read_exactly(reader, &byte, 1, DUET_NEVER);
    duet_writer_close(writer);
    duet_reader_close(reader);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_and_use, 3);
}

TEST_MAIN(test(pipes_and_sockets_carry_more_than_they_hold),
          test(waiting_ends_at_the_deadline_and_goes_on),
          test(pipe_that_nobody_reads_is_broken),
          test(descriptor_is_kept_if_asked),
          test(what_cannot_be_waited_for_is_refused),
          test(allocation_failures_are_told))
