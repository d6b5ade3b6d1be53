/* SPDX-License-Identifier: MIT */
/* points.h - calls that wait, and what is around them. */
#ifndef DUET_TEST_DIFFERENTIAL_POINTS_H
#define DUET_TEST_DIFFERENTIAL_POINTS_H

#include <semaphore.h>

#include "scenario.h"

/* Made anew for each attempt. */
typedef struct things {
    duet_lock *lock;
    duet_event *event;
    duet_condition *condition;
    duet_semaphore *semaphore;
    duet_barrier *barrier;
    duet_queue *queue;
    duet_future *future;
    duet_read_write_lock *read_write;
    duet_channel *channel; /* holds one value */
    duet_channel *meeting;
    duet_thread_pool *pool; /* one thread; NULL while not used */
    sem_t gate;             /* what its call waits for */
    int pipe[2];
    bool noted; /* for those that wait for a predicate */
    duet_task *inner;
    duet_task *partner;
} things;

typedef struct point {
    const char *name;
    int (*await)(things *all, duet_deadline deadline);
    void (*wake)(things *all); /* gives what the victim waits for */
    /* Each of these NULL for nothing. */
    void (*make)(things *all);      /* before the victim is spawned */
    void (*give_back)(things *all); /* by the victim that got it */
    void (*look)(things *all);      /* notes what is left */
    bool wakes_from_callback;       /* wake() needs no task */
    bool cleans_up; /* after its deadline it waits for what it cancelled */
} point;

/* Each table ends with a point without name. */
extern const point primitive_points[];
extern const point task_points[];

void make_things(things *all);
void free_things(things *all);

#endif
