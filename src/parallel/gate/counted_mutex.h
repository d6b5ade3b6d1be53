/* SPDX-License-Identifier: MIT */
/* counted_mutex.h - a mutex that several things share, and the last frees.
 *
 * Invariant: each thing that may lock it holds one reference; the mutex guards
 * the count, too. */
#ifndef DUET_PARALLEL_GATE_COUNTED_MUTEX_H
#define DUET_PARALLEL_GATE_COUNTED_MUTEX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct duet__counted_mutex {
    pthread_mutex_t mutex;
    int references;
} duet__counted_mutex;

/* With one reference; NULL: no memory. */
static inline duet__counted_mutex *duet__counted_mutex_new(void)
{
    duet__counted_mutex *self = malloc(sizeof *self);

    if (self == NULL)
        return NULL;
    pthread_mutex_init(&self->mutex, NULL);
    self->references = 1;
    return self;
}

static inline void duet__counted_mutex_lock(duet__counted_mutex *self)
{
    pthread_mutex_lock(&self->mutex);
}

static inline void duet__counted_mutex_unlock(duet__counted_mutex *self)
{
    pthread_mutex_unlock(&self->mutex);
}

/* Drops a reference. With the mutex held, which it releases. */
static inline void
duet__counted_mutex_unlock_and_release(duet__counted_mutex *self)
{
    bool last = --self->references == 0;

    pthread_mutex_unlock(&self->mutex);
    if (!last)
        return;
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

#endif
