/* SPDX-License-Identifier: MIT */
/* connections_state.h - all connections of a server, and what is waited for on
 * them. The files of connection/ own the parts. */
#ifndef DUET_SERVER_REQUEST_CONNECTIONS_STATE_H
#define DUET_SERVER_REQUEST_CONNECTIONS_STATE_H

#include "base/list.h"
#include "base/map.h"
#include "runtime/core/deadlines.h"
#include "server/application/settings.h"
#include "server/request/connection.h"

/* What is expected on a connection, each with a time-out of its own. */
typedef enum duet__expected {
    DUET__EXPECT_HEAD,       /* the rest of a head, or a first one */
    DUET__EXPECT_BODY,       /* the rest of a body */
    DUET__EXPECT_HANDLER,    /* the handler's end */
    DUET__EXPECT_SEND,       /* progress in sending the reply */
    DUET__EXPECT_KEEP_ALIVE, /* the next request */
    DUET__EXPECT_LINGER,     /* a client that was refused goes */
    DUET__EXPECTED_KINDS,
} duet__expected;

enum {
    DUET__LINGER_MS = 1000,
    DUET__LOOK_MS = 10,
    /* A stop waits no longer for the next byte of a request. */
    DUET__LULL_MS = 1000,
};

typedef struct duet__connections {
    duet_loop *loop;
    const duet__settings *settings; /* the server's */
    duet__list list;                /* of duet__connection */
    uint64_t count;
    uint64_t accepted;   /* since the start */
    duet__map addresses; /* to how many connections; if they are limited */
    duet__deadlines timeouts[DUET__EXPECTED_KINDS];
    duet__deadlines looks; /* see duet__connection_look_soon() */
    bool is_hurried;       /* who pauses inside a request is refused */
    duet__list quiet;      /* of duet__wait: who waits for no connection */

    /* See connection/linger.h. */
    duet__deadlines lingering;
    size_t lingering_count;
    uint64_t lingered; /* since the start */
} duet__connections;

/* Sets what is expected on the connection, from now on. */
static inline void duet__connection_expect(duet__connection *connection,
                                           duet__expected expected)
{
    duet__deadlines_set(&connection->all->timeouts[expected],
                        &connection->deadline);
}

/* Has the connection looked at in a moment, if it is still waiting for bytes
 * then: a client that has closed its side is heard of by its end of file, but
 * libmicrohttpd misses that one if it came together with the last bytes. A
 * connection that is busy is never looked at. */
static inline void duet__connection_look_soon(duet__connection *connection)
{
    duet__deadlines_set(&connection->all->looks, &connection->look);
}

#endif
