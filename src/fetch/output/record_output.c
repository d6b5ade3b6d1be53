/* SPDX-License-Identifier: MIT */
/* record_output.c - one writer at a time. Owns the buffer.
 *
 * The descriptor is standard output, which other processes may share: it is
 * never made non-blocking. A pipe takes PIPE_BUF bytes without blocking once
 * poll() has reported it writable; a longer record is written in pieces of that
 * size. */
#include "fetch/output/record_output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/descriptor.h>

#include "base/error.h"
#include "runtime/core/wait.h"

enum { RECORD_BYTES_MAX = 1 << 21 };

#define TAKES_NO_MORE "records: the reader takes no more"

/* Regular files and devices such as /dev/null accept everything at once. */
static bool may_block(int descriptor, mode_t mode)
{
    return !S_ISREG(mode) && (!S_ISCHR(mode) || isatty(descriptor));
}

void duet__record_output_init(duet__record_output *output, int descriptor)
{
    struct stat state;

    *output = (duet__record_output){
        .descriptor = descriptor,
        .waits = fstat(descriptor, &state) == 0 &&
                 may_block(descriptor, state.st_mode),
        .give_up = DUET_NEVER,
    };
    duet__link_init(&output->waiting);
    duet__buffer_init(&output->buffer, RECORD_BYTES_MAX);
}

void duet__record_output_free(duet__record_output *output)
{
    duet__buffer_free(&output->buffer);
}

/* --- one at a time ------------------------------------------------------- */

/* Waits for the turn of the calling task. Cancellation does not end the wait:
 * the record is to be written anyway. */
static int enter(duet__record_output *output)
{
    while (output->is_busy) {
        duet__wait wait = {.what = "record output"};
        int status;

        duet__list_push_back(&output->waiting, &wait.link);
        status = duet__park(&wait, output->give_up);
        if (status != 0 && status != DUET_ECANCELED)
            return status;
    }
    output->is_busy = true;
    return 0;
}

static void leave(duet__record_output *output)
{
    output->is_busy = false;
    duet__wake_first(&output->waiting, 0);
}

/* --- writing ------------------------------------------------------------- */

static int wait_for_room(const duet__record_output *output)
{
    struct pollfd poll_one = {.fd = output->descriptor, .events = POLLOUT};
    int status;

    while (poll(&poll_one, 1, 0) == 0) {
        status = duet_wait_writable(output->descriptor, output->give_up);
        if (status != 0 && status != DUET_ECANCELED)
            return status;
    }
    return 0;
}

static int write_all(const duet__record_output *output)
{
    const char *bytes = output->buffer.bytes;
    size_t left = output->buffer.length;

    while (left > 0) {
        size_t piece = output->waits && left > PIPE_BUF ? PIPE_BUF : left;
        int status = output->waits ? wait_for_room(output) : 0;
        ssize_t count;

        if (status != 0)
            return duet__fail(status, TAKES_NO_MORE);
        count = write(output->descriptor, bytes, piece);
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (count < 0) {
            int error = errno;

            if (error == EPIPE)
                return duet__fail(DUET_EPIPE, "records: their reader has gone");
            return duet__fail(duet__error_from_errno(error), "records: %s",
                              strerror(error));
        }
        bytes += count;
        left -= (size_t)count;
    }
    return 0;
}

int duet__record_output_write(duet__record_output *output,
                              const duet__record *record)
{
    int status = enter(output);

    if (status != 0)
        return duet__fail(status, TAKES_NO_MORE);
    if (output->failure == 0) {
        duet__buffer_reset(&output->buffer);
        status = duet__record_append(record, &output->buffer);
        if (status == 0)
            status = write_all(output);
        output->failure = status;
    }
    status = output->failure;
    leave(output);
    return status;
}
