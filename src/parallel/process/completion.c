/* SPDX-License-Identifier: MIT */
/* completion.c - returns calls in the order in which they end, and waits for
 * some of them.
 *
 * Invariant: each entry is watching its call, or in `all.ended`, or was
 * returned; a returned entry has no pointer to its call, which may be freed. */
#include <stdlib.h>

#include "parallel/process/call.h"
#include "runtime/compose/as_ended.h"

typedef struct entry {
    duet__process_watcher watcher;
    duet__link link; /* in completions->all.ended */
    duet_process_completions *completions;
} entry;

struct duet_process_completions {
    duet__as_ended all;
    entry entries[];
};

static void call_ended(duet__process_watcher *watcher)
{
    entry *own = DUET__MEMBER(watcher, entry, watcher);

    duet__as_ended_add(&own->completions->all, &own->link);
}

static void watch(duet_process_completions *completions, entry *own,
                  duet_process_call *call)
{
    own->completions = completions;
    own->watcher.ended = call_ended;
    own->watcher.call = call;
    duet__link_init(&own->link);
    duet__link_init(&own->watcher.link);
    if (duet_process_call_is_done(call))
        call_ended(&own->watcher);
    else
        duet__list_push_back(&call->watchers, &own->watcher.link);
}

int duet_process_completions_open(duet_process_call *const *calls, size_t count,
                                  duet_process_completions **out_completions)
{
    duet_process_completions *completions =
        duet__as_ended_alloc(sizeof *completions, count, sizeof(entry));

    *out_completions = completions;
    if (completions == NULL)
        return DUET_ENOMEM;
    duet__as_ended_init(&completions->all, count);
    for (size_t i = 0; i < count; i++)
        watch(completions, &completions->entries[i], calls[i]);
    return 0;
}

int duet_process_completions_next(duet_process_completions *completions,
                                  duet_process_call **out_call,
                                  duet_deadline deadline)
{
    duet__link *link;
    entry *first;
    int status =
        duet__as_ended_next(&completions->all, "the next of several calls",
                            DUET__FOR_WORK, &link, deadline);

    *out_call = NULL;
    if (status != 0)
        return status;
    first = DUET__MEMBER(link, entry, link);
    *out_call = first->watcher.call;
    first->watcher.call = NULL;
    return 0;
}

void duet_process_completions_close(duet_process_completions *completions)
{
    if (completions == NULL)
        return;
    for (size_t i = 0; i < completions->all.count; i++)
        if (completions->entries[i].watcher.call != NULL)
            duet__list_remove(&completions->entries[i].watcher.link);
    free(completions);
}

/* --- some of them -------------------------------------------------------- */

static size_t count_done(duet_process_call *const *calls, size_t count)
{
    size_t done = 0;

    for (size_t i = 0; i < count; i++)
        done += duet_process_call_is_done(calls[i]);
    return done;
}

int duet_process_calls_wait(duet_process_call *const *calls, size_t count,
                            duet_until until, size_t *out_done,
                            duet_deadline deadline)
{
    duet_process_completions *completions;
    duet_process_call *ended;
    int status = duet_process_completions_open(calls, count, &completions);

    while (status == 0) {
        status = duet_process_completions_next(completions, &ended, deadline);
        if (status == 0 && duet__until_is_met(until, ended->failed))
            break;
    }
    duet_process_completions_close(completions);
    if (out_done != NULL)
        *out_done = count_done(calls, count);
    return status == DUET_EEMPTY ? 0 : status;
}
