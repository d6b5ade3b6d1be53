/* SPDX-License-Identifier: MIT */
/* task_local.h - values that go along with a task and the tasks it spawns.
 *
 * A request's number that every log line shows, say: set once where the request
 * begins, it is seen by all that is done for it. A spawned task sees what its
 * spawner had set at that moment; what either sets later, the other does not
 * see. So does a callback of what the task had set that asked for it.
 *
 * Other threads see none: a call in a thread may outlive the task that waits
 * for it, and the values with it. Pass what it needs in its argument.
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
 *   key    any address that is its own: that of a static variable
 *   value  borrowed until the last task that sees it has ended and the last
 *          callback was called; NULL for none
 *
 * Returns 0, or
 *   DUET_EFULL    the task has 64 such values already
 *   DUET_ENOMEM   no memory
 *   DUET_ENOLOOP  the caller is not a task
 * Source: contextvars.ContextVar.set(). */
DUET_API int duet_task_local_set(const void *key, void *value);

/* The value of `key` in the calling task or callback: borrowed from who set it;
 * NULL if there is none.
 * Source: contextvars.ContextVar.get(). */
DUET_API void *duet_task_local_get(const void *key);

DUET_END_DECLARATIONS

#endif
