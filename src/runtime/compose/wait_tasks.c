/* SPDX-License-Identifier: MIT */
/* wait_tasks.c - waits for several tasks.
 *
 * A watcher is in a task's list of joiners and is woken instead of a waiting
 * task. Invariant: the watcher of a running task is in that list; the watcher
 * of an ended task is in no list. */
#include <duet/wait_tasks.h>

#include <stdlib.h>

#include "runtime/core/task.h"

/* --- until --------------------------------------------------------------- */

enum { FEW = 8 };

typedef struct party party;

typedef struct watcher {
    duet__wait wait; /* its object is the task */
    party *party;
} watcher;

struct party {
    duet__wait wait; /* of the task that waits for all of them; in no queue */
    watcher *watchers;
    size_t count;
    size_t done;
    duet_until until;
    bool failed;
    bool parked;
};

static void leave(duet__wait *wait)
{
    party *own = DUET__MEMBER(wait, party, wait);

    own->parked = false;
    for (size_t i = 0; i < own->count; i++)
        if (own->watchers[i].wait.link.next != NULL)
            duet__list_remove(&own->watchers[i].wait.link);
}

static bool is_enough(const party *own)
{
    return own->done == own->count ||
           (own->until == DUET_UNTIL_FIRST && own->done > 0) ||
           (own->until == DUET_UNTIL_ERROR && own->failed);
}

static void count_end(party *own, const duet_task *task)
{
    own->done++;
    if (task->result < 0 && task->result != DUET_ECANCELED)
        own->failed = true;
}

static void task_ended(duet__wait *wait, int status)
{
    party *own = DUET__MEMBER(wait, watcher, wait)->party;

    (void)status;
    count_end(own, wait->object);
    if (own->parked && is_enough(own)) {
        own->parked = false;
        duet__wake(&own->wait, 0);
    }
}

static int wait_with(watcher *watchers, duet_task *const *tasks, size_t count,
                     duet_until until, size_t *out_done, duet_deadline deadline)
{
    party own = {
        .wait = {.what = "tasks", .leave = leave, .hands_over_nothing = true},
        .watchers = watchers,
        .count = count,
        .until = until};
    int status = 0;

    for (size_t i = 0; i < count; i++) {
        watchers[i] = (watcher){
            .wait = {.what = "tasks", .object = tasks[i], .woken = task_ended},
            .party = &own};
        if (tasks[i]->state == DUET__TASK_DONE)
            count_end(&own, tasks[i]);
        else
            duet__list_push_back(&tasks[i]->joiners, &watchers[i].wait.link);
    }
    if (!is_enough(&own)) {
        own.parked = true;
        status = duet__park(&own.wait, deadline);
    }
    leave(&own.wait);
    if (out_done != NULL)
        *out_done = own.done;
    return status;
}

int duet_wait_tasks(duet_task *const *tasks, size_t count, duet_until until,
                    size_t *out_done, duet_deadline deadline)
{
    watcher few[FEW];
    watcher *watchers = few;
    int status;

    if (duet__task_current() == NULL)
        return DUET_ENOLOOP;
    if (count == 0)
        return duet__fail(DUET_EINVAL, "no task to wait for");
    for (size_t i = 0; i < count; i++) {
        status = duet__task_may_join(tasks[i]);
        if (status != 0)
            return status;
    }
    if (count > FEW) {
        watchers = reallocarray(NULL, count, sizeof *watchers);
        if (watchers == NULL)
            return DUET_ENOMEM;
    }
    status = wait_with(watchers, tasks, count, until, out_done, deadline);
    if (watchers != few)
        free(watchers);
    return status;
}

/* --- as completed -------------------------------------------------------- */

typedef struct completion {
    duet__wait wait;  /* its object is the task */
    duet__link ended; /* in duet_completions.ended */
    duet_completions *all;
} completion;

struct duet_completions {
    size_t count;
    size_t left;        /* not returned yet */
    duet__list ended;   /* of completion; ended and not returned */
    duet__list waiters; /* of duet__wait */
    completion completions[];
};

static void collect(duet__wait *wait, int status)
{
    completion *one = DUET__MEMBER(wait, completion, wait);

    (void)status;
    duet__list_push_back(&one->all->ended, &one->ended);
    duet__wake_first(&one->all->waiters, 0);
}

int duet_completions_new(duet_task *const *tasks, size_t count,
                         duet_completions **out_completions)
{
    duet_completions *all = NULL;
    size_t bytes;

    *out_completions = NULL;
    if (!__builtin_mul_overflow(count, sizeof all->completions[0], &bytes) &&
        !__builtin_add_overflow(bytes, sizeof *all, &bytes))
        all = malloc(bytes);
    if (all == NULL)
        return DUET_ENOMEM;
    all->count = all->left = count;
    duet__link_init(&all->ended);
    duet__link_init(&all->waiters);
    for (size_t i = 0; i < count; i++) {
        completion *one = &all->completions[i];

        *one = (completion){
            .wait = {.what = "tasks", .object = tasks[i], .woken = collect},
            .all = all};
        if (tasks[i]->state == DUET__TASK_DONE)
            duet__list_push_back(&all->ended, &one->ended);
        else
            duet__list_push_back(&tasks[i]->joiners, &one->wait.link);
    }
    *out_completions = all;
    return 0;
}

int duet_completions_next(duet_completions *completions, duet_task **out_task,
                          duet_deadline deadline)
{
    completion *one;

    *out_task = NULL;
    if (completions->left == 0)
        return DUET_EEMPTY;
    while (duet__list_is_empty(&completions->ended)) {
        duet__wait wait = {.what = "completions",
                           .object = completions,
                           .hands_over_nothing = true};
        int status;

        duet__list_push_back(&completions->waiters, &wait.link);
        status = duet__park(&wait, deadline);
        if (status != 0) {
            /* This waiter may have been woken for a task; another one can take
             * it. */
            if (!duet__list_is_empty(&completions->ended))
                duet__wake_first(&completions->waiters, 0);
            return status;
        }
        if (completions->left == 0) /* others took the last one */
            return DUET_EEMPTY;
    }
    one = DUET__MEMBER(duet__list_pop_front(&completions->ended), completion,
                       ended);
    *out_task = one->wait.object;
    if (--completions->left == 0)
        duet__wake_all(&completions->waiters, 0);
    return 0;
}

void duet_completions_free(duet_completions *completions)
{
    if (completions == NULL)
        return;
    for (size_t i = 0; i < completions->count; i++)
        if (completions->completions[i].wait.link.next != NULL)
            duet__list_remove(&completions->completions[i].wait.link);
    free(completions);
}
