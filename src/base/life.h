/* SPDX-License-Identifier: MIT */
/* life.h - records which objects of a kind are alive; in debug builds only.
 *
 * With DUET_THREAD_CHECKS, closing or freeing an object twice ends the program
 * with a sentence that names it; without it, nothing is checked or stored. The
 * object's memory is not read before the object is known to be alive. A new
 * object at the address of a closed one is alive. */
#ifndef DUET_BASE_LIFE_H
#define DUET_BASE_LIFE_H

#ifdef DUET_THREAD_CHECKS

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct duet__life duet__life;

struct duet__life {
    duet__life *next; /* in its bucket */
};

typedef struct duet__lives {
    const char *kind; /* for people: "queue" */
    pthread_mutex_t mutex;
    duet__life *buckets[256]; /* by address; guarded by mutex */
} duet__lives;

/* Used in the file that makes and closes objects of a kind. */
#define DUET__LIVES(name)                                                      \
    static duet__lives lives = {.kind = (name),                                \
                                .mutex = PTHREAD_MUTEX_INITIALIZER};

/* A member of the objects. */
#define DUET__LIFE duet__life life;

/* The object has been made. */
#define DUET__LIFE_BEGINS(object) duet__life_begins(&lives, &(object)->life)

/* Checks that an object which is about to be closed is alive; closing may still
 * be given up. */
#define DUET__LIFE_GOES_ON(object)                                             \
    duet__life_check(&lives, &(object)->life, (object), false, __func__)

/* The object is closed. */
#define DUET__LIFE_ENDS(object)                                                \
    duet__life_check(&lives, &(object)->life, (object), true, __func__)

static inline duet__life **duet__life_bucket(duet__lives *lives,
                                             const duet__life *life)
{
    return &lives->buckets[(uintptr_t)life / 64 % 256];
}

static inline void duet__life_begins(duet__lives *lives, duet__life *life)
{
    duet__life **bucket = duet__life_bucket(lives, life);

    pthread_mutex_lock(&lives->mutex);
    life->next = *bucket;
    *bucket = life;
    pthread_mutex_unlock(&lives->mutex);
}

static inline void duet__life_check(duet__lives *lives, const duet__life *life,
                                    const void *object, bool ends,
                                    const char *function)
{
    duet__life **place = duet__life_bucket(lives, life);
    bool is_alive;

    pthread_mutex_lock(&lives->mutex);
    while (*place != NULL && *place != life)
        place = &(*place)->next;
    is_alive = *place != NULL;
    if (is_alive && ends)
        *place = life->next;
    pthread_mutex_unlock(&lives->mutex);
    if (is_alive)
        return;
    fprintf(stderr,
            "duet: %s() was called for the %s %p, which is closed already, or "
            "never was one\n",
            function, lives->kind, object);
    abort();
}

#else

#define DUET__LIVES(name)
#define DUET__LIFE
#define DUET__LIFE_BEGINS(object) ((void)(object))
#define DUET__LIFE_GOES_ON(object) ((void)(object))
#define DUET__LIFE_ENDS(object) ((void)(object))

#endif

#endif
