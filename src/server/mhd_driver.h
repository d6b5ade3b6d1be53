/* SPDX-License-Identifier: MIT */
/* mhd_driver.h - libmicrohttpd as a driver of the loop.
 *
 * The daemon runs in external-polling mode: its epoll descriptor sits in the
 * loop's, and MHD_run is called once a turn if that is readable, if
 * libmicrohttpd asked for it, or if connections were resumed. It is called from
 * the loop's stack only, never by a task and never from inside itself:
 * libmicrohttpd does not guard against that. */
#ifndef DUET_SERVER_MHD_DRIVER_H
#define DUET_SERVER_MHD_DRIVER_H

#include <duet/request.h>
#include <duet/server.h>

#include "runtime/loop.h"
#include "server/connection.h"

struct MHD_Connection;
struct MHD_Daemon;

typedef struct duet__mhd {
    duet__driver driver;
    struct MHD_Daemon *daemon;
    int epoll;            /* the daemon's; borrowed */
    duet_deadline due_at; /* when MHD_run must be called next */
    bool is_inside;       /* MHD_run is on the stack */
    const struct MHD_Connection *answering; /* whose access handler ran last */
    duet__list ended; /* of duet_request: suspended, and their tasks ended;
                       * resumed all at once, for resuming one costs as much
                       * as resuming many */
    size_t suspended; /* connections, those in `ended` included */
    duet__connection **checked; /* by descriptor; see mhd_receive.h */
    size_t checked_room;
    duet__stream_limits stream_limits;
    duet__deadlines idle;      /* see mhd_idle.h */
    duet__list flawed;         /* of duet__connection: to be refused */
    duet__connection *current; /* that libmicrohttpd works on; NULL: unknown */
    uint64_t steps;     /* bytes received and calls made, by libmicrohttpd */
    unsigned idle_runs; /* in a row, each without a step */
    bool lacks_descriptors; /* see mhd_accept.h, for all of these */
    bool is_adding_ended;
    bool is_paused; /* the daemon's descriptor is not watched */
} duet__mhd;

/* Starts the daemon on a listening socket, which is taken on success.
 *
 * Returns 0, or DUET_ENOMEM, DUET_EMFILE, ... */
int duet__mhd_start(duet_server *server, int listen_descriptor);

/* libmicrohttpd works on this connection. */
static inline void duet__mhd_step(duet__mhd *mhd, duet__connection *connection)
{
    mhd->steps++;
    mhd->current = connection;
}

/* Takes no more connections. */
void duet__mhd_quiesce(duet_server *server);

/* Ends the daemon, and the connections that are left; none is suspended. */
void duet__mhd_stop(duet_server *server);

#endif
