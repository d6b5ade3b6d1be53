/* SPDX-License-Identifier: MIT */
/* disconnect.c - the watch, and what a hang-up does. */
#include "server/connection/disconnect.h"

#include "server/connection/request_body.h"
#include "server/connection/outgoing.h"
#include "server/request/request_cancel.h"
#include "server/request/connections_state.h"
#include "server/request/request.h"

/* A request is running, and its client sends no more. */
static void tell_handler(duet__connection *connection)
{
    duet_request *request = connection->request;

    if (connection->has_hung_up ||
        (!connection->is_reset && duet__request_survives_half_close(request)))
        return;
    connection->has_hung_up = true;
    if (request->body.is_coming)
        duet__request_body_fail(request, DUET_EDISCONNECTED, 503);
    duet__request_peer_gone(request);
}

static void hang_up(duet__connection *connection, uint32_t events)
{
    const duet_request *request = connection->request;

    connection->has_half_closed = true;
    connection->is_reset |= (events & (EPOLLHUP | EPOLLERR)) != 0;
    if (request != NULL && request->run.task != NULL) {
        /* There may be more of the body, up to the end that was heard of. */
        if (!request->body.is_coming || request->run.is_suspended ||
            connection->is_reset)
            tell_handler(connection);
    } else {
        duet__connection_look_soon(connection);
    }
}

static void happened(void *context, int descriptor, uint32_t events)
{
    duet__connection *connection = context;

    (void)descriptor;
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
        hang_up(connection, events);
    if (connection->outgoing != NULL)
        connection->outgoing->look(connection->outgoing);
}

static int watch(duet__connection *connection, uint32_t events)
{
    int status = duet__source_watch(
        &connection->all->loop->descriptors, connection->descriptor,
        events | EPOLLRDHUP | EPOLLET, happened, connection);

    connection->is_watched |= status == 0;
    return status;
}

void duet__disconnect_watch(duet__connection *connection)
{
    if (connection->has_half_closed)
        tell_handler(connection);
    /* Without memory for it the handler merely runs to its end. */
    if (!connection->is_watched)
        (void)watch(connection, 0);
}

int duet__disconnect_watch_writable(duet__connection *connection)
{
    return watch(connection, EPOLLOUT);
}

void duet__disconnect_stop(duet__connection *connection)
{
    if (connection->is_watched)
        duet__source_remove(&connection->all->loop->descriptors,
                            connection->descriptor);
    connection->is_watched = false;
}

void duet__disconnect_forget(duet__connection *connection)
{
    if (connection->is_watched)
        duet__source_forget(&connection->all->loop->descriptors,
                            connection->descriptor);
    connection->is_watched = false;
}
