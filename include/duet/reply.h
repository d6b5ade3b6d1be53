/* SPDX-License-Identifier: MIT */
/* reply.h - fills the reply of a handler.
 *
 * The calls below fill the reply of a request; it is sent when the handler has
 * returned 0. Filling it again replaces status, body and type; fields are kept.
 * Content-Length, Date and Connection are set by the server. The body of a
 * reply to HEAD, or with status 204, 205 or 304, is not sent; with these
 * statuses its type is not sent either, unless duet_reply_field() set it.
 *
 *     duet_reply_field(request, "Cache-Control", "no-store");
 *     return duet_reply_textf(request, 200, "hello, %s\n", name);
 *
 * Each returns 0, so that a handler may return what it returns, or
 *   DUET_EINVAL  status is not from 200 to 599
 *   DUET_EFIELD  a name or value is malformed
 *   DUET_ENOMEM  no memory
 * and then the reply is as it was.
 */
#ifndef DUET_REPLY_H
#define DUET_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/request.h>
#include <duet/time.h>
#include <duet/writer.h>

DUET_BEGIN_DECLARATIONS

/* Replies with a text; Content-Type is "text/plain; charset=utf-8".
 *
 *   text  copied; UTF-8, NUL-terminated */
DUET_API DUET_MUST_USE int duet_reply_text(duet_request *request, int status,
                                           const char *text);

/* The same with a printf() format. */
DUET_API DUET_MUST_USE DUET_PRINTF(3, 4) int duet_reply_textf(
    duet_request *request, int status, const char *format, ...);

/* Replies with any bytes.
 *
 *   bytes         copied; may be NULL if count is 0
 *   count         how many
 *   content_type  copied; NULL for none */
DUET_API DUET_MUST_USE int duet_reply_bytes(duet_request *request, int status,
                                            const void *bytes, size_t count,
                                            const char *content_type);

/* Replies with a JSON value in its shortest form; Content-Type is
 * "application/json".
 *
 *   json  taken, on failure too; NULL gives DUET_ENOMEM, so a json_pack() that
 *         failed needs no check of its own
 *
 * Returns also
 *   DUET_EJSON      the value cannot be written: it is nested deeper than the
 *                   server's json_depth_max or contains itself, or a text in it
 *                   is not UTF-8
 *   DUET_ETOOLARGE  the task's stack is too small for json_depth_max
 */
DUET_API DUET_MUST_USE int duet_reply_json(duet_request *request, int status,
                                           struct json_t *json);

/* Adds a header field, even if the name exists already. "Content-Type" replaces
 * the type that the calls above set.
 *
 *   name   copied; a token (RFC 9110 5.6.2); not Transfer-Encoding, Connection
 *          or Date (DUET_EFIELD); Content-Length only in reply to HEAD, or once
 *          the status is 304: it says what GET, or 200, would have had (RFC
 *          9110 8.6). A 304 without it has no length; libmicrohttpd before
 *          0.9.77 closes the connection behind that
 *   value  copied; not empty; no control character except the tab */
DUET_API DUET_MUST_USE int
duet_reply_field(duet_request *request, const char *name, const char *value);

/* --- streamed replies ---------------------------------------------------- */

typedef struct duet_reply_stream_options {
    /* Copied; duet_reply_field() with "Content-Type" has precedence. Default
     * NULL: none. */
    const char *content_type;
    /* How long the body will be: sent as Content-Length, and exactly so many
     * bytes must be written. Default 0, and below: not known. Then the body is
     * sent in chunks, or to a client that speaks HTTP/1.0 until the connection
     * closes. */
    int64_t length_bytes;
    /* How many bytes may wait for the client before the handler does. Default
     * 65536; 4096 to 16 MiB. Taken when the first byte has to wait. */
    int64_t ring_bytes;
    /* The body is sent in a content coding if the client accepts one, by the
     * rules of duet_compression, but at any size; whatever `compression` of the
     * server or the route is. Writing holds bytes back until
     * duet_writer_flush(), duet_writer_end(), or when the coding has made some
     * of many. It takes the memory of an encoder until the request ends, and
     * with br 20 KiB of the stack of the task that writes. Not together with
     * length_bytes, which is not known then (DUET_EINVAL). Default false. */
    bool compresses;
} duet_reply_stream_options;

/* Replies with a body that the handler writes:
 *
 *     status = duet_reply_stream(request, 200, NULL, &writer, DUET_NEVER);
 *     while (status == 0 && (status = next_row(&row)) == 0)
 *         status = duet_writef(writer, DUET_NEVER, "%s,%d\n", row.a, row.b);
 *     return status;
 *
 * Fields are added before. A handler that returns 0 has ended the body; one
 * that returns anything else, or cancels by duet_writer_give_up(), has given it
 * up: the connection is closed, and the client sees that the body is not whole.
 * The failure is logged; no other reply is possible.
 *
 * Writing waits while the client is behind. A client that takes nothing for the
 * server's send_timeout_ms is disconnected. The server's handler_timeout_ms
 * ends where the reply begins. Small pieces are sent together: when 16 KiB have
 * come, with duet_writer_flush(), duet_writer_end(), or else once the task lets
 * others run. duet_writer_flush() and duet_writer_end() wait until the system
 * has taken all bytes. In reply to HEAD, and with status 204, 205 and 304, what
 * is written is dropped.
 *
 *   status      200 to 599
 *   options     borrowed until return; NULL for all defaults
 *   out_writer  borrowed until the handler returns; NULL on failure. Writing
 *               fails with DUET_EDISCONNECTED if the client is gone, unless
 *               the handler is cancelled first; with DUET_ETOOLARGE beyond
 *               length_bytes; and its end with DUET_ETRUNCATED before them.
 *               Each of these gives the body up
 *   deadline    for a client that has not taken the reply before this one; at
 *               present it is not waited for here, but when writing
 *
 * Returns 0, or
 *   DUET_EINVAL  status or an option is out of range, or there are both
 *                length_bytes and compresses
 *   DUET_EFIELD  content_type is malformed
 *   DUET_ESTATE  the reply has begun already
 *   DUET_ENOMEM  no memory
 * Source: aiohttp's StreamResponse, Go's http.ResponseWriter and Flusher. */
DUET_API DUET_MUST_USE int
duet_reply_stream(duet_request *request, int status,
                  const duet_reply_stream_options *options,
                  duet_writer **out_writer, duet_deadline deadline);

/* Adds a field behind the body of a streamed reply, before its end. It is sent
 * if the body is sent in chunks and the client has said that it takes such
 * fields (TE: trailers); otherwise it is dropped (RFC 9110 6.5.1).
 *
 *   name, value  copied; as for duet_reply_field(), and not one that must be
 *                known before the body, such as Content-Type or Set-Cookie
 *
 * Returns 0, or
 *   DUET_EFIELD  a name or value is malformed, or may not follow a body
 *   DUET_ESTATE  the reply is not streamed, or was ended
 *   DUET_ENOMEM  no memory */
DUET_API DUET_MUST_USE int
duet_reply_trailer(duet_request *request, const char *name, const char *value);

DUET_END_DECLARATIONS

#endif
