/* SPDX-License-Identifier: MIT */
/* descriptor.c - reading and writing a non-blocking descriptor.
 *
 * Invariant: a task that waits for bytes holds no piece; a peer that is always
 * ready does not keep others from running. */
#include "stream/socket/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/error.h>
#include <duet/task.h>

#include "base/error.h"
#include "runtime/core/descriptor.h"
#include "runtime/run/quiet_write.h"

/* Calls that may follow each other before other tasks run. */
enum { IN_A_ROW = 16 };

int duet__flow_init(duet__flow *flow, int descriptor, size_t piece_bytes)
{
    struct stat facts;
    int flags = fcntl(descriptor, F_GETFL);

    if (flags < 0 || fstat(descriptor, &facts) != 0)
        return duet__fail(DUET_EBADF, "descriptor %d is not open", descriptor);
    if (S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode))
        return duet__fail(DUET_ENOTSUP,
                          "descriptor %d is a file, which cannot be waited for",
                          descriptor);
    if ((flags & O_NONBLOCK) == 0 &&
        fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0)
        return duet__error_from_errno(errno);
    *flow = (duet__flow){.descriptor = descriptor,
                         .is_socket = S_ISSOCK(facts.st_mode),
                         .outside = DUET__FOR_PEER,
                         .piece_bytes = piece_bytes};
    return 0;
}

/* Waits, or lets others run if it need not. */
static int pause_for(duet__flow *flow, bool writing, duet_deadline deadline)
{
    flow->calls_in_a_row = 0;
    return duet__descriptor_await(flow->descriptor, writing, flow->outside,
                                  deadline);
}

static int take_turn(duet__flow *flow, duet_deadline deadline)
{
    int status;

    if (duet_deadline_is_now(deadline) || ++flow->calls_in_a_row < IN_A_ROW)
        return 0;
    flow->calls_in_a_row = 0;
    status = duet_yield();
    return status == DUET_ENOLOOP ? 0 : status;
}

/* 0 at the end. */
static int read_piece(duet__flow *flow, size_t *out_length)
{
    ssize_t count;

    if (flow->piece == NULL)
        flow->piece = malloc(flow->piece_bytes);
    if (flow->piece == NULL)
        return DUET_ENOMEM;
    do
        count = read(flow->descriptor, flow->piece, flow->piece_bytes);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return duet__error_from_errno(errno);
    *out_length = (size_t)count;
    return count > 0 ? 0 : DUET_EEMPTY;
}

int duet__flow_next(duet__flow *flow, const char **out_bytes,
                    size_t *out_length, duet_deadline deadline)
{
    int status = take_turn(flow, deadline);

    while (status == 0) {
        status = read_piece(flow, out_length);
        if (status == 0) {
            *out_bytes = flow->piece;
            return 0;
        }
        duet__flow_free(flow);
        if (status == DUET_EAGAIN)
            status = pause_for(flow, false, deadline);
    }
    return status;
}

int duet__flow_write(duet__flow *flow, const char *bytes, size_t length,
                     size_t *out_taken, duet_deadline deadline)
{
    int status = take_turn(flow, deadline);

    while (status == 0) {
        ssize_t count =
            flow->is_socket
                ? send(flow->descriptor, bytes, length, MSG_NOSIGNAL)
                : duet__quiet_write(flow->descriptor, bytes, length, false);

        if (count > 0) {
            *out_taken = (size_t)count;
            return 0;
        }
        if (errno == EAGAIN)
            status = pause_for(flow, true, deadline);
        else if (errno != EINTR)
            status = duet__error_from_errno(errno);
    }
    return status;
}

void duet__flow_free(duet__flow *flow)
{
    free(flow->piece);
    flow->piece = NULL;
}
