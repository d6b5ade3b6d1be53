/* SPDX-License-Identifier: MIT */
/* connection.h - a stream over a socket: a reader and a writer.
 *
 * duet_connect() of connect.h makes one to a host, duet_connect_unix() to a
 * Unix socket, and a listener (listener.h) for each peer that comes:
 *
 *     status = duet_connect("example.org", 7, NULL, &connection, deadline);
 *     if (status == 0)
 *         status = duet_write(duet_connection_writer(connection), "hello\n", 6,
 *                             deadline);
 *     if (status == 0)
 *         status = duet_read_line(duet_connection_reader(connection), &line,
 *                                 NULL, deadline);
 *     duet_connection_close(connection);
 *
 * One task may read while another writes.
 *
 * Threads: for the loop's own thread.
 *
 * Source: asyncio.open_connection(), open_unix_connection().
 */
#ifndef DUET_CONNECTION_H
#define DUET_CONNECTION_H

#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/reader.h>
#include <duet/time.h>
#include <duet/writer.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_connection duet_connection;

/* Connects to a Unix socket.
 *
 *   path            at most 107 bytes; "@name" is in the abstract name space;
 *                   borrowed until return
 *   out_connection  returned-owned (duet_connection_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOENT         there is no such socket
 *   DUET_ECONNREFUSED   nobody listens
 *   DUET_ENAMETOOLONG   the path is too long
 *   DUET_EINVAL         the path is empty
 *   DUET_ETIMEDOUT      the deadline passed while the listener was busy
 *   DUET_ECANCELED      the task was cancelled
 *   DUET_ENOMEM         no memory
 *   DUET_ENOLOOP        it had to wait, and the caller is not a task
 *   or another code of connect(2)
 * Source: asyncio.open_unix_connection(). */
DUET_API DUET_MUST_USE int duet_connect_unix(const char *path,
                                             duet_connection **out_connection,
                                             duet_deadline deadline);

/* Makes a connection of a connected stream socket, which becomes non-blocking.
 *
 *   descriptor      taken on success
 *   out_connection  returned-owned (duet_connection_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EBADF    not an open descriptor
 *   DUET_ENOTSUP  not a stream socket
 *   DUET_ENOMEM   no memory */
DUET_API DUET_MUST_USE int
duet_connection_of_descriptor(int descriptor, duet_connection **out_connection);

/* What comes; borrowed until the connection is closed. Its end is that of the
 * peer's writing; a reset is DUET_ECONNRESET. */
DUET_API duet_reader *duet_connection_reader(duet_connection *connection);

/* What goes; borrowed until the connection is closed. Nothing is held back.
 * Ending it shuts writing down (the peer's reader ends), and reading goes on;
 * giving it up resets the connection when it is closed. */
DUET_API duet_writer *duet_connection_writer(duet_connection *connection);

/* The socket, for options; borrowed. */
DUET_API int duet_connection_descriptor(const duet_connection *connection);

/* The peer's address: "192.0.2.1:80", "[2001:db8::1]:80", "unix:/path", or
 * "unix:" if it has none; borrowed until the connection is closed. */
DUET_API const char *duet_connection_peer(const duet_connection *connection);

/* Closes a connection and frees it. What was written is still sent, and the
 * peer's reader ends, unless the writer was given up: then the connection is
 * reset. Does not suspend.
 *
 *   connection  taken; NULL does nothing
 * Source: asyncio.StreamWriter.close(). */
DUET_API void duet_connection_close(duet_connection *connection);

DUET_END_DECLARATIONS

#endif
