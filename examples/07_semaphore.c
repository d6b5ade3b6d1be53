/* SPDX-License-Identifier: MIT */
/* 07_semaphore.c - at most three at once.
 * Shows:  a semaphore lets three of six tasks through; the others wait in line.
 * Run:    ./07_semaphore
 * Prints: 1, 2 and 3 are in; then, one after the other, each out lets one in */
#include <duet/duet.h>
#include <stdio.h>

static duet_semaphore *doors;

static int visit(void *argument)
{
    int number = *(int *)argument;
    int status = duet_semaphore_acquire(doors, DUET_NEVER);

    if (status != 0)
        return status;
    printf("%d is in\n", number);
    for (int i = 0; i < 2 * number && status == 0; i++)
        status = duet_yield(); /* a while; the others go on */
    printf("%d is out\n", number);
    duet_semaphore_release(doors);
    return status;
}

static int run(void *argument)
{
    int numbers[] = {1, 2, 3, 4, 5, 6};
    duet_call calls[6];
    int status = duet_semaphore_new(3, NULL, &doors);

    (void)argument;
    if (status != 0)
        return status;
    for (int i = 0; i < 6; i++)
        calls[i] = (duet_call){.function = visit, .argument = &numbers[i]};
    status = duet_gather(calls, 6, NULL, DUET_NEVER);
    duet_semaphore_free(doors);
    return status;
}

int main(void)
{
    int status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
