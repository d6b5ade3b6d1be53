/* SPDX-License-Identifier: MIT */
/* application.h - routes and their handlers: the application that a server
 * runs.
 *
 * An application is a table of routes. It has no sockets: a server (server.h)
 * is started with one, and several servers may share it.
 *
 *     static int hello(duet_request *request, void *context)
 *     {
 *         (void)context;
 *         return duet_reply_text(request, 200, "hello\n");
 *     }
 *
 *     status = duet_application_new(NULL, &application);
 *     if (status == 0)
 *         status = duet_route(application, "GET", "/", hello, NULL);
 *     if (status == 0)
 *         status = duet_serve(application, NULL);
 *     duet_application_free(application);
 *
 * A handler runs as a task: it may call everything that suspends. It fills the
 * reply (reply.h) and returns 0; or it returns
 *
 *   200 to 599       that status, with a small page that names it, or the page
 *                    of duet_application_on_error(). Fields added by
 *                    duet_reply_field() are kept.
 *   DUET_ETIMEDOUT   504: an operation that it waited for took too long
 *   DUET_EJSON       400 if duet_request_json() said so, else 500
 *   a negative code  500; one line on standard error has the code and
 *                    duet_error_message(); the client gets no details
 *   0, no reply      500, in the same way
 *
 * A handler that exceeds the server's handler_timeout_ms is cancelled, and the
 * server replies 503.
 *
 * Threads: for one thread at a time; routes are added before a server starts.
 */
#ifndef DUET_APPLICATION_H
#define DUET_APPLICATION_H

#include <stdbool.h>
#include <stdint.h>

#include <duet/request.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_application duet_application;

/* Answers one request.
 *
 *   request  borrowed until return
 *   context  what duet_route() was given
 *
 * Returns 0, a status or a negative code; see the top of this file. */
typedef int duet_handler(duet_request *request, void *context);

/* Called when a server starts or stops, in the task that calls
 * duet_server_start() or duet_server_stop(), duet_serve()'s own included; may
 * suspend.
 *
 * Returns 0 or a negative code, which duet_server_start() then returns. */
typedef int duet_application_hook(void *context);

/* What happens to a handler when the client closes its sending side. Both a
 * client that has disconnected and one that still waits for its reply ("nc -N")
 * do so; they cannot be distinguished. */
typedef enum duet_half_close {
    DUET_HALF_CLOSE_DEFAULT, /* of a route: as the server; of a server:
                              * cancels */
    DUET_HALF_CLOSE_CANCELS, /* the client counts as disconnected */
    DUET_HALF_CLOSE_ANSWERS, /* the handler continues, its reply is sent, and
                              * the connection is closed: requests after this
                              * one are not read. For a client that has
                              * disconnected, the work is in vain */
} duet_half_close;

/* Are the replies of handlers sent in a content coding (RFC 9110 8.4)?
 *
 * If they are, the body of a reply that is not streamed is sent in the first
 * of br, zstd and gzip with the greatest weight in the client's
 * Accept-Encoding. It is sent as it is
 *   - with less than 1 KiB, a type that is compressed already, such as
 *     image/png, or no type, and if coding makes it no smaller (unless the
 *     client refuses it so, by "identity;q=0");
 *   - after duet_reply_field() with Content-Encoding, Content-Range, or
 *     Cache-Control: no-transform, and with status 206;
 *   - if the client accepts none of these codings, even after "identity;q=0":
 *     nothing is refused with 406 (RFC 9110 12.5.3 leaves it to the server);
 *   - if there is no memory, or the handler's task is cancelled meanwhile.
 * "Vary: Accept-Encoding" is added where the client has a choice. A strong ETag
 * of a coded body becomes a weak one, W/"...": it is for the handler to compare
 * If-None-Match weakly (RFC 9110 13.1.2). A 304 is treated likewise, and its
 * Content-Length is dropped. HEAD gets the fields of GET, unless the handler
 * tells its Content-Length.
 *
 * Coding runs in the handler's task when it has returned, and lets other tasks
 * run every 64 KiB. Meanwhile it takes 6 MiB for br, 2 MiB for zstd and 300 KiB
 * for gzip. A handler with less than 32 KiB of stack left is not given br. What
 * the server answers without a handler, and streamed replies
 * (duet_reply_stream_options.compresses), are not coded by this.
 *
 * A secret beside what a client can choose can be guessed from the length of a
 * coded reply to HTTPS (BREACH): such routes are to be off.
 *
 * Source: nginx's gzip module, aiohttp's enable_compression(). */
typedef enum duet_compression {
    DUET_COMPRESSION_DEFAULT, /* of a route: as the server; of a server: off */
    DUET_COMPRESSION_OFF,
    DUET_COMPRESSION_ON,
} duet_compression;

typedef struct duet_route_options {
    /* Default: as duet_server_options.half_close. */
    duet_half_close half_close;
    /* Default: as duet_server_options.compression. */
    duet_compression compression;
    /* The handler starts when the head is there, and reads the body with
     * duet_request_reader() while it comes, in 64 KiB of memory. A client that
     * waits for it gets 100 Continue when the handler first waits for the body.
     * Where libmicrohttpd is linked statically bodies are collected first, all
     * the same. Default false: the handler starts when the body is there. */
    bool streams_body;
    /* The largest body, instead of the server's body_bytes_max: 413 above, or
     * DUET_ETOOLARGE from the reader where the length is not announced. Default
     * 0: as the server. */
    int64_t body_bytes_max;
    /* With streams_body: so long may the client pause while the handler waits
     * for more of the body. Default: the server's body_timeout_ms. */
    int64_t body_timeout_ms;
    /* With streams_body: how much of the body that the handler has not read is
     * read and thrown away, so that the connection may be kept. If more is to
     * come, or its length is not announced, the reply is sent at once, and the
     * connection is closed. Default 65536. */
    int64_t drain_bytes_max;
} duet_route_options;

typedef struct duet_application_options {
    /* Routes. Default 10000; DUET_NO_LIMIT for none. */
    int64_t routes_max;
} duet_application_options;

/* Makes an application without routes.
 *
 *   options          borrowed until return; NULL for all defaults
 *   out_application  returned-owned (duet_application_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  routes_max is negative and not DUET_NO_LIMIT
 *   DUET_ENOMEM  no memory */
DUET_API DUET_MUST_USE int
duet_application_new(const duet_application_options *options,
                     duet_application **out_application);

/* Frees an application that no server uses.
 *
 *   application  taken; NULL does nothing */
DUET_API void duet_application_free(duet_application *application);

/* Adds a route.
 *
 *   method   copied; "GET", "POST", any token; "GET" answers HEAD too, unless
 *            there is a route for HEAD; "*" is every method without a route of
 *            its own, on paths that no pattern of higher precedence matches
 *   pattern  copied; "/users/{id}/files/{rest*}": segments between slashes;
 *            "{id}" is one segment that is not empty; "{rest*}", at the end
 *            only, is the whole rest. Paths are split at slashes before they
 *            are decoded, so "%2F" is not a slash. "/a" and "/a/" are different
 *            paths. If several patterns match, fixed segments take precedence,
 *            from the left.
 *   handler  called for each request of that method whose path matches
 *   context  borrowed until duet_application_free(); passed to `handler`
 *
 * A path without route gets 404, a path without that method 405 and Allow. So
 * with GET "/items" and "*" "/{rest*}", a DELETE of /items gets 405 and does
 * not reach the catch-all; a route for DELETE "/{rest*}" would get it. "OPTIONS
 * *" is answered by the server: 200, with Allow for all routes.
 *
 * Returns 0, or
 *   DUET_EROUTE  the pattern or method is malformed, or that method has a route
 *                for the same paths; the detail says which
 *   DUET_EFULL   routes_max is reached
 *   DUET_ESTATE  a server runs with this application
 *   DUET_ENOMEM  no memory
 * Source: aiohttp's UrlDispatcher.add_route(). */
DUET_API DUET_MUST_USE int duet_route(duet_application *application,
                                      const char *method, const char *pattern,
                                      duet_handler *handler, void *context);

/* The same with options.
 *
 *   options  borrowed until return; NULL for all defaults
 *
 * Also returns DUET_EINVAL: an option is out of range; the detail says which.
 */
DUET_API DUET_MUST_USE int
duet_route_with_options(duet_application *application, const char *method,
                        const char *pattern, duet_handler *handler,
                        void *context, const duet_route_options *options);

/* Adds functions to call before a server listens and after it has stopped: for
 * sessions, pools, everything that needs a running loop. Starts run in the
 * order in which they were added, cleanups in reverse; a cleanup runs if and
 * only if its start succeeded.
 *
 *   start    NULL for none; a failure ends duet_server_start()
 *   cleanup  NULL for none; its result is ignored
 *   context  borrowed until duet_application_free(); passed to both
 *
 * Returns 0, DUET_ESTATE while a server runs with this application, or
 * DUET_ENOMEM.
 * Source: aiohttp's Application.cleanup_ctx. */
DUET_API DUET_MUST_USE int
duet_application_on_start(duet_application *application,
                          duet_application_hook *start,
                          duet_application_hook *cleanup, void *context);

/* Fills in the page of an error, with the calls of reply.h; fields that a
 * handler added with duet_reply_field() are set already, and so are Allow (405)
 * and Retry-After (503) unless the handler set its own. Must not suspend: it
 * runs in the handler's task if there is one, otherwise on the loop's own
 * stack, where a call that would suspend fails with DUET_ENOLOOP.
 *
 *   request  borrowed until return. If it was refused before its head was
 *            complete, it has only what was read: the method may be "", and
 *            there may be no fields.
 *   status   400 to 599; the reply may have another
 *   detail   what went wrong, as a message for people; "" if unknown. Borrowed
 *            until return. It may contain internal details: the server's own
 *            page does not show it.
 *   context  what duet_application_on_error() was given
 *
 * If it fills nothing in, the server's own page is sent. The same applies if a
 * request that is refused while its body is still arriving would get a reply of
 * more than 16 KiB, or if no request line was read at all. */
typedef void duet_error_page(duet_request *request, int status,
                             const char *detail, void *context);

/* Sets the page for all errors: those that handlers return, 404 and 405, and
 * requests that the server refuses itself.
 *
 *   page     replaces the one before; NULL for none
 *   context  borrowed until duet_application_free(); passed to `page`
 *
 * Returns 0, or DUET_ESTATE while a server runs with this application.
 * Source: what nginx's error_page directive is for. */
DUET_API DUET_MUST_USE int
duet_application_on_error(duet_application *application, duet_error_page *page,
                          void *context);

DUET_END_DECLARATIONS

#endif
