/* SPDX-License-Identifier: MIT */
/* watch.c - the daemon's descriptor, and mhd.due_at. */
#include "server/mhd/watch.h"

#include "server/request/server_state.h"

void duet__mhd_run_within(duet__mhd *mhd, int64_t ms)
{
    mhd->due_at =
        duet_deadline_earlier(mhd->due_at, ms == 0 ? DUET_NOW : duet_in_ms(ms));
}

static void readable(void *context, int descriptor, uint32_t events)
{
    duet_server *server = context;

    (void)descriptor;
    (void)events;
    server->mhd.due_at = DUET_NOW;
}

int duet__mhd_watch(duet_server *server)
{
    return duet__source_watch(&server->loop->descriptors, server->mhd.epoll,
                              EPOLLIN, readable, server);
}
