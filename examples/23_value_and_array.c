/* SPDX-License-Identifier: MIT */
/* 23_value_and_array.c - a process that changes a value and an array.
 * Shows:  shared memory of several kinds, found in the process by its place.
 * Run:    ./23_value_and_array
 * Prints: 3.1415927, then 0 to -9 */
#include <duet/duet.h>

#include <stdio.h>

enum { VALUE, ARRAY };

/* In a process of its own. */
static int change(const void *argument, size_t length)
{
    duet_shared *array = duet_process_shared(ARRAY);

    (void)argument, (void)length;
    *(double *)duet_shared_at(duet_process_shared(VALUE), 0) = 3.1415927;
    for (size_t i = 0; i < duet_shared_count(array); i++)
        *(int *)duet_shared_at(array, i) *= -1;
    return 0;
}

static int run(void *argument)
{
    duet_shared *shared[2] = {NULL};
    const duet_process_options options = {.shared = shared, .shared_count = 2};
    duet_process *process = NULL;
    duet_exit_status end;
    int status = duet_shared_new(1, sizeof(double), &shared[VALUE]);

    (void)argument;
    if (status == 0)
        status = duet_shared_new(10, sizeof(int), &shared[ARRAY]);
    for (size_t i = 0; i < 10 && status == 0; i++)
        *(int *)duet_shared_at(shared[ARRAY], i) = (int)i;
    if (status == 0)
        status = duet_process_start(change, NULL, 0, &options, &process,
                                    duet_in_ms(10000));
    if (status == 0)
        status = duet_process_wait(process, &end, duet_in_ms(10000));
    if (status == 0 && end.code != 0)
        status = DUET_EDIED; /* nobody knows what it has changed */
    if (status == 0) {
        printf("%.7f\n", *(double *)duet_shared_at(shared[VALUE], 0));
        for (size_t i = 0; i < 10; i++)
            printf("%d%c", *(int *)duet_shared_at(shared[ARRAY], i),
                   i < 9 ? ' ' : '\n');
    }
    duet_process_free(process);
    duet_shared_free(shared[VALUE]);
    duet_shared_free(shared[ARRAY]);
    return status;
}

int main(void)
{
    /* First of all: a program with threads can fork no more. */
    if (duet_process_server_start() != 0)
        return 1;
    return duet_run(run, NULL, NULL) == 0 ? 0 : 1;
}
