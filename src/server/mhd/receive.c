/* SPDX-License-Identifier: MIT */
/* receive.c - libmicrohttpd's recv().
 *
 * Invariant: a connection whose stream has a flaw passes nothing on any more;
 * it is in mhd.flawed until it is refused. */
#include "server/mhd/receive.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "server/connection/checked.h"
#include "server/connection/request_body.h"
#include "server/connection/outgoing.h"
#include "server/mhd/reference.h"
#include "server/request/refusal.h"
#include "server/request/request_cancel.h"
#include "server/request/request.h"

static _Thread_local duet_server *receiver;

/* Of a flawed connection so much is thrown away at once; a client that sends
 * faster is cut off. */
enum { DROP_BYTES = 16384, DROPS_MAX = 1024 };

/* --- receiving ----------------------------------------------------------- */

static ssize_t nothing_yet(void)
{
    errno = EAGAIN;
    return -1;
}

/* Reads all that is there: the socket is edge-triggered. libmicrohttpd may have
 * room for a byte only. */
static ssize_t drop(duet__connection *connection)
{
    char dropped[DROP_BYTES];

    for (int i = 0; i < DROPS_MAX; i++) {
        ssize_t count =
            recv(connection->descriptor, dropped, sizeof dropped, 0);

        connection->has_ended |= count == 0;
        if (count <= 0)
            return count;
    }
    duet__connection_cut(connection);
    return 0;
}

/* Half a request line has come behind other requests: from now on the rest is
 * waited for, as it is for the first. */
static void await_line(duet__connection *connection)
{
    if (connection->is_in_line || !duet__connection_is_in_line(connection))
        return;
    connection->is_in_line = true;
    duet__connection_expect(connection, DUET__EXPECT_HEAD);
    duet__connection_look_soon(connection);
}

/* The client's end may have come with what was just read, in the middle of a
 * request: libmicrohttpd would not hear of it. */
static void look_for_end(duet__connection *connection)
{
    const duet__stream *stream = &connection->stream;

    if (stream->state != DUET__STREAM_LINE || stream->line_length > 0)
        duet__connection_look_soon(connection);
}

static ssize_t receive_checked(duet__connection *connection, char *bytes,
                               size_t room)
{
    duet__mhd *mhd = &connection->server->mhd;
    size_t passed = 0;

    for (;;) {
        size_t asked = room - passed;
        ssize_t count = recv(connection->descriptor, bytes + passed, asked, 0);

        connection->has_ended |= count == 0;
        if (count <= 0)
            return passed > 0 ? (ssize_t)passed : count;
        passed += duet__stream_check(&connection->stream, &mhd->stream_limits,
                                     bytes + passed, (size_t)count);
        if (connection->stream.flaw != 0) {
            duet__list_push_back(&mhd->flawed, &connection->flawed_link);
            return passed > 0 ? (ssize_t)passed : drop(connection);
        }
        await_line(connection);
        /* If it were all libmicrohttpd would know from the count that there
         * may be more, or that there is not. */
        if ((size_t)count < asked) {
            look_for_end(connection);
            return passed > 0 ? (ssize_t)passed : nothing_yet();
        }
        if (passed == room)
            return (ssize_t)passed;
    }
}

static ssize_t receive(int descriptor, void *bytes, size_t room, int flags)
{
    duet__connection *connection =
        receiver != NULL ? duet__checked_find(&receiver->mhd, descriptor)
                         : NULL;

    if (connection == NULL || room == 0)
        return recv(descriptor, bytes, room, flags);
    duet__mhd_step(&connection->server->mhd, connection);
    if (connection->stream.flaw != 0)
        return drop(connection);
    return receive_checked(connection, bytes, room);
}

void duet__mhd_receive_begin(duet_server *server)
{
    receiver = server;
}

void duet__mhd_receive_end(void)
{
    receiver = NULL;
}

duet_server *duet__mhd_receiver(void)
{
    return receiver;
}

/* --- refusing ------------------------------------------------------------ */

/* Is the flawed request the one that libmicrohttpd waits for now? */
static bool is_at_flaw(const duet__connection *connection)
{
    const duet_request *request = connection->request;

    if (connection->lines_begun != connection->stream.lines)
        return false;
    if (!connection->stream.flaw_is_behind_line)
        return request == NULL;
    return request != NULL &&
           (request->phase == DUET__REQUEST_HEAD ||
            request->phase == DUET__REQUEST_BODY || request->body.is_coming);
}

/* A handler reads the body that has the flaw. It may have begun to reply. */
static void refuse_running(duet_request *request, int status,
                           const char *reason)
{
    duet__connection *connection = request->connection;

    if (connection->has_hung_up)
        return;
    if (request->stream == NULL)
        duet__refuse(connection, status, reason);
    else
        duet__connection_cut(connection);
    connection->has_hung_up = true;
    duet__request_body_fail(request, DUET_EPROTOCOL, status);
    if (connection->outgoing != NULL)
        connection->outgoing->look(connection->outgoing);
    duet__request_peer_gone(request);
}

void duet__mhd_refuse(duet__connection *connection, int status,
                      const char *reason)
{
    const duet__stream *stream = &connection->stream;
    duet_request *request = connection->request;

    if (request != NULL && request->phase == DUET__REQUEST_HEAD &&
        connection->lines_begun == stream->lines) {
        request->head.method = duet__text_from(stream->method);
        request->head.version = duet__text_from(stream->version);
    }
    if (request != NULL && request->run.task != NULL) {
        refuse_running(request, status, reason);
        return;
    }
    duet__refuse(connection, connection->is_shed ? 503 : status, reason);
}

void duet__mhd_receive_refuse(duet_server *server)
{
    duet__list *flawed = &server->mhd.flawed;
    duet__link *next;

    for (duet__link *link = flawed->next; link != flawed; link = next) {
        duet__connection *connection =
            DUET__MEMBER(link, duet__connection, flawed_link);

        next = link->next;
        if (!is_at_flaw(connection))
            continue;
        duet__list_remove(link);
        duet__mhd_refuse(connection, connection->stream.flaw,
                         connection->stream.reason);
    }
}

static void install(void)
{
    duet__mhd_refer("recv", (duet__mhd_function *)receive);
}

void duet__mhd_receive_install(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, install);
}
