/* SPDX-License-Identifier: MIT */
/* stream.c - reads and writes files without positions: pipes, terminals. */
#include "file/blocking/stream.h"

#include <errno.h>
#include <stdbool.h>

#include <duet/descriptor.h>

#include "base/error.h"
#include "file/blocking/transfer.h"
#include "runtime/core/descriptor.h"
#include "runtime/run/quiet_write.h"

/* Always waits before reading: a pipe that has had no writer yet reads as if it
 * had ended. */
static int await_ready(int descriptor, bool writing, duet_deadline deadline)
{
    int status = duet__descriptor_is_ready(descriptor, writing);

    if (status != DUET_EAGAIN)
        return status;
    return writing ? duet_wait_writable(descriptor, deadline)
                   : duet_wait_readable(descriptor, deadline);
}

int duet__stream_read(int descriptor, char *bytes, size_t room,
                      size_t *out_length, duet_deadline deadline)
{
    size_t length;
    int status;

    do {
        status = await_ready(descriptor, false, deadline);
        if (status == 0)
            status = duet__transfer_read_cached(descriptor, DUET__TRANSFER_HERE,
                                                bytes, room, &length);
    } while (status == DUET_EAGAIN); /* another process took it */
    if (status == 0)
        *out_length = length;
    return status;
}

static int write_now(int descriptor, const char *bytes, size_t length,
                     size_t *out_length)
{
    ssize_t count = duet__quiet_write(descriptor, bytes, length, true);

    if (count < 0 && (errno == ENOSYS || errno == EINVAL))
        return DUET_ENOTSUP;
    if (count < 0)
        return errno == EINTR ? DUET_EAGAIN : duet__error_from_errno(errno);
    *out_length = (size_t)count;
    return 0;
}

int duet__stream_write(int descriptor, const char *bytes, size_t length,
                       size_t *out_length, duet_deadline deadline)
{
    int status;

    do {
        status = await_ready(descriptor, true, deadline);
        if (status == 0)
            status = write_now(descriptor, bytes, length, out_length);
    } while (status == DUET_EAGAIN);
    return status;
}
