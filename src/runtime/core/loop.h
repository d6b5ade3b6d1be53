/* SPDX-License-Identifier: MIT */
/* loop.h - the loop for duet's other source files: run queue, timers,
 * descriptors, drivers.
 *
 * One turn: sleep until the earliest deadline, or not at all if anything is
 * ready; deliver descriptor events; fire expired timers; run what is ready; run
 * the drivers that are due. */
#ifndef DUET_RUNTIME_CORE_LOOP_H
#define DUET_RUNTIME_CORE_LOOP_H

#include <pthread.h>
#include <stdint.h>

#include <duet/loop.h>

#include "base/life.h"
#include "base/list.h"
#include "runtime/context/context.h"
#include "runtime/core/poll.h"
#include "runtime/core/run_queue.h"
#include "runtime/core/scope.h"
#include "runtime/context/stack.h"
#include "runtime/core/thread_check.h"
#include "runtime/core/timer.h"

struct duet__under_way;

/* An engine that is run on the loop's own stack: libmicrohttpd, libcurl. */
typedef struct duet__driver {
    duet__link link;
    const char *name;
    /* Called once a turn if due. */
    void (*run)(struct duet__driver *driver);
    /* Returns when run() must be called next: DUET_NOW in this turn, DUET_NEVER
     * not before a descriptor wakes the loop. Called in each turn and right
     * before the loop sleeps. */
    duet_deadline (*due)(struct duet__driver *driver);
    /* Adds the outside events that the driver waits for; see virtual_time.h.
     * NULL: none. */
    void (*under_way)(struct duet__driver *driver, struct duet__under_way *all);
} duet__driver;

/* An object that is made once for a loop and ends with it. */
typedef struct duet__loop_end {
    duet__link link;
    /* Called by duet_loop_free(), outside tasks; may block. */
    void (*run)(struct duet__loop_end *end);
} duet__loop_end;

/* Counters since the loop was made. */
typedef struct duet__counters {
    uint64_t turns;
    uint64_t switches;
    uint64_t spawned;
    uint64_t timers_fired;
    uint64_t wake_ups; /* of tasks that waited; a yield does not count */
    uint64_t descriptor_events;
    uint64_t polls; /* calls of epoll_wait */
} duet__counters;

struct duet_loop {
    DUET__LIFE
    duet_loop_options options;
    duet__context context; /* of the loop itself, on the thread's stack */
    duet_task *current;    /* the task that runs; NULL on the loop's stack */
    duet__exceptions *thread_exceptions; /* NULL: without the C++ runtime */
    duet__exceptions exceptions; /* of the loop's stack, while a task runs */
    struct duet__locals *callback_locals; /* of the callback that runs */
    duet_task *dead; /* its stack is freed by the next task to run */
    duet__run_queue ready;
    int steps_left;  /* of this turn; see duet__loop_may_step(), switch.h */
    int inline_runs; /* tasks being run from inside a driver */
    duet__list drivers;
    duet__list ends; /* of duet__loop_end; the newest is first */
    duet__timers timers;
    duet__poll_set descriptors;
    duet__stack_pool stacks;
    duet__scope background; /* tasks that belong to no other task */
    duet_task *main;        /* the task of duet_loop_run(), until it ended */
    int main_result;        /* once it has */
    struct {                /* requests to cancel that are being delivered */
        duet_task *first;   /* the next to receive one; NULL: none */
        duet_task *newest;  /* the one put in last, for this request */
        uint64_t calls;     /* from outside so far */
        bool is_running;
    } cancelling;
    duet__timer shutdown_timer; /* see shutdown.c */
    int64_t shutdown_ms;        /* negative: no limit */
    int interrupt_handlers;     /* of SIGINT; if any, they replace cancelling
                                 * main */
    int signal_handlers;        /* of any signal */
    bool is_polling;            /* in epoll_wait; for the watchdog */
    uint64_t shuffle_state;     /* with options.shuffle_seed */
    int embed_timer;            /* see embed.c; -1 while not started */
    pthread_t thread;           /* that made the loop or ran it last */
#ifdef DUET_THREAD_CHECKS
    duet__link run_link; /* among the loops that run; see thread_check.c */
    uint64_t run_number;
#endif
    int64_t virtual_ns;      /* the time now, with virtual time */
    int64_t silent_since_ns; /* see virtual_time.c; 0: it is not waited for */
    size_t waiting_outside[DUET__OUTSIDES]; /* tasks that wait for each */
    bool is_at_rest; /* nothing can happen any more; see virtual_time.h */
    bool is_stuck;   /* it was, and run.c has said so */
    int64_t now_ns;  /* the time when the current step began: delivering events,
                      * timers and tasks, one driver */
    duet__counters counters;
    size_t tasks; /* alive */

    /* Calls from other threads. */
    pthread_mutex_t inbox_mutex;
    duet__run_queue inbox; /* guarded by inbox_mutex */
    int inbox_event;       /* eventfd; readable while the inbox is not empty */
};

/* Appends to the run queue. */
static inline void duet__loop_append(duet_loop *loop, duet__ready *ready)
{
    DUET__OWN_THREAD(loop);
    duet__run_queue_append(&loop->ready, ready);
}

/* Arms a timer of the loop; see timer.h. */
static inline int duet__loop_arm(duet_loop *loop, duet__timer *timer,
                                 duet_deadline deadline)
{
    DUET__OWN_THREAD(loop);
    return duet__timers_arm(&loop->timers, timer, deadline);
}

static inline void duet__loop_disarm(duet_loop *loop, duet__timer *timer)
{
    DUET__OWN_THREAD(loop);
    if (timer->place != 0) /* on the path of every wake-up; usually 0 */
        duet__timers_disarm(&loop->timers, timer);
}

void duet__loop_add_driver(duet_loop *loop, duet__driver *driver);
void duet__loop_remove_driver(duet_loop *loop, duet__driver *driver);

/* Puts `ready` into the loop's run queue from any thread.
 *
 *   ready  taken until its run() is called on the loop's thread */
void duet__loop_append_from_thread(duet_loop *loop, duet__ready *ready);

/* Takes back a `ready` of duet__loop_append_from_thread() whose run() was not
 * called yet. On the loop's thread only. */
void duet__loop_take_back(duet_loop *loop, duet__ready *ready);

/* The same from any thread; false if it is too late: run() was called or is
 * about to be. */
bool duet__loop_take_back_from_thread(duet_loop *loop, duet__ready *ready);

/* The next time at which there is work without a descriptor event: DUET_NOW if
 * anything is ready. */
duet_deadline duet__loop_next(duet_loop *loop);

/* Runs one turn. `may_sleep` false: polls, but does not wait. */
void duet__loop_turn(duet_loop *loop, bool may_sleep);

#endif
