/* SPDX-License-Identifier: MIT */
/* lock.h - what conditions need of a lock beyond the public calls. */
#ifndef DUET_RUNTIME_SYNC_LOCK_H
#define DUET_RUNTIME_SYNC_LOCK_H

#include <duet/lock.h>

/* Does the calling task hold `lock`? */
bool duet__lock_is_mine(const duet_lock *lock);

/* Acquires however long it takes: requests to cancel stay pending meanwhile. */
void duet__lock_acquire_surely(duet_lock *lock);

#endif
