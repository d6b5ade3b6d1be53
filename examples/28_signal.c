/* SPDX-License-Identifier: MIT */
/* 28_signal.c - a signal that starts a task.
 * Shows:  a handler may wait; nothing is forbidden in it.
 * Run:    ./28_signal
 * Prints: waiting; SIGHUP: reading again; SIGHUP: done; heard of it */
#include <duet/duet.h>
#include <signal.h>
#include <stdio.h>

static int read_again(void *event)
{
    printf("SIGHUP: reading again\n");
    int status = duet_sleep(duet_in_ms(50));
    if (status == 0)
        printf("SIGHUP: done\n");
    duet_event_set(event);
    return status;
}

static int run(void *argument)
{
    duet_signal_handler *handler;
    duet_event *event;
    int status = duet_event_new(&event);

    (void)argument;
    if (status != 0)
        return status;
    status = duet_signal_handler_new(SIGHUP, read_again, event, &handler);
    if (status == 0) {
        printf("waiting\n");
        raise(SIGHUP); /* or kill -HUP, from outside */
        status = duet_event_wait(event, DUET_NEVER);
        duet_signal_handler_free(handler);
    }
    if (status == 0)
        printf("heard of it\n");
    duet_event_free(event);
    return status;
}

int main(void)
{
    int status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
