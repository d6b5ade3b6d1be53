/* SPDX-License-Identifier: MIT */
/* report.c - writing reports. */
#include "runtime/core/report.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/core/loop.h"

int duet__report_descriptor(const duet_loop *loop)
{
    int descriptor = loop->options.report_descriptor;

    return descriptor != 0 ? descriptor : STDERR_FILENO;
}

int duet__write_all(int descriptor, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, text, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return duet__error_from_errno(errno);
        text += written;
        length -= (size_t)written;
    }
    return 0;
}
