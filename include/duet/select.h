/* SPDX-License-Identifier: MIT */
/* select.h - waits for the first of several operations.
 *
 * duet_select() waits for the first of several: sending to or receiving from
 * channels, descriptors becoming ready, a deadline. It takes part in exactly
 * one exchange, or in none.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_SELECT_H
#define DUET_SELECT_H

#include <stddef.h>

#include <duet/channel.h>
#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef enum duet_select_kind {
    DUET_SELECT_NOTHING, /* never happens: a disabled case */
    DUET_SELECT_SEND,
    DUET_SELECT_RECEIVE,
    DUET_SELECT_READABLE,
    DUET_SELECT_WRITABLE,
} duet_select_kind;

/* One of the operations that duet_select() waits for. */
typedef struct duet_select_case {
    duet_select_kind kind;
    duet_channel *channel; /* to send to or receive from */
    const void *value;     /* to send; copied when it is sent */
    void *out_value;       /* where a received value goes; NULL to drop it */
    int descriptor;        /* to become readable or writable */
} duet_select_case;

/* Waits until one of several operations is possible, and performs it. If
 * several are possible, the first in the array is performed: put first what
 * must not starve. Go differs: it chooses at random.
 *
 *   cases      borrowed until return, with what they point to
 *   count      how many; with 0 it waits for the deadline
 *   out_index  the case that was performed, or failed; untouched if none
 *
 * Returns 0, or
 *   DUET_ECLOSED    the channel of case *out_index is closed (and empty)
 *   DUET_ETIMEDOUT  the deadline passed; nothing was done
 *   DUET_ECANCELED  the task was cancelled; nothing was done
 *   DUET_EBADF      a descriptor that is not open
 *   DUET_EBUSY      a client or server of this loop owns a descriptor
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait
 * Source: Go, the select statement. */
DUET_API DUET_MUST_USE int duet_select(const duet_select_case *cases,
                                       size_t count, size_t *out_index,
                                       duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
