/* SPDX-License-Identifier: MIT */
/* early_reply.c - a reply in the middle of a body, and the close behind it. */
#include "server/connection/early_reply.h"

#include <sys/socket.h>

#include "server/connection/half_close_reply.h"
#include "server/connection/request_body.h"
#include "server/request/access_log.h"
#include "server/request/reply_stream_state.h"
#include "server/request/server_state.h"

bool duet__early_reply_can_wait(const duet_request *request)
{
    const duet__request_body *body = duet__request_body_of(request);
    uint64_t length = request->head.framing.length;

    return length > 0 && !body->expects_100 &&
           length - body->received <= request->run.match.route->drain_bytes_max;
}

/* From now on all that comes is thrown away, for a moment. */
static void finish(duet_request *request)
{
    duet__connection *connection = request->connection;

    connection->is_refused = true; /* has its reply, and gets no other */
    if (request->server->settings.access_log != NULL)
        duet__access_log_write(connection, request->reply.status,
                               duet__reply_sent_bytes(request));
    shutdown(connection->descriptor, SHUT_WR);
}

void duet__early_reply(duet_request *request)
{
    duet__connection *connection = request->connection;

    request->body.is_discarded = true;
    if (connection->is_refused || connection->has_hung_up)
        return;
    if (request->stream == NULL) {
        if (duet__early_reply_can_wait(request))
            return;
        duet__half_close_send(request);
    }
    if (connection->has_hung_up) /* while it was sent */
        return;
    if (request->stream == NULL || request->stream->closes ||
        request->stream->is_broken)
        finish(request);
}
