/* SPDX-License-Identifier: MIT */
/* group.h - runs several tasks as one unit.
 *
 * A group is a scope that owns tasks. Leaving it waits for all of them; the
 * first that fails cancels the others and the body, and leaving returns its
 * code:
 *
 *     status = duet_group_open(&group);
 *     if (status == 0)
 *         status = duet_group_spawn(group, work, &first, NULL, NULL);
 *     if (status == 0)
 *         status = duet_group_spawn(group, work, &second, NULL, NULL);
 *     return duet_group_close(group, status);
 *
 * duet_gather() is the short form for a fixed set of calls, and
 * duet_gather_array() for one function over an array:
 *
 * Example, given int (*fetch)(void *page):
 *
 *     const char *pages[] = {"/first", "/second"};
 *
 *     status = duet_gather_array(fetch, pages, 2, sizeof pages[0], NULL, NULL,
 *                                duet_in_ms(5000));
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_GROUP_H
#define DUET_GROUP_H

#include <duet/task.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_group duet_group;

/* Opens a group whose body is the calling task.
 *
 *   out_group  returned-owned; ended by duet_group_close() in the same task,
 *              before that ends. NULL on failure.
 *
 * Returns 0, or
 *   DUET_ENOMEM   no memory
 *   DUET_ENOLOOP  the caller is not a task
 * Source: asyncio.TaskGroup. */
DUET_API DUET_MUST_USE int duet_group_open(duet_group **out_group);

/* Starts a task in the group. Any task may add to a group, including its
 * members, until the group has been closed.
 *
 *   function, argument, options  as for duet_spawn()
 *   out_task                     as for duet_spawn(), but valid until the group
 *                                is closed
 *
 * Returns 0, the codes of duet_spawn(), or
 *   DUET_ECANCELED  the group is being cancelled; nothing was started
 * Source: asyncio.TaskGroup.create_task(). */
DUET_API DUET_MUST_USE int duet_group_spawn(duet_group *group,
                                            duet_task_function *function,
                                            void *argument,
                                            const duet_spawn_options *options,
                                            duet_task **out_task);

/* Cancels all tasks of the group. The body is not cancelled. */
DUET_API void duet_group_cancel(duet_group *group);

/* Leaves the group: waits for its tasks and frees it. Suspends. If the body is
 * cancelled meanwhile, the tasks are, and the call still waits for them.
 *
 *   group   taken; NULL returns `status`
 *   status  the body's status; a negative code cancels the tasks
 *
 * Returns the first failure of a task other than DUET_ECANCELED; if there was
 * none, DUET_ECANCELED if the body was cancelled from outside; else `status`.
 * A task that was merely cancelled does not fail the group. If a task failed
 * and the body was cancelled from outside, that is delivered by the body's next
 * wait. The failed task's
 * duet_error_message() becomes the caller's.
 * Source: asyncio.TaskGroup.__aexit__(). */
DUET_API DUET_MUST_USE int duet_group_close(duet_group *group, int status);

/* One call of duet_gather(). */
typedef struct duet_call {
    duet_task_function *function;
    void *argument; /* borrowed until duet_gather() returns */
    int result;     /* what the function returned; DUET_ECANCELED if it was
                     * cancelled */
} duet_call;

typedef struct duet_gather_options {
    /* Run all calls to their end even if some fail, and return 0: see the
     * results. Default false: the first failure cancels the rest. */
    bool collect_errors;
    /* Name of the tasks; borrowed until return. Default "gather". */
    const char *name;
    /* As in duet_spawn_options. */
    size_t stack_bytes;
} duet_gather_options;

/* Runs all calls at once, each in a task of its own, and waits for them. Each
 * result is stored in its call, so in the order of the array. When this
 * returns, all tasks have ended; asyncio.gather() differs: there the others
 * continue after the first failure. The detail of the first failure becomes the
 * caller's.
 *
 *   calls    borrowed until return; `result` of each is set
 *   count    how many; 0 returns 0 at once
 *   options  borrowed until return; NULL for all defaults
 *
 * Returns 0 if no call failed, or
 *   the code of the first call that failed, unless collect_errors
 *   DUET_ETIMEDOUT  the deadline passed; the calls were cancelled
 *   DUET_ECANCELED  the caller was cancelled, and so were the calls
 *   DUET_ENOMEM     no memory for a task or the timer; calls that had started
 *                   were cancelled
 *   DUET_ENOLOOP    the caller is not a task
 *   and the other codes of duet_spawn(), likewise
 * If the caller is cancelled after a call failed, that is delivered by its next
 * wait. Source: asyncio.gather(). */
DUET_API DUET_MUST_USE int duet_gather(duet_call *calls, size_t count,
                                       const duet_gather_options *options,
                                       duet_deadline deadline);

/* duet_gather() of one function over an array: it is called at once with a
 * pointer to each element.
 *
 *   arguments       the first element; borrowed until return
 *   count           how many; 0 returns 0 at once
 *   argument_bytes  size of each, sizeof arguments[0]
 *   options         borrowed until return; NULL for all defaults
 *   results         NULL, or `count` numbers, in the order of the array: what
 *                   the function returned, DUET_ECANCELED if it was cancelled
 *                   or not called; untouched if there is no memory
 *
 * When it returns, no call is left. For very many elements see
 * duet_bounded_map_array(). Returns the codes of duet_gather().
 * Source: asyncio.gather(*[function(one) for one in arguments]). */
DUET_API DUET_MUST_USE int
duet_gather_array(duet_task_function *function, void *arguments, size_t count,
                  size_t argument_bytes, const duet_gather_options *options,
                  int *results, duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
