/* SPDX-License-Identifier: MIT */
/* 31_chat.c - a chat: what one guest says, all others hear.
 * Shows:  streams over sockets, a task for each connection.
 * Run:    ./31_chat PORT, then telnet 127.0.0.1 PORT, twice; 0 is a free port
 * Prints: where it listens */
#include <duet/duet.h>
#include <stdio.h>
#include <stdlib.h>

enum { GUESTS_MAX = 100 };
static duet_connection *guests[GUESTS_MAX];
static size_t count;

/* DUET_NOW: who is behind misses the line, and nobody waits for another. */
static int say(duet_connection *to, const char *line)
{
    return duet_writef(duet_connection_writer(to), DUET_NOW, "%s\n", line);
}

static int host_guest(duet_connection *guest, void *context)
{
    duet_reader *reader = duet_connection_reader(guest);
    const char *line;
    int status = say(guest, "welcome");
    (void)context;
    guests[count++] = guest;
    while (status == 0 &&
           (status = duet_read_line(reader, &line, NULL, DUET_NEVER)) == 0)
        for (size_t i = 0; i < count; i++)
            if (guests[i] != guest && say(guests[i], line) != 0)
                fprintf(stderr, "a guest missed: %s\n", line);
    for (size_t i = 0; i < count; i++)
        if (guests[i] == guest)
            guests[i] = guests[--count];
    return status == DUET_EEMPTY ? 0 : status;
}

static int chat(void *port)
{
    const duet_listener_options where = {.port = *(uint16_t *)port};
    const duet_listener_serve_options few = {.connections_max = GUESTS_MAX};
    duet_listener *listener;
    int status = duet_listener_open(&where, &listener);
    if (status != 0)
        return status;
    printf("listening on 127.0.0.1:%u\n", duet_listener_port(listener));
    fflush(stdout);
    status = duet_listener_serve(listener, host_guest, NULL, &few, DUET_NEVER);
    duet_listener_close(listener);
    return status == DUET_ECANCELED ? 0 : status; /* by a signal */
}

int main(int argc, char **argv)
{
    uint16_t port = argc > 1 ? (uint16_t)strtoul(argv[1], NULL, 10) : 0;
    int status = duet_run(chat, &port, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
