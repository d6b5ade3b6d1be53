/* SPDX-License-Identifier: MIT */
/* linger.c - connections without libmicrohttpd, at their end.
 *
 * Owns the duplicates. Invariant: each has a deadline and is watched. */
#include "server/connection/linger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/connection/quiet.h"

enum { PIECE_BYTES = 16384, PIECES_AT_ONCE = 64 };

typedef struct lingering {
    duet__deadline_entry deadline; /* in all->lingering */
    duet__connections *all;
    int descriptor;
    size_t bytes_left; /* that are thrown away before it is closed */
} lingering;

static void end(lingering *self)
{
    duet__connections *all = self->all;

    duet__deadline_clear(&self->deadline);
    duet__source_remove(&all->loop->descriptors, self->descriptor);
    close(self->descriptor);
    free(self);
    all->lingering_count--;
    duet__quiet_look(all);
}

static void time_is_over(duet__deadlines *deadlines,
                         duet__deadline_entry *entry)
{
    (void)deadlines;
    end(DUET__MEMBER(entry, lingering, deadline));
}

static void readable(void *context, int descriptor, uint32_t events)
{
    lingering *self = context;
    char thrown_away[PIECE_BYTES];
    ssize_t count = 1;

    (void)events;
    for (int i = 0; i < PIECES_AT_ONCE && count > 0; i++) {
        count = recv(descriptor, thrown_away, sizeof thrown_away, MSG_DONTWAIT);
        if (count > 0 && (size_t)count >= self->bytes_left)
            count = 0;
        if (count > 0)
            self->bytes_left -= (size_t)count;
    }
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        end(self);
}

/* A connection that was cut has nothing to tell any more. */
static bool is_wanted(const duet__connection *connection)
{
    char byte;

    if (connection->is_cut || connection->has_ended ||
        connection->all->lingering_count >= DUET__LINGERING_MAX)
        return false;
    return connection->may_send_on || connection->stream.flaw != 0 ||
           connection->stream.lines > connection->lines_begun ||
           recv(connection->descriptor, &byte, sizeof byte,
                MSG_PEEK | MSG_DONTWAIT) > 0;
}

void duet__linger_begin(const duet__connection *connection)
{
    duet__connections *all = connection->all;
    lingering *self;

    if (!is_wanted(connection))
        return;
    self = calloc(1, sizeof *self);
    if (self == NULL)
        return;
    self->all = all;
    self->bytes_left = DUET__LINGER_BYTES_MAX;
    self->descriptor = fcntl(connection->descriptor, F_DUPFD_CLOEXEC, 0);
    if (self->descriptor < 0 ||
        duet__source_watch(&all->loop->descriptors, self->descriptor,
                           EPOLLIN | EPOLLRDHUP, readable, self) != 0) {
        if (self->descriptor >= 0)
            close(self->descriptor);
        free(self);
        return;
    }
    duet__link_init(&self->deadline.link);
    duet__deadlines_set(&all->lingering, &self->deadline);
    all->lingering_count++;
    all->lingered++;
    shutdown(self->descriptor, SHUT_WR);
}

int duet__linger_init(duet__connections *connections)
{
    return duet__deadlines_init(&connections->lingering, connections->loop,
                                DUET__LINGER_MS * INT64_C(1000000),
                                time_is_over);
}

void duet__linger_stop(duet__connections *connections)
{
    duet__list *entries = &connections->lingering.entries;

    while (!duet__list_is_empty(entries))
        end(DUET__MEMBER(entries->next, lingering, deadline.link));
    duet__deadlines_stop(&connections->lingering);
}
