/* SPDX-License-Identifier: MIT */
/* semaphore.c - slots that are passed directly to waiters.
 *
 * Invariant: no task waits while a slot is free. */
#include <duet/semaphore.h>

#include <stdint.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/life.h"
#include "runtime/core/thread_check.h"
#include "runtime/core/wait.h"

DUET__LIVES("semaphore")

struct duet_semaphore {
    DUET__USER
    DUET__LIFE
    size_t free_slots;
    size_t most; /* SIZE_MAX: unbounded */
    duet__list waiters;
    bool unbounded;
};

int duet_semaphore_new(size_t slots, const duet_semaphore_options *options,
                       duet_semaphore **out_semaphore)
{
    duet_semaphore *semaphore = malloc(sizeof *semaphore);

    *out_semaphore = semaphore;
    if (semaphore == NULL)
        return DUET_ENOMEM;
    *semaphore = (duet_semaphore){.free_slots = slots};
    semaphore->unbounded = options != NULL && options->unbounded;
    semaphore->most = semaphore->unbounded ? SIZE_MAX : slots;
    duet__link_init(&semaphore->waiters);
    DUET__LIFE_BEGINS(semaphore);
    return 0;
}

void duet_semaphore_free(duet_semaphore *semaphore)
{
    if (semaphore == NULL)
        return;
    DUET__LIFE_ENDS(semaphore);
    DUET__CHECK(duet__list_is_empty(&semaphore->waiters),
                "a task waits for the semaphore");
    free(semaphore);
}

int duet_semaphore_acquire(duet_semaphore *semaphore, duet_deadline deadline)
{
    duet__wait wait = {.what = "semaphore", .object = semaphore};

    DUET__OWN_USE(semaphore);
    if (semaphore->free_slots > 0) {
        semaphore->free_slots--;
        return 0;
    }
    duet__list_push_back(&semaphore->waiters, &wait.link);
    return duet__park(&wait, deadline);
}

int duet_semaphore_release(duet_semaphore *semaphore)
{
    DUET__OWN_USE(semaphore);
    if (semaphore->free_slots == semaphore->most)
        return semaphore->unbounded ? DUET_ERANGE : DUET_ESTATE;
    if (!duet__wake_first(&semaphore->waiters, 0))
        semaphore->free_slots++;
    return 0;
}

size_t duet_semaphore_free_slots(const duet_semaphore *semaphore)
{
    DUET__OWN_USE(semaphore);
    return semaphore->free_slots;
}
