/* SPDX-License-Identifier: MIT */
/* wait_tasks.h - waits for some of several tasks.
 *
 * duet_tasks_wait() waits for the first, the first failure, or all of them;
 * duet_task_completions returns them one by one as they end. Neither cancels
 * any task; the caller keeps the handles and joins them.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_WAIT_TASKS_H
#define DUET_WAIT_TASKS_H

#include <duet/task.h>
#include <duet/until.h>

DUET_BEGIN_DECLARATIONS

/* Waits for several tasks. duet_task_is_done() tells which of them have ended.
 *
 *   tasks     borrowed until return, with their handles
 *   count     how many; at least 1
 *   until     what to wait for
 *   out_done  NULL, or where the number of those that have ended goes; set when
 *             the deadline passed, too
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed; the tasks continue. asyncio differs:
 *                   there only the sets of done and pending tasks show it.
 *   DUET_ECANCELED  the caller was cancelled; the tasks go on
 *   DUET_EINVAL     count is 0
 *   DUET_EDEADLK    one of the tasks waits for the caller, as in duet_join()
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    the caller is not a task
 * Source: asyncio.wait(). */
DUET_API DUET_MUST_USE int duet_tasks_wait(duet_task *const *tasks,
                                           size_t count, duet_until until,
                                           size_t *out_done,
                                           duet_deadline deadline);

typedef struct duet_task_completions duet_task_completions;

/* Begins to return tasks as they end.
 *
 *   tasks            the array is copied; the handles are borrowed until
 *                    duet_task_completions_close(), or until the task was
 *                    returned by duet_task_completions_next()
 *   count            how many; may be 0
 *   out_completions  returned-owned (duet_task_completions_close()); NULL on
 *                    failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: asyncio.as_completed(). */
DUET_API DUET_MUST_USE int
duet_task_completions_open(duet_task *const *tasks, size_t count,
                           duet_task_completions **out_completions);

/* Returns the next task that has ended, each once, in the order in which they
 * end; those that had ended before come first, in the order of the array.
 *
 *   completions  borrowed until return
 *   out_task     a task that has ended, to be joined; NULL on failure
 *
 * Returns 0, or
 *   DUET_EEMPTY     all tasks were returned
 *   DUET_ETIMEDOUT  the deadline passed; call again to go on
 *   DUET_ECANCELED  the caller was cancelled; the tasks go on
 *   DUET_ENOMEM     no memory for the timer
 *   DUET_ENOLOOP    the caller is not a task, and would have to wait */
DUET_API DUET_MUST_USE int
duet_task_completions_next(duet_task_completions *completions,
                           duet_task **out_task, duet_deadline deadline);

/* Frees the collection; the tasks continue. No task may be waiting for it.
 *
 *   completions  taken; NULL does nothing */
DUET_API void duet_task_completions_close(duet_task_completions *completions);

DUET_END_DECLARATIONS

#endif
