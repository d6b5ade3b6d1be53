/* SPDX-License-Identifier: MIT */
/* 02_three_hellos.c - three tasks at once.
 * Shows:  duet_gather() runs calls together: one second in all, not three.
 * Run:    ./02_three_hellos
 * Prints: one one one two two two */
#include <duet/duet.h>
#include <stdio.h>

static int count(void *argument)
{
    (void)argument;
    printf("one\n");
    int status = duet_sleep(duet_in_ms(1000));
    if (status == 0)
        printf("two\n");
    return status;
}

static int run(void *argument)
{
    duet_call calls[] = {
        {.function = count}, {.function = count}, {.function = count}};

    (void)argument;
    return duet_gather(calls, 3, NULL, DUET_NEVER);
}

int main(void)
{
    int status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
