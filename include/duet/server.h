/* SPDX-License-Identifier: MIT */
/* server.h - serves an application over HTTP.
 *
 * duet_serve() is all that most programs need: it makes a loop, serves until
 * SIGINT or SIGTERM, waits until the requests in flight have finished, and
 * returns. A program with a loop of its own starts a server in one of its
 * tasks:
 *
 *     status = duet_server_start(application, NULL, &server);
 *     ...
 *     status = duet_server_stop(server, duet_in_ms(5000));
 *
 * Each request runs in a task of its own. All limits are on unless they are
 * switched off with DUET_NO_LIMIT.
 *
 * The server itself refuses some requests without calling the application: 400,
 * 413, 414, 417, 431, 501 and 505 for requests that are malformed, ambiguous or
 * too large (RFC 9110, 9112; the connection is closed); 408 for those that
 * arrive too slowly; 503 with Retry-After beyond a connection limit. These
 * replies, too, have the form that duet_application_on_error() gives them.
 *
 * A connection that ends while its client is still sending stays half-closed
 * for up to a second, and up to 16 MiB of input are discarded: otherwise the
 * reply could be lost (RFC 9112 9.6). Up to 128 connections at once do so, in
 * addition to connections_max.
 *
 * A server makes the process ignore SIGPIPE, unless it is handled already.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_SERVER_H
#define DUET_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <duet/application.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_server duet_server;

typedef struct duet_server_options {
    /* Where to listen: a numeric IPv4 or IPv6 address, or "localhost".
     * Default "127.0.0.1", which other machines cannot reach; "0.0.0.0" and
     * "::" are all of this machine's addresses. Copied. */
    const char *host;
    /* Default 0: a free one. */
    uint16_t port;
    /* Listen on this descriptor instead, an inherited one for example: a bound
     * stream socket. Taken by duet_server_start() on success. Default 0: none.
     */
    int listen_descriptor;
    /* Let several processes listen on one port (SO_REUSEPORT). */
    bool reuse_port;
    /* Connections that wait to be accepted. Default 4096; the system limits it
     * to net.core.somaxconn. */
    int backlog;

    /* Connections at once. Up to 64 more get 503 with Retry-After if they send
     * a request within a second, and are closed otherwise; still more wait to
     * be accepted. Default: three quarters of the descriptors that this process
     * may open (RLIMIT_NOFILE), at most 100000. */
    int64_t connections_max;
    /* Connections at once from one address; 503 in the same way. Default
     * DUET_NO_LIMIT, as proxies put all clients behind one address. */
    int64_t per_address_max;
    /* Memory of each connection for the head of a request, 64 bytes for each
     * of its fields, and the head of its reply. A request that does not fit
     * gets 414 or 431, and a reply whose fields do not is replaced by 500.
     * Default 32768; 1024 to 1 MiB. Memory that no request has touched is not
     * resident, and what was touched is not cleared behind each request: a
     * connection with small requests takes about 5.5 KB in all, and one that
     * has been idle for a second keeps at most 8 KiB of this memory. Where
     * libmicrohttpd is linked statically it clears all of it behind each
     * request, which took 12 % of the time of a small reply with 32 KiB. */
    int64_t connection_memory_bytes;
    /* The longest request line, without its end; 414 above. Default 8192. */
    int64_t request_line_bytes_max;
    /* The longest field, its name included; 431 above. Default 8192. */
    int64_t field_bytes_max;
    /* The largest request body; 413 above. Default 1 MiB. Of a body without a
     * route at most 64 KiB are read: with more, the 404 or 405 is sent at once,
     * and the connection is closed. */
    int64_t body_bytes_max;
    /* How deep JSON may be nested that duet_request_json() reads and
     * duet_reply_json() writes; DUET_EJSON beyond. A level takes about 100
     * bytes of the handler's stack to read and 320 to write: 128 fit the
     * default stack_bytes beside a handler that needs 12 KiB, deeper ones need
     * a larger stack. A stack that is too small is reported (DUET_ETOOLARGE),
     * never overrun. Default 128; 1 to 2048. */
    int64_t json_depth_max;

    /* From the connection's begin, or the request's first line, to the end of
     * the head: 408 otherwise; a client that sent nothing is closed without a
     * reply. A request line that arrives in parts on a kept connection has the
     * same time. Default 10 s. */
    int64_t header_timeout_ms;
    /* From the end of the head to the end of the body; 408 otherwise. Default
     * 30 s.
     */
    int64_t body_timeout_ms;
    /* From the handler's start to its end: beyond that it is cancelled, and 503
     * is sent when it has ended. Default 60 s. */
    int64_t handler_timeout_ms;
    /* Without any progress in sending the reply, checked at this interval: then
     * the connection is closed. Default 30 s. */
    int64_t send_timeout_ms;
    /* From a reply's end to the next request. Default 75 s. */
    int64_t keep_alive_timeout_ms;
    /* How long duet_serve() lets requests finish after SIGINT or SIGTERM,
     * before they are cancelled. Default 30 s. */
    int64_t shutdown_ms;

    /* Whether a handler continues when its client closes its sending side.
     * Default DUET_HALF_CLOSE_CANCELS, as nginx does for a proxied request. A
     * client that does so after a whole request is answered in any case if the
     * handler does not wait, and the connection is closed behind the reply. */
    duet_half_close half_close;
    /* Whether replies are compressed for clients that accept it, on routes that
     * do not choose themselves. Default DUET_COMPRESSION_OFF. */
    duet_compression compression;
    /* As in duet_spawn_options, for the handlers' tasks. Default 64 KiB. */
    size_t stack_bytes;
    /* Gets a line for each request: address, time, request line, status, bytes
     * of the body, milliseconds. Status and bytes are those that were sent,
     * also for refused requests; 499 and 0 if the client disconnected before
     * the end. "-" stands for parts of a refused request that were not read.
     * Borrowed until the server has stopped. Default NULL: none. */
    FILE *access_log;
    /* Gets a line for each handler that failed. Borrowed until the server has
     * stopped. Default NULL: standard error. */
    FILE *error_log;
} duet_server_options;

/* Runs the application's start hooks, then listens. On return the port accepts
 * connections. Suspends if a start hook does.
 *
 *   application  borrowed until the server has stopped
 *   options      borrowed until return; NULL for all defaults
 *   out_server   returned-owned (duet_server_stop()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL         an option is out of range; the detail says which
 *   DUET_EADDRINUSE, DUET_EADDRNOTAVAIL, DUET_EACCES
 *                       host and port cannot be listened on
 *   DUET_EBADF          listen_descriptor is not open
 *   DUET_EMFILE, DUET_ENFILE  no descriptor left
 *   DUET_ENOLOOP        the caller is not a task
 *   DUET_ENOMEM         no memory
 *   and what a start hook returned
 * Source: aiohttp's AppRunner.setup() and TCPSite.start(). */
DUET_API DUET_MUST_USE int duet_server_start(duet_application *application,
                                             const duet_server_options *options,
                                             duet_server **out_server);

/* The port that the server listens on. */
DUET_API uint16_t duet_server_port(const duet_server *server);

/* Where the server listens as a URL, "http://127.0.0.1:8080"; borrowed until it
 * has stopped. */
DUET_API const char *duet_server_url(const duet_server *server);

/* The counters of a server. */
typedef struct duet_server_counts {
    uint64_t connections;          /* open now */
    uint64_t running;              /* handlers that run now */
    uint64_t connections_accepted; /* since the start, as all below */
    uint64_t requests;             /* heads that were complete */
    uint64_t refused;              /* of them or before them, by the server */
    uint64_t disconnected;         /* clients that left a handler */
    uint64_t handlers_timed_out;
} duet_server_counts;

/* Reads the counts.
 *
 *   out_counts  set */
DUET_API void duet_server_count(const duet_server *server,
                                duet_server_counts *out_counts);

/* Stops the server: no new connections are accepted, idle ones are closed,
 * requests in flight finish, and each is the last of its connection. A client
 * that is still sending its request may do so within header_timeout_ms and
 * body_timeout_ms, but gets 503 once it pauses for a second. At the deadline,
 * or when the caller is cancelled, the handlers are cancelled and waited for,
 * and incomplete requests get 503. Then the application's cleanup hooks run and
 * the server is freed.
 *
 *   server    taken unless DUET_EDEADLK; NULL does nothing
 *   deadline  DUET_NOW cancels at once
 *
 * Returns 0 if all requests finished, or
 *   DUET_ETIMEDOUT  some were cancelled at the deadline
 *   DUET_ECANCELED  the caller was cancelled, and so were they
 *   DUET_EDEADLK    called from a handler of this server, or a task that one
 *                   waits for: detach it (duet_task_detach()); nothing was done
 * Source: aiohttp's AppRunner.cleanup(). */
DUET_API int duet_server_stop(duet_server *server, duet_deadline deadline);

/* Serves as a complete program: makes a loop, starts a server, prints
 * "listening on http://127.0.0.1:PORT" as the first line on standard output,
 * and stops at the first SIGINT or SIGTERM, within options->shutdown_ms; the
 * second ends the process. Raises the limit on descriptors (RLIMIT_NOFILE) as
 * far as the system allows. Suspends no task: it is called outside loops.
 *
 *   application  borrowed until return
 *   options      borrowed until return; NULL for all defaults; port 0 is a free
 *                one here, too
 *
 * Returns 0 after a clean stop, DUET_ETIMEDOUT if requests had to be cancelled,
 *   DUET_EBUSY  this thread runs a loop already
 *   and the codes of duet_loop_new() and duet_server_start()
 * Source: aiohttp's web.run_app(). */
DUET_API int duet_serve(duet_application *application,
                        const duet_server_options *options);

DUET_END_DECLARATIONS

#endif
