/* SPDX-License-Identifier: MIT */
/* descriptor.h - tasks that wait for descriptors.
 *
 * They are one of the sources of the loop's epoll set (poll.h), and own a
 * descriptor while no driver does. */
#ifndef DUET_RUNTIME_CORE_DESCRIPTOR_H
#define DUET_RUNTIME_CORE_DESCRIPTOR_H

#include <stdbool.h>

#include <duet/loop.h>

#include "runtime/core/poll.h"
#include "runtime/core/wait.h"

/* Adds `wait` to the waits that are woken once `descriptor` is readable (or
 * writable).
 *
 * Returns 0, or
 *   DUET_EPERM epoll refuses files that are always ready: regular files and the
 *   codes of duet_wait_readable(); `wait` is in no queue then */
int duet__descriptor_wait_for(duet__poll_set *set, int descriptor, bool writing,
                              duet__wait *wait);

/* duet_wait_readable() or duet_wait_writable() for events of the kind
 * `outside`. Returns their codes. */
int duet__descriptor_await(int descriptor, bool writing, duet__outside outside,
                           duet_deadline deadline);

/* Polls without waiting. Returns 0 if `descriptor` is readable (or writable)
 * now, DUET_EAGAIN if not, or DUET_EBADF. */
int duet__descriptor_is_ready(int descriptor, bool writing);

#endif
