/* SPDX-License-Identifier: MIT */
/* mhd_state.h - what a server keeps for libmicrohttpd. */
#ifndef DUET_SERVER_REQUEST_MHD_STATE_H
#define DUET_SERVER_REQUEST_MHD_STATE_H

#include "runtime/core/loop.h"
#include "server/request/connection.h"
#include "runtime/core/deadlines.h"

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
    duet__connection **checked; /* by descriptor; see checked.h */
    size_t checked_room;
    duet__stream_limits stream_limits;
    duet__deadlines idle;      /* see mhd/idle.h */
    duet__list flawed;         /* of duet__connection: to be refused */
    duet__connection *current; /* that libmicrohttpd works on; NULL: unknown */
    uint64_t steps;     /* bytes received and calls made, by libmicrohttpd */
    unsigned idle_runs; /* in a row, each without a step */
    struct duet__shared *shared; /* see mhd/shared.h */
    struct MHD_Response *told;   /* see mhd/told.h; NULL: not needed yet */
    bool lacks_descriptors;      /* see mhd/accept.h, for all of these */
    bool is_adding_ended;
    bool is_paused; /* the daemon's descriptor is not watched */
} duet__mhd;

/* libmicrohttpd works on this connection. */
static inline void duet__mhd_step(duet__mhd *mhd, duet__connection *connection)
{
    mhd->steps++;
    mhd->current = connection;
}

/* The task of a suspended request has ended: has its connection resumed before
 * the next MHD_run.
 *
 *   link  the request's */
static inline void duet__mhd_resume(duet__mhd *mhd, duet__link *link)
{
    duet__list_push_back(&mhd->ended, link);
    mhd->due_at = DUET_NOW;
}

#endif
