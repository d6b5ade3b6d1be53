/* SPDX-License-Identifier: MIT */
/* completion.c - returns calls in the order in which they end, and waits for
 * some of them.
 *
 * Locks are taken in one order: that of a pool, then that of the completion.
 * Invariant: each entry is watching its call, or in `ended`, or was returned; a
 * returned entry has no pointer to its call, which may be freed. */
#include <stdlib.h>

#include "parallel/thread/call.h"

typedef struct entry {
    duet__thread_watcher watcher;
    duet__link link; /* in completion->ended */
    duet_thread_completion *completion;
} entry;

struct duet_thread_completion {
    pthread_mutex_t mutex;
    duet__list ended; /* guarded by mutex */
    duet__gate gate;  /* waiters for `ended` */
    size_t left;      /* not returned yet */
    size_t count;
    entry entries[];
};

/* The pool's mutex is held. */
static void call_ended(duet__thread_watcher *watcher)
{
    entry *own = DUET__MEMBER(watcher, entry, watcher);
    duet_thread_completion *completion = own->completion;

    pthread_mutex_lock(&completion->mutex);
    duet__list_push_back(&completion->ended, &own->link);
    duet__gate_wake_one(&completion->gate);
    pthread_mutex_unlock(&completion->mutex);
}

static void watch(duet_thread_completion *completion, entry *own,
                  duet_thread_call *call)
{
    own->completion = completion;
    own->watcher.ended = call_ended;
    own->watcher.call = call;
    duet__link_init(&own->link);
    duet__link_init(&own->watcher.link);
    duet__counted_mutex_lock(call->guard);
    if (call->state == DUET__THREAD_CALL_DONE)
        call_ended(&own->watcher);
    else
        duet__list_push_back(&call->watchers, &own->watcher.link);
    duet__counted_mutex_unlock(call->guard);
}

int duet_thread_completion_open(duet_thread_call *const *calls, size_t count,
                                duet_thread_completion **out_completion)
{
    duet_thread_completion *completion = NULL;
    size_t bytes;

    *out_completion = NULL;
    if (!__builtin_mul_overflow(count, sizeof(entry), &bytes) &&
        !__builtin_add_overflow(bytes, sizeof *completion, &bytes))
        completion = malloc(bytes);
    if (completion == NULL)
        return DUET_ENOMEM;
    *completion = (duet_thread_completion){.left = count, .count = count};
    pthread_mutex_init(&completion->mutex, NULL);
    duet__link_init(&completion->ended);
    duet__gate_init(&completion->gate, DUET__FOR_WORK);
    for (size_t i = 0; i < count; i++)
        watch(completion, &completion->entries[i], calls[i]);
    *out_completion = completion;
    return 0;
}

int duet_thread_completion_next(duet_thread_completion *completion,
                                duet_thread_call **out_call,
                                duet_deadline deadline)
{
    entry *first;
    int status = 0;

    *out_call = NULL;
    pthread_mutex_lock(&completion->mutex);
    while (duet__list_is_empty(&completion->ended) && status == 0)
        status = completion->left == 0
                     ? DUET_EEMPTY
                     : duet__gate_wait(&completion->gate, &completion->mutex,
                                       "the next of several calls", deadline);
    if (status == DUET_ETIMEDOUT && !duet__list_is_empty(&completion->ended))
        status = 0;
    if (status == 0) {
        first =
            DUET__MEMBER(duet__list_pop_front(&completion->ended), entry, link);
        *out_call = first->watcher.call;
        first->watcher.call = NULL;
        if (--completion->left == 0) /* no more calls: the others need not
                                      * wait */
            duet__gate_wake_all(&completion->gate);
    }
    pthread_mutex_unlock(&completion->mutex);
    if (status == 0)
        duet__thread_call_show_detail(*out_call);
    return status;
}

void duet_thread_completion_close(duet_thread_completion *completion)
{
    if (completion == NULL)
        return;
    for (size_t i = 0; i < completion->count; i++) {
        duet__thread_watcher *watcher = &completion->entries[i].watcher;
        duet__counted_mutex *guard;

        if (watcher->call == NULL)
            continue;
        guard = watcher->call->guard;
        duet__counted_mutex_lock(guard);
        duet__list_remove(&watcher->link);
        duet__counted_mutex_unlock(guard);
    }
    pthread_mutex_destroy(&completion->mutex);
    free(completion);
}

/* --- some of them -------------------------------------------------------- */

static bool is_enough(const duet_thread_call *ended, duet_until until)
{
    return until == DUET_UNTIL_FIRST ||
           (until == DUET_UNTIL_ERROR && ended->result < 0 &&
            ended->result != DUET_ECANCELED);
}

static size_t count_done(duet_thread_call *const *calls, size_t count)
{
    size_t done = 0;

    for (size_t i = 0; i < count; i++)
        done += duet_thread_call_is_done(calls[i]);
    return done;
}

int duet_thread_calls_wait(duet_thread_call *const *calls, size_t count,
                           duet_until until, size_t *out_done,
                           duet_deadline deadline)
{
    duet_thread_completion *completion;
    duet_thread_call *ended;
    int status = duet_thread_completion_open(calls, count, &completion);

    while (status == 0) {
        status = duet_thread_completion_next(completion, &ended, deadline);
        if (status == 0 && is_enough(ended, until))
            break;
    }
    duet_thread_completion_close(completion);
    if (out_done != NULL)
        *out_done = count_done(calls, count);
    return status == DUET_EEMPTY ? 0 : status;
}
