/* SPDX-License-Identifier: MIT */
#include "runtime/run/quiet_write.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "support/test.h"

/* A SIGPIPE would end the test: its disposition is the default. */
static void pipe_without_a_reader_is_an_error_and_no_signal(void **state)
{
    sigset_t pending;
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    assert_int_equal(duet__quiet_write(ends[1], "a", 1, false), -1);
    assert_int_equal(errno, EPIPE);
    sigpending(&pending);
    assert_false(sigismember(&pending, SIGPIPE));
    close(ends[1]);
}

static void signal_that_was_pending_stays(void **state)
{
    const struct timespec now = {0};
    sigset_t pipe_signal;
    int ends[2];

    (void)state;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &pipe_signal, NULL), 0);
    raise(SIGPIPE);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    assert_int_equal(duet__quiet_write(ends[1], "a", 1, false), -1);
    assert_int_equal(sigtimedwait(&pipe_signal, NULL, &now), SIGPIPE);
    assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &pipe_signal, NULL), 0);
    close(ends[1]);
}

static void full_pipe_is_not_waited_for(void **state)
{
    static char bytes[1 << 20];
    ssize_t written;
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    written = duet__quiet_write(ends[1], bytes, sizeof bytes, true);
    if (written >= 0) {
        assert_in_range(written, 1, sizeof bytes - 1);
        assert_int_equal(duet__quiet_write(ends[1], "a", 1, true), -1);
        assert_int_equal(errno, EAGAIN);
    } else { /* before Linux 6.4 */
        assert_int_equal(errno, EOPNOTSUPP);
    }
    close(ends[0]);
    close(ends[1]);
}

TEST_MAIN(test(pipe_without_a_reader_is_an_error_and_no_signal),
          test(signal_that_was_pending_stays),
          test(full_pipe_is_not_waited_for))
