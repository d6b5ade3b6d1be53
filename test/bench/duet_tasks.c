/* SPDX-License-Identifier: MIT */
/* What tasks cost: nanoseconds of processor time for each thing that a task
 * does. Processor time is what a sleep does not cost, and what other work on
 * the machine does not change much.
 *
 * usage: duet_tasks NAME COUNT     (the names are in main)
 * A tenth of the count runs first, so that the stacks are pooled. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <duet/callback.h>
#include <duet/channel.h>
#include <duet/error.h>
#include <duet/group.h>
#include <duet/lock.h>
#include <duet/loop.h>

enum { TOGETHER = 1000, CONTENDERS = 8 };

/* --- starting and switching ---------------------------------------------- */

static int nothing(void *argument)
{
    (void)argument;
    return 0;
}

static int spawn_join(long count)
{
    int status = 0;
    for (long i = 0; status == 0 && i < count; i++) {
        duet_task *task;
        status = duet_spawn(nothing, NULL, NULL, &task);
        if (status == 0)
            status = duet_join(task, NULL, DUET_NEVER);
    }
    return status;
}

static int spawn_join_together(long count)
{
    int status = 0;
    for (long i = 0; status == 0 && i < count; i += TOGETHER) {
        duet_group *group;
        status = duet_group_open(&group);
        if (status != 0)
            return status;
        for (int j = 0; status == 0 && j < TOGETHER; j++)
            status = duet_group_spawn(group, nothing, NULL, NULL, NULL);
        status = duet_group_close(group, status);
    }
    return status;
}

/* One function for both tasks, not inlined into either: see duet_context.c. */
__attribute__((noinline)) static int yield_often(void *argument)
{
    int status = 0;
    for (long left = *(long *)argument; status == 0 && left > 0; left--)
        status = duet_yield();
    return status;
}

/* One round trip is two yields: there and back. */
static int switch_round_trip(long count)
{
    duet_task *other;
    int status = duet_spawn(yield_often, &count, NULL, &other);
    if (status == 0)
        status = yield_often(&count);
    return status ? status : duet_join(other, NULL, DUET_NEVER);
}

/* --- channels ------------------------------------------------------------ */

struct table {
    duet_channel *there, *back;
    long count;
};

static int give_back(void *argument)
{
    struct table *table = argument;
    int status = 0;
    for (long i = 0; status == 0 && i < table->count; i++) {
        long ball;
        status = duet_channel_receive(table->there, &ball, DUET_NEVER);
        if (status == 0)
            status = duet_channel_send(table->back, &ball, DUET_NEVER);
    }
    return status;
}

static int play(struct table *table)
{
    duet_task *other;
    int status = duet_spawn(give_back, table, NULL, &other);
    if (status != 0)
        return status;
    for (long i = 0; status == 0 && i < table->count; i++) {
        long ball = i;
        status = duet_channel_send(table->there, &ball, DUET_NEVER);
        if (status == 0)
            status = duet_channel_receive(table->back, &ball, DUET_NEVER);
        if (status == 0 && ball != i)
            status = DUET_ESTATE;
    }
    return status ? status : duet_join(other, NULL, DUET_NEVER);
}

/* One round trip is two meetings: a value goes there and comes back. */
static int channel_round_trip(long count)
{
    struct table table = {.count = count};
    int status = duet_channel_new(sizeof(long), 0, &table.there);
    if (status == 0)
        status = duet_channel_new(sizeof(long), 0, &table.back);
    if (status == 0)
        status = play(&table);
    duet_channel_free(table.there);
    duet_channel_free(table.back);
    return status;
}

/* --- locks --------------------------------------------------------------- */

struct contest {
    duet_lock *lock;
    long rounds; /* of each task */
    bool yields; /* while it holds the lock, so that others queue */
};

static int contend(void *argument)
{
    const struct contest *contest = argument;
    int status = 0;
    for (long i = 0; status == 0 && i < contest->rounds; i++) {
        status = duet_lock_acquire(contest->lock, DUET_NEVER);
        if (status == 0 && contest->yields)
            status = duet_yield();
        if (status == 0)
            status = duet_lock_release(contest->lock);
    }
    return status;
}

static int lock_uncontended(long count)
{
    struct contest contest = {.rounds = count};
    int status = duet_lock_new(&contest.lock);
    if (status == 0)
        status = contend(&contest);
    duet_lock_free(contest.lock);
    return status;
}

static int lock_contended(long count)
{
    struct contest contest = {.rounds = count / CONTENDERS, .yields = true};
    duet_call calls[CONTENDERS];
    int status = duet_lock_new(&contest.lock);
    for (int i = 0; i < CONTENDERS; i++)
        calls[i] = (duet_call){.function = contend, .argument = &contest};
    if (status == 0)
        status = duet_gather(calls, CONTENDERS, NULL, DUET_NEVER);
    duet_lock_free(contest.lock);
    return status;
}

/* --- time ---------------------------------------------------------------- */

/* Up to a millisecond, in no order; the peer draws the same numbers. */
static int64_t spread_ns(void)
{
    static uint32_t state = 1;
    state = state * 1664525 + 1013904223;
    return state % 1000000;
}

static void count_down(void *argument)
{
    --*(long *)argument;
}

/* All are armed at once, then cancelled in the order they were armed. */
static int timers_cancelled(long count)
{
    duet_callback **armed = calloc((size_t)count, sizeof(duet_callback *));
    duet_deadline hour = duet_in_ms(3600 * 1000);
    long left = count, made = 0;
    int status = armed ? 0 : DUET_ENOMEM;
    while (status == 0 && made < count) {
        status = duet_call_at(duet_at_ns(hour.at_ns + spread_ns()), count_down,
                              &left, &armed[made]);
        made += status == 0;
    }
    for (long i = 0; i < made; i++)
        if (!duet_callback_cancel(armed[i]))
            status = DUET_ESTATE;
    free(armed);
    return status;
}

static int timers_firing(long count)
{
    duet_deadline soon = duet_in_ms(1);
    long left = count;
    int status = 0;
    for (long i = 0; status == 0 && i < count; i++)
        status = duet_call_at(duet_at_ns(soon.at_ns + spread_ns()), count_down,
                              &left, NULL);
    while (status == 0 && left > 0)
        status = duet_yield();
    return status;
}

static int sleep_till(void *argument)
{
    return duet_sleep(*(duet_deadline *)argument);
}

/* They sleep until the last of them has long begun to. */
static int gather_sleeping(long count)
{
    duet_deadline wake = duet_in_ns(count * 5000);
    duet_call *calls = calloc((size_t)count, sizeof *calls);
    int status = calls ? 0 : DUET_ENOMEM;
    for (long i = 0; calls && i < count; i++)
        calls[i] = (duet_call){.function = sleep_till, .argument = &wake};
    if (status == 0)
        status = duet_gather(calls, (size_t)count, NULL, DUET_NEVER);
    free(calls);
    return status;
}

/* ------------------------------------------------------------------------- */

struct work {
    const char *name;
    int (*run)(long count);
    long count;
    double ns;
};

static int measure(void *argument)
{
    struct work *work = argument;
    struct timespec begin, end;
    int status = work->run(work->count / 10);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    if (status == 0)
        status = work->run(work->count);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    work->ns = ((double)(end.tv_sec - begin.tv_sec) * 1e9 +
                (double)(end.tv_nsec - begin.tv_nsec)) /
               (double)work->count;
    return status;
}

int main(int argc, char **argv)
{
    static struct work works[] = {
        {.name = "spawn_join", .run = spawn_join},
        {.name = "spawn_join_1000", .run = spawn_join_together},
        {.name = "switch", .run = switch_round_trip},
        {.name = "channel", .run = channel_round_trip},
        {.name = "lock", .run = lock_uncontended},
        {.name = "lock_contended", .run = lock_contended},
        {.name = "timers_cancelled", .run = timers_cancelled},
        {.name = "timers_firing", .run = timers_firing},
        {.name = "gather_sleeping", .run = gather_sleeping},
    };
    for (size_t i = 0; argc == 3 && i < sizeof works / sizeof *works; i++) {
        struct work *work = &works[i];
        if (strcmp(argv[1], work->name) != 0)
            continue;
        work->count = atol(argv[2]);
        int status = duet_run(measure, work, NULL);
        if (status != 0) {
            fprintf(stderr, "duet_tasks: %s\n", duet_error_name(status));
            return 1;
        }
        printf("{\"count\": %ld, \"ns\": %.3f}\n", work->count, work->ns);
        return 0;
    }
    fprintf(stderr, "usage: duet_tasks NAME COUNT\n");
    return 2;
}
