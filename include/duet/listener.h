/* SPDX-License-Identifier: MIT */
/* listener.h - accepts connections by TCP or a Unix socket.
 *
 *     status = duet_listener_open(&(duet_listener_options){.port = 7},
 *                                 &listener);
 *     if (status == 0)
 *         status = duet_listener_serve(listener, echo, NULL, NULL, DUET_NEVER);
 *     duet_listener_close(listener);
 *
 * where echo() is called in a task of its own for each connection. For HTTP see
 * server.h.
 *
 * Threads: for the loop's own thread.
 *
 * Source: asyncio.start_server(), start_unix_server(), Go's net.Listener.
 */
#ifndef DUET_LISTENER_H
#define DUET_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/connection.h>
#include <duet/export.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_listener duet_listener;

typedef struct duet_listener_options {
    /* A numeric IPv4 or IPv6 address, or "localhost"; borrowed until return.
     * Default "127.0.0.1". */
    const char *host;
    /* Default 0: a free one, see duet_listener_port(). */
    uint16_t port;
    /* Listen on a Unix socket instead; as for duet_connect_unix(). The path
     * must not exist; it is removed when the listener is closed. Borrowed until
     * return. */
    const char *unix_path;
    /* Let several processes listen on one port (SO_REUSEPORT). */
    bool reuse_port;
    /* Connections that wait to be accepted. Default 4,096. */
    int backlog;
} duet_listener_options;

/* Opens a socket and listens.
 *
 *   options       borrowed until return; NULL for all defaults
 *   out_listener  returned-owned (duet_listener_close()); NULL on failure
 *
 * Returns 0, or, with a detail that says where,
 *   DUET_EINVAL         an option is out of range, or host and unix_path are
 *                       both given
 *   DUET_EADDRINUSE     somebody else listens there, or the path exists
 *   DUET_EADDRNOTAVAIL  not an address of this machine
 *   DUET_EACCES         the port or path is not for this user
 *   DUET_ENAMETOOLONG   unix_path is too long
 *   DUET_ENOMEM         no memory
 *   or another code of socket(2), bind(2) or listen(2) */
DUET_API DUET_MUST_USE int
duet_listener_open(const duet_listener_options *options,
                   duet_listener **out_listener);

/* Waits for a connection. A peer that has left before is passed over.
 *
 *   out_connection  returned-owned (duet_connection_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_EMFILE, DUET_ENFILE  no descriptor is free; the connection still waits
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    it had to wait, and the caller is not a task
 *   or another code of accept(2)
 * Source: accept(2). */
DUET_API DUET_MUST_USE int
duet_listener_accept(duet_listener *listener, duet_connection **out_connection,
                     duet_deadline deadline);

/* What is done with a connection, in a task of its own. The connection is
 * closed when it returns. A handler that waits with DUET_NEVER keeps its place
 * for as long as the peer likes: give its calls deadlines.
 *
 *   connection  borrowed until return
 *
 * Returns 0 or a code; a failure ends this connection only: it is given up, so
 * that the peer sees a reset. */
typedef int duet_connection_handler(duet_connection *connection, void *context);

typedef struct duet_listener_serve_options {
    /* Connections at once; more wait in the backlog. Default 1,024;
     * DUET_NO_LIMIT for any. */
    int64_t connections_max;
    /* Of each handler's task. Default 64 KiB; see duet_spawn_options. */
    size_t stack_bytes;
} duet_listener_serve_options;

/* Accepts connections, and calls a handler for each in a task of its own, until
 * the deadline or until the caller is cancelled. Handlers that are left are
 * then cancelled and waited for. While descriptors or memory lack, it waits
 * for some to become free.
 *
 *   handler  called for each connection
 *   context  given to it; borrowed until return
 *   options  borrowed until return; NULL for all defaults
 *
 * Returns
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the caller was cancelled
 *   DUET_EINVAL     an option is out of range, or there is no handler
 *   DUET_ENOMEM     no memory to begin
 *   DUET_ENOLOOP    the caller is not a task
 *   or another code of accept(2)
 * Source: asyncio.Server.serve_forever(). */
DUET_API DUET_MUST_USE int
duet_listener_serve(duet_listener *listener, duet_connection_handler *handler,
                    void *context, const duet_listener_serve_options *options,
                    duet_deadline deadline);

/* The port; 0 for a Unix socket. */
DUET_API uint16_t duet_listener_port(const duet_listener *listener);

/* Stops listening and frees the listener. No task may wait for it.
 *
 *   listener  taken; NULL does nothing */
DUET_API void duet_listener_close(duet_listener *listener);

DUET_END_DECLARATIONS

#endif
