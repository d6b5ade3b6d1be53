/* SPDX-License-Identifier: MIT */
#include "file/blocking/stream.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/in_task.h"

static int ends[2]; /* of a pipe */

static void open_pipe(void)
{
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
}

static void close_pipe(void)
{
    close(ends[0]);
    close(ends[1]);
}

/* A status of 0, or the kernel's "only in a way that may block". */
static bool is_supported(int status)
{
    if (status != DUET_ENOTSUP)
        assert_status(status, 0);
    return status == 0;
}

static int write_later(void *unused)
{
    (void)unused;
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(write(ends[1], "abc", 3), 3);
    return 0;
}

in_task(reading_waits_and_gives_what_there_is)
{
    char bytes[8];
    size_t length = 99;
    int status;

    open_pipe();
    assert_status(duet_spawn(write_later, NULL, NULL, NULL), 0);
    status = duet__stream_read(ends[0], bytes, 8, &length, DUET_NEVER);
    if (is_supported(status)) {
        assert_int_equal(length, 3);
        assert_memory_equal(bytes, "abc", 3);
        close(ends[1]);
        assert_status(duet__stream_read(ends[0], bytes, 8, &length, DUET_NEVER),
                      0);
        assert_int_equal(length, 0);
        ends[1] = -1;
    }
    close_pipe();
}

static int read_some(void *out_length)
{
    char bytes[8];

    return duet__stream_read(ends[0], bytes, 8, out_length, DUET_NEVER);
}

in_task(given_up_reading_takes_nothing)
{
    duet_task *task;
    char bytes[8];
    size_t length = 99;
    int result;

    open_pipe();
    assert_status(duet__stream_read(ends[0], bytes, 8, &length, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_status(duet_spawn(read_some, &length, NULL, &task), 0);
    assert_status(duet_yield(), 0); /* it waits */
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_int_equal(length, 99);
    assert_int_equal(write(ends[1], "abc", 3), 3);
    assert_int_equal(read(ends[0], bytes, 8), 3);
    close_pipe();
}

in_task(writing_fills_the_pipe_and_waits_for_room)
{
    static char bytes[1 << 20];
    size_t length = 0;
    int status;

    open_pipe();
    status =
        duet__stream_write(ends[1], bytes, sizeof bytes, &length, DUET_NEVER);
    if (is_supported(status)) {
        assert_in_range(length, 1, sizeof bytes - 1);
        assert_status(
            duet__stream_write(ends[1], bytes, 1, &length, duet_in_ms(1)),
            DUET_ETIMEDOUT);
    }
    close_pipe();
}

in_task(writing_to_nobody_is_an_error_and_no_signal)
{
    size_t length;
    int status;

    open_pipe();
    close(ends[0]);
    ends[0] = -1;
    status = duet__stream_write(ends[1], "a", 1, &length, DUET_NEVER);
    assert_true(status == DUET_EPIPE || status == DUET_ENOTSUP);
    assert_status(duet__stream_write(-1, "a", 1, &length, DUET_NEVER),
                  DUET_EBADF);
    close_pipe();
}

TEST_MAIN(test(reading_waits_and_gives_what_there_is),
          test(given_up_reading_takes_nothing),
          test(writing_fills_the_pipe_and_waits_for_room),
          test(writing_to_nobody_is_an_error_and_no_signal))
