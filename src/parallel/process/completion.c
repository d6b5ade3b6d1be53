/* SPDX-License-Identifier: MIT */
/* completion.c - returns calls in the order in which they end, and waits for
 * some of them.
 *
 * Invariant: each entry is watching its call, or in `ended`, or was returned; a
 * returned entry has no pointer to its call, which may be freed. */
#include <stdlib.h>

#include "parallel/process/call.h"
#include "runtime/core/wait.h"

typedef struct entry {
    duet__process_watcher watcher;
    duet__link link; /* in completion->ended */
    duet_process_completion *completion;
} entry;

struct duet_process_completion {
    duet__list ended;
    duet__list waiters; /* of duet__wait */
    size_t left;        /* not returned yet */
    size_t count;
    entry entries[];
};

static void call_ended(duet__process_watcher *watcher)
{
    entry *own = DUET__MEMBER(watcher, entry, watcher);

    duet__list_push_back(&own->completion->ended, &own->link);
    duet__wake_first(&own->completion->waiters, 0);
}

static void watch(duet_process_completion *completion, entry *own,
                  duet_process_call *call)
{
    own->completion = completion;
    own->watcher.ended = call_ended;
    own->watcher.call = call;
    duet__link_init(&own->link);
    duet__link_init(&own->watcher.link);
    if (duet_process_call_is_done(call))
        call_ended(&own->watcher);
    else
        duet__list_push_back(&call->watchers, &own->watcher.link);
}

int duet_process_completion_open(duet_process_call *const *calls, size_t count,
                                 duet_process_completion **out_completion)
{
    duet_process_completion *completion = NULL;
    size_t bytes;

    *out_completion = NULL;
    if (!__builtin_mul_overflow(count, sizeof(entry), &bytes) &&
        !__builtin_add_overflow(bytes, sizeof *completion, &bytes))
        completion = malloc(bytes);
    if (completion == NULL)
        return DUET_ENOMEM;
    *completion = (duet_process_completion){.left = count, .count = count};
    duet__link_init(&completion->ended);
    duet__link_init(&completion->waiters);
    for (size_t i = 0; i < count; i++)
        watch(completion, &completion->entries[i], calls[i]);
    *out_completion = completion;
    return 0;
}

/* Waits until there is an ended call to return, or no more can come. */
static int await_end(duet_process_completion *completion,
                     duet_deadline deadline)
{
    int status = 0;

    while (duet__list_is_empty(&completion->ended) && status == 0) {
        duet__wait wait = {.what = "the next of several calls",
                           .object = completion,
                           .hands_over_nothing = true,
                           .outside = DUET__FOR_WORK};

        if (completion->left == 0)
            return DUET_EEMPTY;
        duet__list_push_back(&completion->waiters, &wait.link);
        status = duet__park(&wait, deadline);
    }
    /* This waiter may have been woken for a call; another one can take it. */
    if (status != 0 && !duet__list_is_empty(&completion->ended))
        duet__wake_first(&completion->waiters, 0);
    return status;
}

int duet_process_completion_next(duet_process_completion *completion,
                                 duet_process_call **out_call,
                                 duet_deadline deadline)
{
    int status = await_end(completion, deadline);
    entry *first;

    *out_call = NULL;
    if (status != 0)
        return status;
    first = DUET__MEMBER(duet__list_pop_front(&completion->ended), entry, link);
    *out_call = first->watcher.call;
    first->watcher.call = NULL;
    if (--completion->left == 0) /* no more calls: the others need not wait */
        duet__wake_all(&completion->waiters, 0);
    return 0;
}

void duet_process_completion_close(duet_process_completion *completion)
{
    if (completion == NULL)
        return;
    for (size_t i = 0; i < completion->count; i++)
        if (completion->entries[i].watcher.call != NULL)
            duet__list_remove(&completion->entries[i].watcher.link);
    free(completion);
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
    duet_process_completion *completion;
    duet_process_call *ended;
    int status = duet_process_completion_open(calls, count, &completion);

    while (status == 0) {
        status = duet_process_completion_next(completion, &ended, deadline);
        if (status == 0 && (until == DUET_UNTIL_FIRST ||
                            (until == DUET_UNTIL_ERROR && ended->failed)))
            break;
    }
    duet_process_completion_close(completion);
    if (out_done != NULL)
        *out_done = count_done(calls, count);
    return status == DUET_EEMPTY ? 0 : status;
}
