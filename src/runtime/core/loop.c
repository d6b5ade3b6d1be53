/* SPDX-License-Identifier: MIT */
/* loop.c - turns of the loop; run.c runs a main task on it.
 *
 * Owns the run queue and the inbox for other threads. Invariant: the loop
 * sleeps only if nothing is ready and no driver is due. */
#include "runtime/core/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"
#include "runtime/core/clock.h"
#include "runtime/core/shuffle.h"
#include "runtime/core/switch.h"
#include "runtime/core/task.h"
#include "runtime/core/virtual_time.h"

DUET__LIVES("loop")

/* --- from other threads -------------------------------------------------- */

void duet__loop_append_from_thread(duet_loop *loop, duet__ready *ready)
{
    uint64_t one = 1;
    bool was_empty;

    pthread_mutex_lock(&loop->inbox_mutex);
    was_empty = duet__run_queue_is_empty(&loop->inbox);
    duet__run_queue_append(&loop->inbox, ready);
    /* Written under the mutex, as the loop may be freed once its inbox is
     * empty. */
    if (was_empty && write(loop->inbox_event, &one, sizeof one) < 0)
        DUET__CHECK(errno == EAGAIN, "an eventfd takes what it is given");
    pthread_mutex_unlock(&loop->inbox_mutex);
}

bool duet__loop_take_back_from_thread(duet_loop *loop, duet__ready *ready)
{
    bool was_there;

    pthread_mutex_lock(&loop->inbox_mutex);
    was_there = duet__run_queue_remove(&loop->inbox, ready);
    pthread_mutex_unlock(&loop->inbox_mutex);
    return was_there;
}

void duet__loop_take_back(duet_loop *loop, duet__ready *ready)
{
    if (!duet__run_queue_remove(&loop->ready, ready))
        duet__loop_take_back_from_thread(loop, ready);
}

static void take_inbox(duet_loop *loop)
{
    pthread_mutex_lock(&loop->inbox_mutex);
    duet__run_queue_append_all(&loop->ready, &loop->inbox);
    pthread_mutex_unlock(&loop->inbox_mutex);
}

static void empty_inbox(void *context, int descriptor, uint32_t events)
{
    duet_loop *loop = context;
    uint64_t count;

    (void)events;
    /* Read first: an entry that is added after the inbox was taken writes
     * again. */
    if (read(descriptor, &count, sizeof count) < 0)
        DUET__CHECK(errno == EAGAIN, "an eventfd gives its count");
    take_inbox(loop);
}

typedef struct thread_call {
    duet__ready ready;
    void (*function)(void *argument);
    void *argument;
} thread_call;

static void run_thread_call(duet__ready *ready)
{
    thread_call *call = DUET__MEMBER(ready, thread_call, ready);

    call->function(call->argument);
    free(call);
}

int duet_loop_call_from_thread(duet_loop *loop,
                               void (*function)(void *argument), void *argument)
{
    thread_call *call = malloc(sizeof *call);

    if (call == NULL)
        return DUET_ENOMEM;
    *call = (thread_call){.ready.run = run_thread_call,
                          .function = function,
                          .argument = argument};
    duet__loop_append_from_thread(loop, &call->ready);
    return 0;
}

/* --- drivers ------------------------------------------------------------- */

void duet__loop_add_driver(duet_loop *loop, duet__driver *driver)
{
    duet__list_push_back(&loop->drivers, &driver->link);
}

void duet__loop_remove_driver(duet_loop *loop, duet__driver *driver)
{
    (void)loop;
    duet__list_remove(&driver->link);
}

static void run_drivers(duet_loop *loop)
{
    duet__link *link = loop->drivers.next;

    while (link != &loop->drivers) {
        duet__driver *driver = DUET__MEMBER(link, duet__driver, link);

        link = link->next;
        if (driver->due(driver).at_ns > loop->now_ns)
            continue;
        /* Tasks have run since, and drivers use the time for the events they
         * handle. */
        loop->now_ns = duet__loop_time(loop);
        driver->run(driver);
    }
}

/* --- turns --------------------------------------------------------------- */

static void run_ready(duet_loop *loop)
{
    loop->steps_left = DUET__STEPS_PER_TURN;
    if (loop->options.shuffle_seed != 0)
        loop->steps_left = duet__shuffle(&loop->ready, &loop->shuffle_state);
    while (!duet__run_queue_is_empty(&loop->ready) &&
           duet__loop_may_step(loop)) {
        duet__ready *ready = duet__run_queue_take(&loop->ready);

        if (ready->run != NULL)
            ready->run(ready);
        else
            duet__task_step(DUET__MEMBER(ready, duet_task, ready));
    }
}

static void fire_timers(duet_loop *loop)
{
    while (duet__timers_fire_one(&loop->timers, loop->now_ns))
        loop->counters.timers_fired++;
}

duet_deadline duet__loop_next(duet_loop *loop)
{
    duet_deadline next = duet__timers_next(&loop->timers);
    duet__link *link = loop->drivers.next;

    if (!duet__run_queue_is_empty(&loop->ready))
        return DUET_NOW;
    for (; link != &loop->drivers && !duet_deadline_is_now(next);
         link = link->next) {
        duet__driver *driver = DUET__MEMBER(link, duet__driver, link);
        duet_deadline due = driver->due(driver);

        next = duet_deadline_earlier(next, due);
    }
    return next;
}

/* How long the poll may sleep, in nanoseconds; -1: for ever. */
static int64_t sleep_ns(duet_loop *loop, duet_deadline next)
{
    int64_t now = duet__loop_time(loop);

    if (next.at_ns <= now)
        return 0;
    return duet_deadline_is_never(next) ? -1 : next.at_ns - now;
}

void duet__loop_turn(duet_loop *loop, bool may_sleep)
{
    duet_deadline next = duet__loop_next(loop);

    loop->counters.turns++;
    if (may_sleep && loop->options.virtual_time)
        duet__virtual_time_pass(loop, next);
    else
        duet__poll(loop, may_sleep ? sleep_ns(loop, next) : 0);
    loop->now_ns = duet__loop_time(loop);
    fire_timers(loop);
    run_ready(loop);
    run_drivers(loop);
}

/* --- life ---------------------------------------------------------------- */

int duet_loop_new(const duet_loop_options *options, duet_loop **out_loop)
{
    duet_loop *loop = calloc(1, sizeof *loop);
    int status;

    *out_loop = NULL;
    if (loop == NULL)
        return DUET_ENOMEM;
    DUET__LIFE_BEGINS(loop);
    if (options != NULL)
        loop->options = *options;
    loop->shuffle_state = loop->options.shuffle_seed;
    loop->thread = pthread_self();
    loop->embed_timer = -1;
    duet__run_queue_init(&loop->ready);
    duet__link_init(&loop->drivers);
    duet__link_init(&loop->ends);
    duet__run_queue_init(&loop->inbox);
    duet__scope_init(&loop->background, NULL);
    pthread_mutex_init(&loop->inbox_mutex, NULL);
    loop->inbox_event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    status = loop->inbox_event < 0 ? duet__error_from_errno(errno) : 0;
    loop->descriptors.epoll = -1;
    if (status == 0)
        status = duet__timers_reserve(&loop->timers); /* for the shutdown's */
    if (status == 0)
        status = duet__poll_init(&loop->descriptors);
    if (status == 0)
        status = duet__source_watch(&loop->descriptors, loop->inbox_event,
                                    EPOLLIN, empty_inbox, loop);
    if (status != 0) {
        duet_loop_free(loop);
        return status;
    }
    *out_loop = loop;
    return 0;
}

void duet_loop_free(duet_loop *loop)
{
    if (loop == NULL)
        return;
    DUET__LIFE_ENDS(loop);
    DUET__CHECK(loop->tasks == 0, "tasks are left on the loop");
    DUET__CHECK(duet__list_is_empty(&loop->drivers),
                "a session or server is still open on the loop");
    DUET__RUN_ENDS(loop); /* a run that a foreign loop did not finish */
    while (!duet__list_is_empty(&loop->ends)) {
        duet__loop_end *end = DUET__MEMBER(duet__list_pop_front(&loop->ends),
                                           duet__loop_end, link);

        end->run(end);
    }
    /* Runs calls that came too late, so that they free themselves. */
    take_inbox(loop);
    while (!duet__run_queue_is_empty(&loop->ready)) {
        duet__ready *ready = duet__run_queue_take(&loop->ready);

        ready->run(ready);
        take_inbox(loop);
    }
    duet__task_release_ended(&loop->background);
    duet__timers_free(&loop->timers);
    duet__poll_free(&loop->descriptors);
    duet__stack_pool_free(&loop->stacks);
    if (loop->inbox_event >= 0)
        close(loop->inbox_event);
    pthread_mutex_destroy(&loop->inbox_mutex);
    free(loop);
}
