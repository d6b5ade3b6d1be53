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

#include <stddef.h>

#include <duet/request.h>

DUET_BEGIN_DECLARATIONS

/* Replies with a text; Content-Type is "text/plain; charset=utf-8".
 *
 *   text  copied; UTF-8, NUL-terminated */
DUET_API DUET_MUST_USE int duet_reply_text(duet_request *request, int status,
                                           const char *text);

/* The same with a printf() format. */
DUET_API DUET_PRINTF(3, 4) int duet_reply_textf(duet_request *request,
                                                int status, const char *format,
                                                ...);

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
DUET_API int duet_reply_field(duet_request *request, const char *name,
                              const char *value);

DUET_END_DECLARATIONS

#endif
