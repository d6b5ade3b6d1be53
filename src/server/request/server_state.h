/* SPDX-License-Identifier: MIT */
/* server_state.h - a running server: what its files share. */
#ifndef DUET_SERVER_REQUEST_SERVER_STATE_H
#define DUET_SERVER_REQUEST_SERVER_STATE_H

#include <duet/server.h>

#include "base/life.h"
#include "base/list.h"
#include "base/map.h"
#include "runtime/core/scope.h"
#include "runtime/core/wait.h"
#include "server/request/connection.h"
#include "server/application/deadlines.h"
#include "server/request/mhd_state.h"
#include "server/application/settings.h"

/* What a connection is waited for, each with a time of its own. */
typedef enum duet__await {
    DUET__AWAIT_HEAD,       /* the rest of a head, or a first one */
    DUET__AWAIT_BODY,       /* the rest of a body */
    DUET__AWAIT_HANDLER,    /* the handler's end */
    DUET__AWAIT_SEND,       /* progress in sending the reply */
    DUET__AWAIT_KEEP_ALIVE, /* the next request */
    DUET__AWAIT_LINGER,     /* a client that was refused */
    DUET__AWAITS,
} duet__await;

enum {
    DUET__LINGER_MS = 1000,
    DUET__LOOK_MS = 10,
    /* A stop waits no longer for the next byte of a request. */
    DUET__LULL_MS = 1000,
};

struct duet_server {
    DUET__LIFE
    duet_loop *loop;
    duet_application *application; /* borrowed */
    duet__settings settings;
    duet__mhd mhd;
    duet__scope handlers;   /* the tasks; their argument is the request */
    duet__list connections; /* of duet__connection */
    duet__map addresses;    /* to how many connections; if they are limited */
    duet__deadlines awaits[DUET__AWAITS];
    duet__deadlines looks; /* see duet__awaits_look() */
    duet__deadlines lingering;
    size_t lingering_count; /* see linger.h */
    uint64_t lingered;      /* since the start */
    duet__list pool;        /* of idle duet_request */
    size_t pool_count;
    duet__list quiet; /* of duet__wait: who waits for no connection */
    bool is_stopping;
    duet_server_counts counts;
    char known_host[128]; /* a valid value of Host that was seen */
    size_t known_host_length;
    uint16_t port;
    char url[96];
};

/* Sets what the connection is waited for, from now on. */
static inline void duet__server_await(duet__connection *connection,
                                      duet__await await)
{
    duet__deadlines_set(&connection->server->awaits[await],
                        &connection->deadline);
}

/* Has the connection looked at in a moment, if it is still waiting for bytes
 * then: a client that has closed its side is heard of by its end of file, but
 * libmicrohttpd misses that one if it came together with the last bytes. A
 * connection that is busy is never looked at. */
static inline void duet__awaits_look(duet__connection *connection)
{
    duet__deadlines_set(&connection->server->looks, &connection->look);
}

#endif
