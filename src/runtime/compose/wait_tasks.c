/* SPDX-License-Identifier: MIT */
/* wait_tasks.c - waits for several tasks.
 *
 * A watcher is in a task's list of joiners and is woken instead of a waiting
 * task. Invariant: the watcher of a running task is in that list; the watcher
 * of an ended task is in no list. */
#include <duet/wait_tasks.h>

#include <stdlib.h>

#include "runtime/compose/as_ended.h"
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
    bool is_met;
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
    return own->done == own->count || own->is_met;
}

static void count_end(party *own, const duet_task *task)
{
    bool has_failed = task->result < 0 && task->result != DUET_ECANCELED;

    own->done++;
    own->is_met |= duet__until_is_met(own->until, has_failed);
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
    party own = {.wait = {.what = "tasks", .leave = leave, .cancel_wins = true},
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

int duet_tasks_wait(duet_task *const *tasks, size_t count, duet_until until,
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

typedef struct entry {
    duet__wait wait;  /* its object is the task */
    duet__link ended; /* in completions->all.ended */
    duet_task_completions *completions;
} entry;

struct duet_task_completions {
    duet__as_ended all;
    entry entries[];
};

static void collect(duet__wait *wait, int status)
{
    entry *own = DUET__MEMBER(wait, entry, wait);

    (void)status;
    duet__as_ended_add(&own->completions->all, &own->ended);
}

int duet_task_completions_open(duet_task *const *tasks, size_t count,
                               duet_task_completions **out_completions)
{
    duet_task_completions *completions =
        duet__as_ended_alloc(sizeof *completions, count, sizeof(entry));

    *out_completions = completions;
    if (completions == NULL)
        return DUET_ENOMEM;
    duet__as_ended_init(&completions->all, count);
    for (size_t i = 0; i < count; i++) {
        entry *own = &completions->entries[i];

        *own = (entry){
            .wait = {.what = "tasks", .object = tasks[i], .woken = collect},
            .completions = completions};
        if (tasks[i]->state == DUET__TASK_DONE)
            duet__as_ended_add(&completions->all, &own->ended);
        else
            duet__list_push_back(&tasks[i]->joiners, &own->wait.link);
    }
    return 0;
}

int duet_task_completions_next(duet_task_completions *completions,
                               duet_task **out_task, duet_deadline deadline)
{
    duet__link *link;
    int status = duet__as_ended_next(&completions->all, "completions",
                                     DUET__FOR_TASKS, &link, deadline);

    *out_task =
        status == 0 ? DUET__MEMBER(link, entry, ended)->wait.object : NULL;
    return status;
}

void duet_task_completions_close(duet_task_completions *completions)
{
    if (completions == NULL)
        return;
    for (size_t i = 0; i < completions->all.count; i++)
        if (completions->entries[i].wait.link.next != NULL)
            duet__list_remove(&completions->entries[i].wait.link);
    free(completions);
}
