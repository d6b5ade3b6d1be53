/* SPDX-License-Identifier: MIT */
/* transfer.c - reads and writes complete amounts. */
#include "file/blocking/transfer.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/error.h"

static ssize_t read_once(int descriptor, int64_t offset, char *bytes,
                         size_t room)
{
    ssize_t count;

    do
        count = offset < 0 ? read(descriptor, bytes, room)
                           : pread(descriptor, bytes, room, offset);
    while (count < 0 && errno == EINTR);
    return count;
}

int duet__transfer_read(int descriptor, int64_t offset, char *bytes,
                        size_t room, size_t *length)
{
    size_t done = 0;
    ssize_t count;

    do {
        count =
            read_once(descriptor, offset < 0 ? offset : offset + (int64_t)done,
                      bytes + done, room - done);
        if (count < 0)
            return duet__error_from_errno(errno);
        done += (size_t)count;
    } while (offset >= 0 && count > 0 && done < room);
    *length = done;
    return 0;
}

int duet__transfer_read_cached(int descriptor, int64_t offset, char *bytes,
                               size_t room, size_t *length)
{
    *length = 0;
    while (*length < room) {
        struct iovec part = {.iov_base = bytes + *length,
                             .iov_len = room - *length};
        ssize_t count = preadv2(descriptor, &part, 1,
                                offset < 0 ? offset : offset + (int64_t)*length,
                                RWF_NOWAIT);

        if (count == 0 || (count > 0 && offset < 0)) {
            *length += (size_t)count;
            break;
        }
        if (count > 0)
            *length += (size_t)count;
        else if (errno == ENOSYS || errno == EINVAL)
            return DUET_ENOTSUP;
        else if (errno != EINTR)
            return duet__error_from_errno(errno);
    }
    return 0;
}

int duet__transfer_write(int descriptor, int64_t offset, const char *bytes,
                         size_t length)
{
    size_t done = 0;

    while (done < length) {
        ssize_t count = offset < 0
                            ? write(descriptor, bytes + done, length - done)
                            : pwrite(descriptor, bytes + done, length - done,
                                     offset + (int64_t)done);

        if (count > 0)
            done += (size_t)count;
        else if (count == 0)
            return DUET_EIO;
        else if (errno != EINTR)
            return duet__error_from_errno(errno);
    }
    return 0;
}
