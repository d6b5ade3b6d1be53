/* SPDX-License-Identifier: MIT */
/* descriptor.h - tasks that wait for descriptors.
 *
 * They are one source of the loop's epoll set (poll.h) among others, and own a
 * descriptor as long as no driver does. */
#ifndef DUET_RUNTIME_CORE_DESCRIPTOR_H
#define DUET_RUNTIME_CORE_DESCRIPTOR_H

#include <stdbool.h>

#include <duet/loop.h>

#include "runtime/core/poll.h"
#include "runtime/core/wait.h"

/* Puts `wait` among those that are woken once `descriptor` is readable (or
 * writable).
 *
 * Returns 0, or
 *   DUET_EPERM  epoll refuses what is always ready: regular files
 *   and the codes of duet_wait_readable(); `wait` is in no queue then */
int duet__descriptor_wait_for(duet__poll_set *set, int descriptor, bool writing,
                              duet__wait *wait);

/* duet_wait_readable() or duet_wait_writable(), for what comes from `outside`.
 * Returns their codes. */
int duet__descriptor_await(int descriptor, bool writing, duet__outside outside,
                           duet_deadline deadline);

/* Asks the system, without waiting. Returns 0 if `descriptor` is readable (or
 * writable) now, DUET_EAGAIN if not, or DUET_EBADF. */
int duet__descriptor_is_ready(int descriptor, bool writing);

#endif
