/* SPDX-License-Identifier: MIT */
/* lock.h - internal functions of locks, for conditions. */
#ifndef DUET_RUNTIME_SYNC_LOCK_H
#define DUET_RUNTIME_SYNC_LOCK_H

#include <duet/lock.h>

/* Does the calling task hold `lock`? */
bool duet__lock_is_mine(const duet_lock *lock);

/* Acquires the lock without a deadline: requests to cancel stay pending
 * meanwhile. */
void duet__lock_acquire_surely(duet_lock *lock);

#endif
