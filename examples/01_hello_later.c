/* SPDX-License-Identifier: MIT */
/* 01_hello_later.c - a task that waits one second.
 * Shows:  duet_sleep() suspends the task, not the thread.
 * Run:    ./01_hello_later
 * Prints: hello ...; and one second later: ... world! */
#include <duet/duet.h>
#include <stdio.h>

static int hello(void *argument)
{
    (void)argument;
    printf("hello ...\n");
    int status = duet_sleep(duet_in_ms(1000));
    if (status == 0)
        printf("... world!\n");
    return status;
}

int main(void)
{
    int status = duet_run(hello, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
