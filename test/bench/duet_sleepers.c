/* SPDX-License-Identifier: MIT */
/* COUNT tasks asleep at once: processor time to start each, resident
 * memory.
 *
 * usage: duet_sleepers COUNT */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <duet/error.h>
#include <duet/group.h>
#include <duet/loop.h>

struct sleepers {
    long count, asleep;
};

static long resident_bytes(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file)
        return -1;
    if (fscanf(file, "%*d %ld", &pages) != 1)
        pages = -1;
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

static double now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int sleeper(void *argument)
{
    struct sleepers *sleepers = argument;
    sleepers->asleep++;
    return duet_sleep(duet_in_ms(3600 * 1000));
}

static int run(void *argument)
{
    struct sleepers *sleepers = argument;
    duet_group *group;
    long before = resident_bytes();
    double begin = now();
    int status = duet_group_open(&group);
    if (status != 0)
        return status;
    for (long i = 0; status == 0 && i < sleepers->count; i++)
        status = duet_group_spawn(group, sleeper, sleepers, NULL, NULL);
    while (status == 0 && sleepers->asleep < sleepers->count)
        status = duet_yield();
    if (status == 0)
        printf("{\"count\": %ld, \"ns\": %.3f, \"bytes\": %ld}\n",
               sleepers->count, (now() - begin) * 1e9 / (double)sleepers->count,
               resident_bytes() - before);
    duet_group_cancel(group);
    return duet_group_close(group, status);
}

int main(int argc, char **argv)
{
    struct sleepers sleepers = {.count = argc > 1 ? atol(argv[1]) : 0};
    int status = duet_run(run, &sleepers, NULL);
    if (status != 0)
        fprintf(stderr, "duet_sleepers: %s\n", duet_error_name(status));
    return status != 0;
}
