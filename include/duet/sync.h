/* SPDX-License-Identifier: MIT */
/* sync.h - a chapter: synchronisation between tasks. */
#ifndef DUET_SYNC_H
#define DUET_SYNC_H

#include <duet/barrier.h>
#include <duet/channel.h>
#include <duet/condition.h>
#include <duet/event.h>
#include <duet/lock.h>
#include <duet/queue.h>
#include <duet/read_write_lock.h>
#include <duet/select.h>
#include <duet/semaphore.h>

#endif
