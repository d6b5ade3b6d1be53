/* SPDX-License-Identifier: MIT */
/* world.h - what the parts of the stress test share: a world of actors, its
 * objects, and what has happened to them. */
#ifndef DUET_TEST_STRESS_WORLD_H
#define DUET_TEST_STRESS_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include <duet/duet.h>

enum {
    ACTORS = 10,
    STEPS = 25,
    SLOTS = 2,
    PARTIES = 3,
    CAPACITY = 3,
    CHANNELS = 3, /* number N holds N values */
    CHILDREN = 3,
    ITEMS = ACTORS * STEPS * (CHILDREN + 2),
};

/* What can be waited for. */
typedef enum kind {
    SLEEP,
    LOCK,
    SEMAPHORE,
    READ,
    WRITE,
    EVENT,
    BARRIER,
    FUTURE,
    PUT,
    GET,
    QUEUE_JOIN,
    SEND,
    RECEIVE,
    SELECT,
    PROMPT_KINDS, /* the waits above end at their deadline, and when cancelled;
                   * those below may have to wait until others have cleaned up
                   */
    CONDITION = PROMPT_KINDS,
    GATHER,
    GROUP,
    MAP,
    TASKS,
    COMPLETIONS,
    WAIT_FOR,
    SHIELD,
    TIMEOUT,
    KINDS
} kind;

/* Put into the queue or sent through a channel. */
typedef struct item {
    duet_channel *channel; /* NULL: the queue */
    int urgency;           /* in a priority queue */
    bool is_put, is_got;
} item;

/* A place in a line: an overtaken one must not get in any more. */
typedef struct ticket {
    struct ticket *next, *previous;
    bool reads; /* and may get in together with others */
    bool is_overtaken;
} ticket;

typedef struct world world;

/* Was an actor asked to end, and has not heard of it? A task that it joins may
 * have heard instead, and ended otherwise. */
typedef enum asked { NOT_ASKED, PERHAPS_ASKED, ASKED } asked;

typedef struct actor {
    world *world;
    duet_task *task;
    kind waits_for;
    bool waits;
    asked asked;
    bool was_cancelled; /* once or more */
    int64_t wait_began_ns;
} actor;

struct world {
    uint64_t seed;
    uint64_t random;
    bool is_shuffled; /* tasks do not run in the order they were woken */
    int64_t begin_ns;
    duet_lock *lock;
    duet_condition *condition; /* of `lock`: there are tokens */
    duet_semaphore *semaphore;
    duet_read_write_lock *pages;
    duet_event *event;
    duet_barrier *barrier;
    duet_future *future;
    duet_queue *queue;
    duet_queue_order order;
    duet_channel *channels[CHANNELS];
    int pipe[2]; /* nothing is ever written */

    int tokens;
    int lock_holders, slot_holders, readers, writers;
    int arrived[PARTIES]; /* how often somebody was number N at the barrier */
    uintptr_t futures;    /* so many were made */
    int future_waiters;   /* those of the newest */
    ticket lock_line, slot_line, page_line;
    int senders[CHANNELS], receivers[CHANNELS]; /* waiting, in a select, too */
    item items[ITEMS];
    size_t item_count, settled_items;

    actor actors[ACTORS];
    int waiting[KINDS];
    bool is_closed; /* queue and channels */
    bool is_ending;
    uint64_t outcomes[KINDS][3]; /* 0, DUET_ETIMEDOUT, DUET_ECANCELED */
    uint64_t quiet_moments;
};

_Noreturn void broken(const world *all, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define check(all, condition)                                                  \
    do {                                                                       \
        if (!(condition))                                                      \
            broken((all), "%s:%d: %s", __func__, __LINE__, #condition);        \
    } while (0)

uint64_t pick(world *all, uint64_t below);

/* Notes that the actor waits from now on; for how long, by chance. */
duet_deadline begin_wait(actor *own, kind kind);

/* Has the actor heard a request to end, if it was not a child's. */
void hear(actor *own);

/* The wait has ended: only so, and when it says that the deadline passed, not
 * before. Returns true if it gave what was waited for. */
bool end_wait(actor *own, int status, duet_deadline deadline);

void pause_a_little(actor *own);

/* One step of any of the kinds that need no tasks. */
void use_something(actor *own);

/* Each part: its objects; its steps; what holds whenever all tasks wait; what
 * holds in the end. */
void make_locks(world *all);
void free_locks(world *all);
void use_locks(actor *own);
void check_locks_when_quiet(const world *all);
void check_locks_at_end(world *all);

void make_flows(world *all);
void free_flows(world *all);
void close_flows(world *all);
void use_flows(actor *own);
void check_flows_when_quiet(world *all);
void check_flows_at_end(world *all);

void use_tasks(actor *own);

#endif
