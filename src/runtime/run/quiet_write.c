/* SPDX-License-Identifier: MIT */
/* quiet_write.c - writes to a pipe without SIGPIPE if it has no reader.
 *
 * Invariant: a SIGPIPE that was pending before stays pending; one that the
 * write raises is consumed. */
#include "runtime/run/quiet_write.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static ssize_t write_now(int descriptor, const void *bytes, size_t length,
                         bool at_once)
{
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes,
                         .iov_len = length};

    if (!at_once)
        return write(descriptor, bytes, length);
    return pwritev2(descriptor, &part, 1, -1, RWF_NOWAIT);
}

ssize_t duet__quiet_write(int descriptor, const void *bytes, size_t length,
                          bool at_once)
{
    const struct timespec now = {0};
    sigset_t pipe_signal;
    sigset_t before;
    sigset_t pending;
    ssize_t written;
    int error;

    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    written = write_now(descriptor, bytes, length, at_once);
    error = errno;
    if (written < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&pipe_signal, NULL, &now) < 0 && errno == EINTR)
            continue;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return written;
}
