/* SPDX-License-Identifier: MIT */
/* quiet_write.h - writes to a pipe without SIGPIPE if it has no reader.
 *
 * The disposition of SIGPIPE belongs to the program, and write(2) has no flag
 * to suppress it. */
#ifndef DUET_RUNTIME_RUN_QUIET_WRITE_H
#define DUET_RUNTIME_RUN_QUIET_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* write(2) that never raises SIGPIPE. Any thread.
 *
 *   at_once  do not block, whatever the descriptor's flags are: -1 and EAGAIN,
 *            or EOPNOTSUPP if the kernel does not support that
 *
 * Returns the result of write(2), with errno. */
ssize_t duet__quiet_write(int descriptor, const void *bytes, size_t length,
                          bool at_once);

#endif
