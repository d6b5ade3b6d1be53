/* SPDX-License-Identifier: MIT */
/* outgoing.h - the bytes of a streamed reply on their way to the client.
 *
 * They go to the socket without libmicrohttpd, which would copy them twice, a
 * piece of its connection's memory at a time, and look at all connections that
 * are suspended for each. What the client does not take stays in one ring and
 * follows when it does, whoever waits for it meanwhile. Small pieces are held
 * back to be sent together, until the end of the loop's turn at most. */
#ifndef DUET_SERVER_CONNECTION_OUTGOING_H
#define DUET_SERVER_CONNECTION_OUTGOING_H

#include <duet/time.h>

#include "server/request/connection.h"
#include "stream/core/ring.h"

enum { DUET__CHUNK_SIZE_BYTES = 24 }; /* the longest line of a chunk's size */

struct duet__outgoing {
    duet__connection *connection;
    /* Called when the client has taken something, or has gone. */
    void (*look)(struct duet__outgoing *outgoing);
    bool is_chunked;
    bool is_stalled; /* the socket has taken all it could */
    bool is_last;    /* nothing is put any more */
    int failure;     /* what each call returns from now on; 0: none */
    /* What was not sent yet, in the order of sending. */
    duet__text head;
    duet__text size; /* of the chunk, in size_line */
    duet__ring ring;
    size_t owed; /* of the ring, what is of the chunk that has begun */
    duet__text chunk_end;
    duet__text end;        /* behind the last chunk */
    duet__text end_if_all; /* becomes `end` with the last chunk */
    duet__link held;       /* in server->held.list */
    duet__list waiting;    /* of duet__wait */
    uint64_t since_yield;  /* bytes sent since the task let others run */
    char size_line[DUET__CHUNK_SIZE_BYTES];
};

typedef struct duet__outgoing duet__outgoing;

/* Begins. The head is sent with what comes first, in this turn of the loop if
 * nothing does.
 *
 *   head  lives as long as the connection's request */
void duet__outgoing_init(duet__outgoing *outgoing, duet__connection *connection,
                         duet__text head, size_t ring_bytes, bool is_chunked);

/* Takes at least one of the bytes, and waits until it can.
 *
 * Returns 0, or
 *   DUET_EDISCONNECTED  the client is gone
 *   DUET_ENOMEM         no memory for the ring, or to watch the socket
 *   and the codes of duet__park(), with nothing taken */
DUET_MUST_USE int duet__outgoing_put(duet__outgoing *outgoing,
                                     const char *bytes, size_t length,
                                     size_t *out_taken, duet_deadline deadline);

/* Sends what the system takes at once. */
void duet__outgoing_push(duet__outgoing *outgoing);

/* Waits until the system has all that was put. Returns the same codes. */
DUET_MUST_USE int duet__outgoing_flush(duet__outgoing *outgoing,
                                       duet_deadline deadline);

/* The same; nothing is put behind it, and `end` is sent.
 *
 *   end  lives as long as the connection's request */
DUET_MUST_USE int duet__outgoing_end(duet__outgoing *outgoing, duet__text end,
                                     duet_deadline deadline);

/* Is all sent? */
bool duet__outgoing_is_empty(const duet__outgoing *outgoing);

/* Drops what was not sent; from now on each call fails with `code`. */
void duet__outgoing_fail(duet__outgoing *outgoing, int code);

/* Frees what it has; the connection stays. */
void duet__outgoing_free(duet__outgoing *outgoing);

/* --- of a server --------------------------------------------------------- */

void duet__outgoing_held_init(duet_server *server);

/* No connection is left. */
void duet__outgoing_held_stop(duet_server *server);

#endif
