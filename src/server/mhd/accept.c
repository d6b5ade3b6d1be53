/* SPDX-License-Identifier: MIT */
/* accept.c - what helps when descriptors are lacking. */
#include "server/mhd/accept.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/mhd/watch.h"
#include "server/request/server_state.h"

/* Until it is tried again. */
enum { PAUSE_MS = 50 };

/* Ends the connection that has waited the longest for its next request. */
static bool cut_idle(duet_server *server)
{
    const duet__list *idle =
        &server->connections.timeouts[DUET__EXPECT_KEEP_ALIVE].entries;
    duet__deadline_entry *entry;

    if (duet__list_is_empty(idle))
        return false;
    entry = DUET__MEMBER(idle->next, duet__deadline_entry, link);
    duet__deadline_clear(entry);
    duet__connection_cut(DUET__MEMBER(entry, duet__connection, deadline));
    return true;
}

/* Gives libmicrohttpd a connection that has ended: when it has cleaned up
 * behind that, it listens. */
static bool add_ended(duet_server *server)
{
    const struct sockaddr_in nobody = {.sin_family = AF_INET};
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                   pair) != 0)
        return false;
    close(pair[1]);
    server->mhd.is_adding_ended = true;
    (void)MHD_add_connection(server->mhd.daemon, pair[0],
                             (const struct sockaddr *)&nobody, sizeof nobody);
    server->mhd.is_adding_ended = false;
    return true;
}

static void pause_all(duet_server *server)
{
    duet__source_remove(&server->loop->descriptors, server->mhd.epoll);
    server->mhd.is_paused = true;
}

void duet__mhd_accept_look(duet_server *server)
{
    duet__mhd *mhd = &server->mhd;

    if (!mhd->lacks_descriptors)
        return;
    if (server->connections.count == 0)
        pause_all(server);
    else if (!cut_idle(server) && !add_ended(server)) {
        duet__mhd_run_within(mhd, PAUSE_MS);
        return; /* still lacking */
    }
    mhd->lacks_descriptors = false;
    duet__mhd_run_within(mhd, mhd->is_paused ? PAUSE_MS : 0);
}

void duet__mhd_accept_resume(duet_server *server)
{
    duet__mhd *mhd = &server->mhd;

    if (!mhd->is_paused)
        return;
    /* Without memory for it the next moment is tried. */
    if (duet__mhd_watch(server) == 0)
        mhd->is_paused = false;
    else
        duet__mhd_run_within(mhd, PAUSE_MS);
}
