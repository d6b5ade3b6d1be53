/* SPDX-License-Identifier: MIT */
/* await.c - waits in tasks and in plain threads. */
#include "parallel/gate/await.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#include <duet/loop.h>

#include "base/error.h"
#include "runtime/core/descriptor.h"

static int await_as_thread(int descriptor, bool writing, duet_deadline deadline)
{
    struct pollfd poll = {.fd = descriptor,
                          .events = writing ? POLLOUT : POLLIN};
    int count;

    do {
        int64_t left = duet_deadline_left_ns(deadline);
        const struct timespec timeout = {.tv_sec = left / 1000000000,
                                         .tv_nsec = left % 1000000000};

        count = ppoll(&poll, 1,
                      duet_deadline_is_never(deadline) ? NULL : &timeout, NULL);
    } while (count < 0 && errno == EINTR);
    if (count < 0)
        return duet__error_from_errno(errno);
    if (count == 0)
        return duet__fail_plainly(DUET_ETIMEDOUT);
    return poll.revents & POLLNVAL ? DUET_EBADF : 0;
}

int duet__await_descriptor(int descriptor, bool writing, duet_deadline deadline)
{
    if (duet_current_loop() == NULL)
        return await_as_thread(descriptor, writing, deadline);
    return duet__descriptor_await(descriptor, writing, DUET__FOR_WORK,
                                  deadline);
}
