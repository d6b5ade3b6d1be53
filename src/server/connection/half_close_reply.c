/* SPDX-License-Identifier: MIT */
/* half_close_reply.c - sending a reply without libmicrohttpd. */
#include "server/connection/half_close_reply.h"

#include <errno.h>
#include <sys/socket.h>

#include <duet/descriptor.h>

#include "base/error.h"
#include "server/connection/disconnect.h"
#include "server/request/reply_wire.h"
#include "server/request/request_cancel.h"
#include "server/request/server_state.h"

/* A client that reads nothing for send_timeout_ms has gone. */
static int wait_until_writable(const duet_request *request)
{
    int64_t duration_ns = request->server->settings.send_timeout_ns;

    return duet_wait_writable(
        request->connection->descriptor,
        duration_ns == INT64_MAX ? DUET_NEVER : duet_in_ns(duration_ns));
}

static int send_all(const duet_request *request, duet__text left)
{
    int status = 0;

    while (left.length > 0 && status == 0) {
        ssize_t count = send(request->connection->descriptor, left.bytes,
                             left.length, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (count >= 0)
            left = duet__text_skip(left, (size_t)count);
        else if (errno == EAGAIN)
            status = wait_until_writable(request);
        else if (errno != EINTR)
            status = duet__error_from_errno(errno);
    }
    return status;
}

void duet__half_close_send(duet_request *request)
{
    duet__connection *connection = request->connection;
    duet__buffer buffer;

    request->run.sends_reply = true;
    duet__deadline_clear(&connection->deadline);
    duet__disconnect_stop(connection);
    duet__buffer_init(&buffer, SIZE_MAX);
    if (duet__reply_wire(&buffer, request) == 0 &&
        send_all(request, duet__buffer_text(&buffer)) == 0)
        request->run.is_answered = true;
    else
        connection->has_hung_up = true;
    duet__buffer_free(&buffer);
}

void duet__half_close_reply(duet_request *request)
{
    duet__connection *connection = request->connection;

    if (!request->run.is_suspended || request->stream != NULL ||
        connection->has_hung_up || !duet__request_survives_half_close(request))
        return;
    /* It may have closed just now, and nobody has heard of it yet. */
    if (!connection->has_half_closed && !duet__connection_is_at_end(connection))
        return;
    duet__half_close_send(request);
}
