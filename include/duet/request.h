/* SPDX-License-Identifier: MIT */
/* request.h - the request of a client.
 *
 * A handler borrows its request, and all texts taken from it, until it returns.
 * The whole body has arrived before the handler starts, unless the route
 * streams it; one above body_bytes_max never reaches it (the client gets 413).
 * Nothing need be freed: memory from duet_request_alloc() is freed, and
 * functions given to duet_request_defer() are called, at the end of the
 * request.
 *
 * When the client disconnects, the handler's task is cancelled, and so are the
 * tasks it spawned; see task.h for what cancelling means. A client that only
 * closes its sending side counts as disconnected, too, unless the server or the
 * route has another setting (duet_half_close).
 *
 * Threads: for the task that runs the handler and the tasks it waits for.
 */
#ifndef DUET_REQUEST_H
#define DUET_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>
#include <duet/fields.h>
#include <duet/form.h>
#include <duet/multipart.h>
#include <duet/query.h>
#include <duet/reader.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_request duet_request;

struct json_t; /* of <jansson.h> */

/* The method, "GET"; never NULL. */
DUET_API const char *duet_request_method(const duet_request *request);

/* The path, decoded, without query and fragment: "/a b" for "/a%20b?c#d".
 * "%2F" and "%00" stay as they are, so a path never gains a slash and never
 * ends early. Never NULL. */
DUET_API const char *duet_request_path(duet_request *request);

/* The target as the client sent it, "/a%20b?c=1"; never NULL. */
DUET_API const char *duet_request_target(const duet_request *request);

/* What a "{name}" of the route's pattern matched, decoded; a "%00" in it stays
 * as it is.
 *
 * Returns NULL if the pattern has no such name, or there is no memory. */
DUET_API const char *duet_request_parameter(duet_request *request,
                                            const char *name);

/* The value of the first query parameter of that name, decoded; a NUL in it
 * ends the text (duet_request_queries() tells its length).
 *
 * Returns NULL if there is none. */
DUET_API const char *duet_request_query(duet_request *request,
                                        const char *name);

/* All query parameters, borrowed; see query.h.
 *
 * Returns NULL if there is no memory for them, or they exceed the limits of a
 * duet_query. */
DUET_API const duet_query *duet_request_queries(duet_request *request);

/* The value of the first header field of that name, ignoring case; NULL if
 * there is none. */
DUET_API const char *duet_request_field(const duet_request *request,
                                        const char *name);

/* All header fields, borrowed; see fields.h. NULL if there is no memory. */
DUET_API const duet_fields *duet_request_fields(duet_request *request);

/* The body.
 *
 *   out_bytes  set to how many bytes; may be NULL
 *
 * Returns the bytes, never NULL; a NUL that is not counted follows them. */
DUET_API const char *duet_request_body(const duet_request *request,
                                       size_t *out_bytes);

/* The body as a reader (reader.h), of all of it or, if the route streams
 * bodies (duet_route_options), while it comes. Then it waits for the client;
 * each piece that it returns gives the handler its handler_timeout_ms anew, and
 * duet_request_body() has nothing. The reader is borrowed until the handler
 * returns. Beside those of reader.h it returns
 *
 *   DUET_EDISCONNECTED  the client is gone, or has sent less than it announced;
 *                       a handler that waits for something else is cancelled
 *   DUET_ETOOLARGE      the body is larger than body_bytes_max
 *   DUET_ETIMEDOUT      the client has sent nothing for body_timeout_ms
 *   DUET_EPROTOCOL      what it has sent is malformed; it got its 400
 *
 * A handler that returns DUET_ETOOLARGE or DUET_ETIMEDOUT after that, replies
 * 413 or 408. What it does not read is thrown away. */
DUET_API duet_reader *duet_request_reader(duet_request *request);

/* The body read as JSON (RFC 8259; any value, duplicate names refused).
 *
 *   out_json  borrowed until the handler returns; take a reference to keep it
 *             longer; NULL on failure
 *
 * Returns 0, or
 *   DUET_EJSON      malformed, or nested deeper than the server's
 *                   json_depth_max; the detail says where. A handler may return
 *                   it as it is: the client gets 400.
 *   DUET_ETOOLARGE  the task's stack does not hold what json_depth_max allows
 *   DUET_ENOMEM     no memory
 * Source: json_loadb() of jansson. */
DUET_API DUET_MUST_USE int duet_request_json(duet_request *request,
                                             struct json_t **out_json);

/* The body read as a form (form.h): urlencoded or multipart. Texts and small
 * files are kept in memory, further files in a temporary one.
 *
 *   options   borrowed until return; NULL for all defaults
 *   out_form  borrowed until the handler returns, always the same; NULL on
 *             failure
 *
 * Returns 0, or a code of duet_form_read(), and of duet_request_reader(), at
 * each further call, too. A handler may return it as it is: the client gets 413
 * for DUET_ETOOLARGE, 415 for DUET_ENOTSUP, and 400 for DUET_EFIELD,
 * DUET_EPROTOCOL and DUET_ETRUNCATED. Source: aiohttp's Request.post(). */
DUET_API DUET_MUST_USE int
duet_request_form(duet_request *request, const duet_form_read_options *options,
                  duet_form **out_form, duet_deadline deadline);

/* The next part of a multipart body (multipart.h), which is read while it comes
 * if the route streams bodies. What was not read of the part before is dropped.
 * For other limits than the defaults, use duet_multipart_new() with
 * duet_request_reader().
 *
 *   out_part  borrowed until the next call, or until the handler returns; NULL
 *             on failure
 *
 * Returns 0; DUET_EEMPTY after the last part: only then the body was whole; or
 * another code of duet_multipart_new(), duet_multipart_next() and
 * duet_request_reader(). A handler may return it as it is, like one of
 * duet_request_form(). Source: aiohttp's Request.multipart(). */
DUET_API DUET_MUST_USE int duet_next_part(duet_request *request,
                                          duet_part **out_part,
                                          duet_deadline deadline);

/* The client's address as text, "127.0.0.1" or "::1"; "" if it is unknown.
 * Behind a proxy it is the proxy's address: Forwarded and X-Forwarded-For are
 * ignored. */
DUET_API const char *duet_request_peer(duet_request *request);

/* Allocates memory that is freed with the request, zeroed, aligned for any
 * type.
 *
 *   bytes  how many
 *
 * Returns NULL if there is none. */
DUET_API void *duet_request_alloc(duet_request *request, size_t bytes);

/* Formats as printf() does, in memory of duet_request_alloc().
 *
 * Returns NULL if there is no memory. */
DUET_API DUET_PRINTF(2, 3) const
    char *duet_request_printf(duet_request *request, const char *format, ...);

/* Calls function(argument) after the handler has returned and its tasks have
 * ended, in any case, in the task that ran the handler; the last one first. It
 * may suspend.
 *
 * Returns 0; DUET_ENOMEM: then function(argument) was called at once. */
DUET_API int duet_request_defer(duet_request *request,
                                void (*function)(void *argument),
                                void *argument);

/* From now on the handler continues when the client disconnects: for work that
 * must be completed. */
DUET_API void duet_request_keep_on_disconnect(duet_request *request);

DUET_END_DECLARATIONS

#endif
