/* SPDX-License-Identifier: MIT */
/* gate.c - one queue of waiting tasks and plain threads.
 *
 * Invariant: a waiter is in gate->waiters until it is `woken`; from then until
 * its task runs or gives up, its `ready` is queued for the loop. */
#include "parallel/gate/gate.h"

#include <errno.h>
#include <time.h>

#include "base/error.h"
#include "runtime/core/loop.h"

typedef struct waiter {
    duet__link link; /* in gate->waiters */
    duet__gate *gate;
    pthread_mutex_t *mutex;
    bool woken;
    /* A task: */
    duet_loop *loop; /* NULL for a plain thread */
    duet__wait wait;
    duet__ready ready; /* carries the wake-up to the loop */
    /* A plain thread: */
    pthread_cond_t condition;
} waiter;

void duet__gate_init(duet__gate *gate, duet__outside outside)
{
    *gate = (duet__gate){.outside = outside};
    duet__link_init(&gate->waiters);
}

bool duet__gate_wake_one(duet__gate *gate)
{
    waiter *first;

    if (duet__list_is_empty(&gate->waiters))
        return false;
    first = DUET__MEMBER(duet__list_pop_front(&gate->waiters), waiter, link);
    first->woken = true;
    if (first->loop != NULL)
        duet__loop_append_from_thread(first->loop, &first->ready);
    else
        pthread_cond_signal(&first->condition);
    return true;
}

void duet__gate_wake_all(duet__gate *gate)
{
    while (duet__gate_wake_one(gate))
        continue;
}

/* --- tasks --------------------------------------------------------------- */

static void wake_task(duet__ready *ready)
{
    duet__wake(&DUET__MEMBER(ready, waiter, ready)->wait, 0);
}

/* The task gives up waiting; runs on its loop's thread. */
static void leave(duet__wait *wait)
{
    waiter *self = DUET__MEMBER(wait, waiter, wait);

    pthread_mutex_lock(self->mutex);
    if (self->woken) {
        duet__loop_take_back(self->loop, &self->ready);
        duet__gate_wake_one(self->gate);
    } else {
        duet__list_remove(&self->link);
    }
    pthread_mutex_unlock(self->mutex);
}

static int wait_as_task(waiter *self, duet_deadline deadline)
{
    int status;

    self->ready.run = wake_task;
    pthread_mutex_unlock(self->mutex);
    status = duet__park(&self->wait, deadline);
    pthread_mutex_lock(self->mutex);
    return status;
}

/* --- threads ------------------------------------------------------------- */

static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

static int wait_as_thread(waiter *self, duet_deadline deadline)
{
    const struct timespec until = {.tv_sec = deadline.at_ns / 1000000000,
                                   .tv_nsec = deadline.at_ns % 1000000000};
    int error = 0;

    init_condition(&self->condition);
    while (!self->woken && error == 0) {
        if (duet_deadline_is_never(deadline))
            pthread_cond_wait(&self->condition, self->mutex);
        else
            error =
                pthread_cond_timedwait(&self->condition, self->mutex, &until);
    }
    pthread_cond_destroy(&self->condition);
    if (self->woken)
        return 0;
    duet__list_remove(&self->link);
    return duet__fail_plainly(DUET_ETIMEDOUT);
}

int duet__gate_wait(duet__gate *gate, pthread_mutex_t *mutex, const char *what,
                    duet_deadline deadline)
{
    duet_loop *loop = duet_current_loop();
    waiter self = {.gate = gate, .mutex = mutex, .loop = loop};

    if (loop != NULL && loop->current == NULL)
        return DUET_ENOLOOP;
    if (gate->newest_first)
        duet__list_push_front(&gate->waiters, &self.link);
    else
        duet__list_push_back(&gate->waiters, &self.link);
    if (loop == NULL)
        return wait_as_thread(&self, duet_deadline_is_now(deadline) ? DUET_NOW
                                                                    : deadline);
    self.wait = (duet__wait){
        .what = what, .object = gate, .leave = leave, .outside = gate->outside};
    return wait_as_task(&self, deadline);
}
