/* SPDX-License-Identifier: MIT */
/* task_local.h - values of a task that the tasks it spawns inherit.
 *
 * For example, a request's number for every log line: set once where the
 * request begins, it is visible in all tasks that work on it. A spawned task
 * sees the values that its spawner had at that moment; values that either sets
 * later are not visible to the other. A callback sees the values of the task
 * that added it in the same way.
 *
 * Other threads see none, as a call in a thread may outlive the task that waits
 * for it, and with it the values. Pass what it needs in its argument.
 *
 *     static const char request_id;
 *
 *     duet_task_local_set(&request_id, id);
 *     ...
 *     const char *id = duet_task_local_get(&request_id);
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_TASK_LOCAL_H
#define DUET_TASK_LOCAL_H

#include <duet/export.h>

DUET_BEGIN_DECLARATIONS

/* Sets a value for the calling task and those it spawns from now on.
 *
 *   key    any unique address, such as that of a static variable
 *   value  borrowed until the last task that sees it has ended and the last
 *          callback was called; NULL for none
 *
 * Returns 0, or
 *   DUET_EFULL    the task has 64 such values already
 *   DUET_ENOMEM   no memory
 *   DUET_ENOLOOP  the caller is not a task
 * Source: contextvars.ContextVar.set(). */
DUET_API DUET_MUST_USE int duet_task_local_set(const void *key, void *value);

/* The value of `key` in the calling task or callback: borrowed from the task
 * that set it; NULL if there is none. Source: contextvars.ContextVar.get(). */
DUET_API void *duet_task_local_get(const void *key);

DUET_END_DECLARATIONS

#endif
