/* SPDX-License-Identifier: MIT */
/* 22_shared_counter.c - five processes that change one value.
 * Shows:  processes with shared memory; its lock.
 * Run:    ./22_shared_counter
 * Prints: the value that they leave */
#include <duet/duet.h>
#include <stdio.h>

/* In a process of its own. */
static int increment(const void *argument, size_t length)
{
    duet_shared *counter = duet_process_shared(0);

    (void)argument;
    (void)length;
    if (duet_shared_lock(counter, NULL, DUET_NEVER) != 0)
        return 1;
    ++*(int *)duet_shared_at(counter, 0);
    duet_shared_unlock(counter);
    return 0;
}

static int run(void *argument)
{
    duet_shared *counter;
    const duet_process_options options = {.shared = &counter,
                                          .shared_count = 1};
    duet_process *processes[5] = {NULL};
    duet_exit_status end;
    int status = duet_shared_new(1, sizeof(int), &counter);

    (void)argument;
    for (int i = 0; i < 5 && status == 0; i++)
        status = duet_process_start(increment, NULL, 0, &options, &processes[i],
                                    duet_in_ms(10000));
    for (int i = 0; i < 5 && status == 0; i++) {
        status = duet_process_wait(processes[i], &end, duet_in_ms(10000));
        if (status == 0 && end.code != 0)
            status = DUET_EDIED; /* it has not counted */
    }
    if (status == 0)
        printf("the counter is %d\n", *(int *)duet_shared_at(counter, 0));
    for (int i = 0; i < 5; i++)
        duet_process_free(processes[i]);
    duet_shared_free(counter);
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
