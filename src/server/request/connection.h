/* SPDX-License-Identifier: MIT */
/* connection.h - what the server knows of a client's connection.
 *
 * libmicrohttpd owns the socket; ours is the record beside it, from the accept
 * to the close. Requests of one connection come one after another. */
#ifndef DUET_SERVER_REQUEST_CONNECTION_H
#define DUET_SERVER_REQUEST_CONNECTION_H

#include <stdbool.h>
#include <sys/socket.h>

#include <duet/server.h>

#include "base/list.h"
#include "base/map.h"
#include "http/message/stream_check.h"
#include "runtime/core/deadlines.h"

struct MHD_Connection;
struct duet__connections;
struct sockaddr;

typedef struct duet__connection {
    duet__link link;               /* in all->list */
    struct duet__connections *all; /* the server's */
    duet_server *server;
    struct MHD_Connection *mhd;
    int descriptor;                 /* borrowed from libmicrohttpd */
    const struct sockaddr *address; /* borrowed from libmicrohttpd */
    duet_request *request;          /* in progress; NULL between requests */
    duet__deadline_entry deadline;
    duet__deadline_entry look; /* see duet__connection_look_soon() */
    uint64_t sent_before;      /* when the send deadline was set */
    uint64_t received_before;  /* when the server stopped, or a lull ago */
    int64_t ends_ns;           /* while the server stops: when what it is waited
                                * for has taken too long; 0: not known */
    duet__map_entry *counted;  /* in all->addresses; NULL: not counted */
    duet__stream stream;       /* what was received */
    duet__link flawed_link;    /* in server->mhd.flawed */
    uint64_t lines_begun;      /* request lines that libmicrohttpd has read */
    duet__deadline_entry idle; /* see mhd/idle.h */
    const char *memory;        /* libmicrohttpd's block; NULL: not known */
    struct duet__outgoing *outgoing; /* a reply that is streamed; NULL: none */
    bool is_in_line;                 /* the next request's line has begun */
    bool is_shed;                    /* beyond a limit: all it gets is 503 */
    bool is_watched;                 /* see disconnect.h */
    bool has_half_closed; /* the client sends no more, but may read */
    bool is_reset;        /* and does not read either */
    bool has_hung_up;     /* one of them, and the handler was told */
    bool is_refused;      /* see refusal.h */
    bool is_cut;          /* by us, both ways */
    bool has_ended;       /* all that the client sent was read */
    bool does_not_delay;  /* TCP_NODELAY was set, by us */
    bool is_told;         /* libmicrohttpd's reply is not sent: the client
                           * has it, see mhd/told.h */
    bool may_send_on;     /* more than what was answered, see linger.h */
} duet__connection;

/* Has the client closed its side, and was all that it sent read? Asks the
 * system. */
bool duet__connection_is_at_end(const duet__connection *connection);

/* Has a request begun, and is the rest of it waited for? */
bool duet__connection_is_receiving(const duet__connection *connection);

/* Has a part of a request line come, behind all requests that libmicrohttpd has
 * begun with? Not for a connection's first. */
bool duet__connection_is_in_line(const duet__connection *connection);

/* The bytes that tell the client's address from others, without the port; none
 * if it is unknown. */
duet__text duet__connection_address(const duet__connection *connection);

/* Room for an address as text. */
enum { DUET__PEER_BYTES = 46 };

/* Writes the client's address, "" if it is unknown. */
void duet__connection_peer(const duet__connection *connection,
                           char text[DUET__PEER_BYTES]);

/* Ends the connection: libmicrohttpd will find it closed. */
void duet__connection_cut(duet__connection *connection);

#endif
