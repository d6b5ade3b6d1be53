/* SPDX-License-Identifier: MIT */
/* 19_thread.c - a thread, and a task that it hands to the loop.
 * Shows:  a thread may block; what is for the loop runs there, as a task.
 * Run:    ./19_thread
 * Prints: thread: begins; loop: 7; thread: heard 49; main: the thread ended */
#include <duet/duet.h>
#include <stdio.h>

static duet_loop *loop;

/* On the loop, as a task. */
static int square(void *number)
{
    printf("loop: %d\n", *(int *)number);
    return *(int *)number * *(int *)number;
}

/* In the thread. */
static int work(void *number)
{
    int result;
    int status;

    printf("thread: begins\n");
    status =
        duet_run_from_thread(loop, square, number, NULL, &result, DUET_NEVER);
    if (status == 0)
        printf("thread: heard %d\n", result);
    return status;
}

static int run(void *argument)
{
    static int number = 7;
    duet_thread *thread;
    int result;
    int status;

    (void)argument;
    loop = duet_current_loop();
    status = duet_thread_start(work, &number, NULL, &thread);
    if (status == 0)
        status = duet_thread_join(thread, &result, duet_in_ms(10000));
    if (status == 0)
        printf("main: the thread ended\n");
    return status == 0 ? result : status;
}

int main(void)
{
    int status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
