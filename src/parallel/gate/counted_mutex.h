/* SPDX-License-Identifier: MIT */
/* counted_mutex.h - a mutex with a reference count.
 *
 * Invariant: each object that may lock it holds one reference; the mutex also
 * guards the count. */
#ifndef DUET_PARALLEL_GATE_COUNTED_MUTEX_H
#define DUET_PARALLEL_GATE_COUNTED_MUTEX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct duet__counted_mutex {
    pthread_mutex_t mutex;
    int references;
} duet__counted_mutex;

/* Makes a mutex with one reference; NULL if there is no memory. */
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

/* Drops a reference. The caller holds the mutex; it is released. */
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
