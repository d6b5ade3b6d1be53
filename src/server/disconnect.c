/* SPDX-License-Identifier: MIT */
/* disconnect.c - the watch, and what a hang-up does. */
#include "server/disconnect.h"

#include "server/request.h"
#include "server/server.h"

static void hung_up(void *context, int descriptor, uint32_t events)
{
    duet__connection *connection = context;
    duet_request *request = connection->request;

    (void)descriptor;
    (void)events;
    if (connection->has_hung_up)
        return;
    connection->has_hung_up = true;
    if (request != NULL && request->task != NULL)
        duet__request_peer_gone(request);
}

void duet__disconnect_watch(duet__connection *connection)
{
    if (connection->has_hung_up) {
        duet__request_peer_gone(connection->request);
        return;
    }
    if (connection->is_watched)
        return;
    /* Without memory for it the handler merely runs to its end. */
    connection->is_watched =
        duet__source_watch(&connection->server->loop->descriptors,
                           connection->descriptor, EPOLLRDHUP | EPOLLET,
                           hung_up, connection) == 0;
}

void duet__disconnect_forget(duet__connection *connection)
{
    if (connection->is_watched)
        duet__source_forget(&connection->server->loop->descriptors,
                            connection->descriptor);
    connection->is_watched = false;
}
