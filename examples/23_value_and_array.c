/* SPDX-License-Identifier: MIT */
/* 23_value_and_array.c - a process that changes a value and an array.
 * Shows:  shared memory of several kinds, found in the process by its place.
 * Run:    ./23_value_and_array
 * Prints: 3.1415927, then 0 to -9 */
#include <duet/duet.h>
#include <stdio.h>

/* In a process of its own. */
static int change(const void *argument, size_t length)
{
    duet_shared *array = duet_process_shared(1);

    (void)argument, (void)length;
    *(double *)duet_shared_at(duet_process_shared(0), 0) = 3.1415927;
    for (size_t i = 0; i < duet_shared_count(array); i++)
        *(int *)duet_shared_at(array, i) = -(int)i;
    return 0;
}

static int run(void *argument)
{
    duet_shared *shared[2] = {NULL}; /* a value, an array */
    const duet_process_options options = {.shared = shared, .shared_count = 2};
    duet_deadline deadline = duet_in_ms(10000);
    duet_process *process = NULL;
    duet_exit_status end;
    int status = duet_shared_new(1, sizeof(double), &shared[0]);

    (void)argument;
    if (status == 0)
        status = duet_shared_new(10, sizeof(int), &shared[1]);
    if (status == 0)
        status =
            duet_process_start(change, NULL, 0, &options, &process, deadline);
    if (status == 0)
        status = duet_process_wait(process, &end, deadline);
    if (status == 0 && end.code != 0)
        status = DUET_EDIED; /* nobody knows what it has changed */
    if (status == 0) {
        printf("%.7f\n", *(double *)duet_shared_at(shared[0], 0));
        for (size_t i = 0; i < 10; i++)
            printf("%d\n", *(int *)duet_shared_at(shared[1], i));
    }
    duet_process_free(process);
    duet_shared_free(shared[0]);
    duet_shared_free(shared[1]);
    return status;
}

int main(void)
{
    /* First of all: a program with threads can fork no more. */
    int status = duet_process_server_start();
    if (status == 0)
        status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
