/* SPDX-License-Identifier: MIT */
/* 16_to_thread.c - a call that blocks, off the loop.
 * Shows:  duet_to_thread() runs it in a thread; a task ticks meanwhile.
 * Run:    ./16_to_thread
 * Prints: three ticks while the call blocks, then its result */
#include <duet/duet.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static atomic_int ticks;

static int tick(void *argument)
{
    int status;

    (void)argument;
    while ((status = duet_sleep(duet_in_ms(10))) == 0)
        if (++ticks <= 3)
            printf("tick %d\n", ticks);
    return status;
}

/* Blocks its thread until the loop has ticked three times. */
static int block(void *argument)
{
    (void)argument;
    while (atomic_load(&ticks) < 3)
        usleep(1000);
    return 42;
}

static int run(void *argument)
{
    int result;
    int status;

    (void)argument;
    status = duet_spawn(tick, NULL, NULL, NULL);
    if (status == 0)
        status = duet_to_thread(block, NULL, &result, duet_in_ms(10000));
    if (status == 0)
        printf("the blocking call returned %d\n", result);
    return status;
}

int main(void)
{
    int status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
