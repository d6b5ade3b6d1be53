/* SPDX-License-Identifier: MIT */
/* task_local.c - tables of values that tasks inherit.
 *
 * Invariant: a table that more than one task holds does not change; who sets a
 * value then gets a copy of its own first. */
#include "runtime/task_local.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/task.h"

enum { MOST = 64 };

typedef struct local {
    const void *key;
    void *value;
} local;

struct duet__locals {
    size_t holders;
    size_t count;
    local values[];
};

duet__locals *duet__locals_hold(duet__locals *locals)
{
    if (locals != NULL)
        locals->holders++;
    return locals;
}

void duet__locals_free(duet__locals *locals)
{
    if (locals != NULL && --locals->holders == 0)
        free(locals);
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
    own->holders = 1;
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
    duet_task *task = duet__task_current();
    local *found = task != NULL ? find(task->locals, key) : NULL;

    return found != NULL ? found->value : NULL;
}
