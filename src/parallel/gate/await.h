/* SPDX-License-Identifier: MIT */
/* await.h - waiting for a descriptor as a task or as a plain thread. */
#ifndef DUET_PARALLEL_GATE_AWAIT_H
#define DUET_PARALLEL_GATE_AWAIT_H

#include <stdbool.h>

#include <duet/time.h>

/* duet_wait_readable() or duet_wait_writable() for a task; poll() for a thread
 * without a loop. Returns their codes; DUET_ENOLOOP outside tasks on a loop's
 * thread. */
int duet__await_descriptor(int descriptor, bool writing,
                           duet_deadline deadline);

#endif
