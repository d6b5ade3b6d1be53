/* SPDX-License-Identifier: MIT */
/* barrier.c - tasks wait for each other and continue together.
 *
 * Invariant: `waiting` is the length of `waiters`, less than `parties`. Each
 * task learns its index when the barrier opens: tasks that gave up do not
 * count. */
#include <duet/barrier.h>

#include <stdlib.h>

#include "base/check.h"
#include "base/life.h"
#include "runtime/core/task.h"
#include "runtime/core/thread_check.h"

DUET__LIVES("barrier")

struct duet_barrier {
    DUET__USER
    DUET__LIFE
    size_t parties;
    size_t waiting;
    duet__list waiters; /* of party, by wait.link */
    bool broken;
};

typedef struct party {
    duet__wait wait;
    size_t index;
} party;

int duet_barrier_new(size_t parties, duet_barrier **out_barrier)
{
    duet_barrier *barrier;

    *out_barrier = NULL;
    if (parties == 0)
        return duet__fail(DUET_EINVAL, "a barrier for 0 tasks");
    barrier = malloc(sizeof *barrier);
    if (barrier == NULL)
        return DUET_ENOMEM;
    *barrier = (duet_barrier){.parties = parties};
    duet__link_init(&barrier->waiters);
    DUET__LIFE_BEGINS(barrier);
    *out_barrier = barrier;
    return 0;
}

void duet_barrier_free(duet_barrier *barrier)
{
    if (barrier == NULL)
        return;
    DUET__LIFE_ENDS(barrier);
    DUET__CHECK(barrier->waiting == 0, "a task waits at the barrier");
    free(barrier);
}

/* Releases all waiting tasks. */
static void let_go(duet_barrier *barrier, int status)
{
    size_t index = 0;

    while (!duet__list_is_empty(&barrier->waiters)) {
        party *one = DUET__MEMBER(barrier->waiters.next, party, wait.link);

        one->index = index++;
        duet__wake(&one->wait, status);
    }
    barrier->waiting = 0;
}

static void leave(duet__wait *wait)
{
    duet_barrier *barrier = wait->object;

    duet__list_remove(&wait->link);
    barrier->waiting--;
}

int duet_barrier_wait(duet_barrier *barrier, size_t *out_index,
                      duet_deadline deadline)
{
    party own = {
        .wait = {.what = "barrier", .object = barrier, .leave = leave}};
    int status;

    DUET__OWN_USE(barrier);
    if (duet__task_current() == NULL)
        return DUET_ENOLOOP;
    if (barrier->broken)
        return duet__fail_plainly(DUET_EBROKEN);
    if (barrier->waiting + 1 == barrier->parties) {
        own.index = barrier->waiting;
        let_go(barrier, 0);
        status = 0;
    } else {
        duet__list_push_back(&barrier->waiters, &own.wait.link);
        barrier->waiting++;
        status = duet__park(&own.wait, deadline);
    }
    if (status == 0 && out_index != NULL)
        *out_index = own.index;
    return status;
}

void duet_barrier_reset(duet_barrier *barrier)
{
    DUET__OWN_USE(barrier);
    barrier->broken = false;
    let_go(barrier, DUET_EBROKEN);
}

void duet_barrier_abort(duet_barrier *barrier)
{
    DUET__OWN_USE(barrier);
    barrier->broken = true;
    let_go(barrier, DUET_EBROKEN);
}

size_t duet_barrier_waiting(const duet_barrier *barrier)
{
    DUET__OWN_USE(barrier);
    return barrier->waiting;
}

bool duet_barrier_is_broken(const duet_barrier *barrier)
{
    DUET__OWN_USE(barrier);
    return barrier->broken;
}
