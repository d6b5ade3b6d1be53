/* SPDX-License-Identifier: MIT */
/* What tasks cost: nanoseconds for each thing that a task does.
 *
 * usage: duet_tasks NAME COUNT     (the names are in main)
 * A tenth of the count runs first, so that the stacks are pooled. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <duet/error.h>
#include <duet/group.h>
#include <duet/loop.h>

enum { TOGETHER = 1000 };

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

static int yield_often(void *argument)
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
    clock_gettime(CLOCK_MONOTONIC, &begin);
    if (status == 0)
        status = work->run(work->count);
    clock_gettime(CLOCK_MONOTONIC, &end);
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
