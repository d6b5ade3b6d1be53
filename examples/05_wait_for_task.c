/* SPDX-License-Identifier: MIT */
/* 05_wait_for_task.c - a task that needs another's result.
 * Shows:  duet_spawn() starts a task, duet_join() waits for its result.
 * Run:    ./05_wait_for_task
 * Prints: the order: asked, meanwhile, answered; then: the answer is 42 */
#include <duet/duet.h>
#include <stdio.h>

static int answer(void *argument)
{
    (void)argument;
    printf("answer: asked\n");
    int status = duet_sleep(duet_in_ms(100));
    if (status != 0)
        return status;
    printf("answer: answered\n");
    return 42;
}

static int run(void *argument)
{
    duet_task *task;
    int result;
    int status = duet_spawn(answer, NULL, NULL, &task);

    (void)argument;
    if (status == 0)
        status = duet_yield();
    if (status != 0)
        return status;
    printf("main: meanwhile, something else\n");
    status = duet_join(task, &result, DUET_NEVER);
    if (status == 0)
        printf("main: the answer is %d\n", result);
    return status;
}

int main(void)
{
    int status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
