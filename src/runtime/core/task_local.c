/* SPDX-License-Identifier: MIT */
/* task_local.c - tables of values that tasks inherit.
 *
 * Invariant: a table that more than one task holds does not change; a task that
 * sets a value then gets its own copy first. */
#include "runtime/core/task_local.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/core/clock.h"
#include "runtime/core/task.h"

enum { MOST = 64 };

typedef struct local {
    const void *key;
    void *value;
} local;

struct duet__locals {
    atomic_size_t holders;
    size_t count;
    local values[];
};

duet__locals *duet__locals_hold(duet__locals *locals)
{
    if (locals != NULL)
        atomic_fetch_add_explicit(&locals->holders, 1, memory_order_relaxed);
    return locals;
}

void duet__locals_free(duet__locals *locals)
{
    if (locals != NULL && atomic_fetch_sub_explicit(&locals->holders, 1,
                                                    memory_order_acq_rel) == 1)
        free(locals);
}

/* The table that the calling task or callback sees; NULL: none. */
static duet__locals *current(void)
{
    const duet_loop *loop = duet__loop_current;

    if (loop == NULL)
        return NULL;
    return loop->current != NULL ? loop->current->locals
                                 : loop->callback_locals;
}

duet__locals *duet__locals_hold_current(void)
{
    return duet__locals_hold(current());
}

static local *find(duet__locals *locals, const void *key)
{
    for (size_t i = 0; locals != NULL && i < locals->count; i++)
        if (locals->values[i].key == key)
            return &locals->values[i];
    return NULL;
}

/* A table of the task's own, with room for `count` values. */
static duet__locals *own_table(duet__locals *old, size_t count)
{
    duet__locals *own = malloc(sizeof *own + count * sizeof own->values[0]);

    if (own == NULL)
        return NULL;
    atomic_init(&own->holders, 1);
    own->count = old != NULL ? old->count : 0;
    if (old != NULL)
        memcpy(own->values, old->values, old->count * sizeof old->values[0]);
    return own;
}

int duet_task_local_set(const void *key, void *value)
{
    duet_task *task = duet__task_current();
    duet__locals *old;
    duet__locals *own;
    local *place;

    if (task == NULL)
        return DUET_ENOLOOP;
    old = task->locals;
    place = find(old, key);
    if (place != NULL && old->holders == 1) {
        place->value = value;
        return 0;
    }
    if (place == NULL && old != NULL && old->count == MOST)
        return duet__fail(DUET_EFULL, "the task has %d local values", MOST);
    own = own_table(old, (old != NULL ? old->count : 0) + (place == NULL));
    if (own == NULL)
        return DUET_ENOMEM;
    if (place != NULL)
        place = find(own, key);
    else
        place = &own->values[own->count++];
    *place = (local){key, value};
    duet__locals_free(old);
    task->locals = own;
    return 0;
}

void *duet_task_local_get(const void *key)
{
    local *found = find(current(), key);

    return found != NULL ? found->value : NULL;
}
