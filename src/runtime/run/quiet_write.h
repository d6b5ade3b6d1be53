/* SPDX-License-Identifier: MIT */
/* quiet_write.h - writing to a pipe without a signal if nobody reads it.
 *
 * The disposition of SIGPIPE is the program's; write(2) cannot be told not to
 * raise it. */
#ifndef DUET_RUNTIME_RUN_QUIET_WRITE_H
#define DUET_RUNTIME_RUN_QUIET_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* write(2) that never raises SIGPIPE. Any thread.
 *
 *   at_once  do not block, whatever the descriptor's flags are: -1 and EAGAIN,
 *            or EOPNOTSUPP where the kernel knows no such thing
 *
 * Returns as write(2), with errno. */
ssize_t duet__quiet_write(int descriptor, const void *bytes, size_t length,
                          bool at_once);

#endif
