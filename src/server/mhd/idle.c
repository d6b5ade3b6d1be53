/* SPDX-License-Identifier: MIT */
/* idle.c - pages given back.
 *
 * Invariant: connection->memory is where the block begins, for libmicrohttpd
 * reads each head into its start, and no empty line before it gets that far
 * (http/stream_check.h). Between requests nothing in the block is needed. */
#include "server/mhd/idle.h"

#include <sys/mman.h>
#include <unistd.h>

/* So long must a connection be idle: touching a page anew costs as much as
 * some small requests do in it. */
enum { IDLE_MS = 1000 };

/* Has libmicrohttpd nothing of a next request in its memory? */
static bool is_idle(const duet__connection *connection)
{
    const duet__stream *stream = &connection->stream;

    return connection->request == NULL && connection->memory != NULL &&
           !connection->is_refused && stream->flaw == 0 &&
           stream->state == DUET__STREAM_LINE && stream->line_length == 0 &&
           stream->lines == connection->lines_begun;
}

static void passed(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    duet__connection *connection = DUET__MEMBER(entry, duet__connection, idle);
    const duet__settings *settings = &connection->server->settings;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t block = (uintptr_t)connection->memory;
    uintptr_t start = (block + 2 * page - 1) & ~(page - 1);
    uintptr_t end = (block + settings->connection_memory_bytes) & ~(page - 1);

    (void)deadlines;
    /* If the system does not want them they stay. */
    if (is_idle(connection) && end > start)
        (void)madvise((void *)start, end - start, MADV_DONTNEED);
}

int duet__mhd_idle_init(duet_server *server)
{
    return duet__deadlines_init(&server->mhd.idle, server->loop,
                                IDLE_MS * INT64_C(1000000), passed);
}

void duet__mhd_idle_stop(duet_server *server)
{
    duet__deadlines_stop(&server->mhd.idle);
}

void duet__mhd_idle_begin(duet__connection *connection)
{
    duet__deadlines_set(&connection->server->mhd.idle, &connection->idle);
}
