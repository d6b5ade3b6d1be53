/* SPDX-License-Identifier: MIT */
/* response.h - the response to a request: status, header fields, body, and the
 * duration of each phase.
 *
 * duet_get() and similar calls (session.h) return a duet_response. Any status
 * is a response, 404 and 500 too, unless `expect` of the options asks for
 * success: else an error code means that there was no complete response. A
 * response is independent of its session and may outlive it; but what had not
 * arrived of a body that is read as it comes (duet_open()) is lost when the
 * session is closed.
 *
 * All texts it returns are borrowed until duet_response_free().
 */
#ifndef DUET_RESPONSE_H
#define DUET_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/fields.h>
#include <duet/reader.h>

DUET_BEGIN_DECLARATIONS

struct json_t; /* of <jansson.h> */

typedef struct duet_response duet_response;

/* The phases of an exchange, in this order. X(NAME, text) */
#define DUET_PHASE_TABLE(X)                                                    \
    X(NONE, "none")                                                            \
    X(RESOLVE, "resolve")                                                      \
    X(QUEUE, "queue") /* waits for a place among the session's connections */  \
    X(CONNECT, "connect") /* TCP */                                            \
    X(TLS, "tls")                                                              \
    X(SEND, "send")                                                            \
    X(FIRST_BYTE, "first byte") /* sent; no response yet */                    \
    X(HEAD, "head")             /* of the response; begun and not complete */  \
    X(BODY, "body")

typedef enum duet_phase {
#define DUET_PHASE_ENUM(name, text) DUET_PHASE_##name,
    DUET_PHASE_TABLE(DUET_PHASE_ENUM)
#undef DUET_PHASE_ENUM
} duet_phase;

/* The phase's name: "first byte". A borrowed constant, never NULL; "none" for a
 * number that is not a phase. Any thread. */
DUET_API const char *duet_phase_name(duet_phase phase);

/* How long each phase took, in nanoseconds: the sum over all hops if there were
 * redirects; 0 for a phase that did not occur. */
typedef struct duet_timings {
    int64_t resolve_ns;
    int64_t queue_ns; /* for a place among those that look names up, too */
    int64_t connect_ns;
    int64_t tls_ns;
    int64_t first_byte_ns; /* sending the request included */
    int64_t body_ns;       /* of duet_open(): once that has ended */
    int64_t total_ns;      /* from the call to its return */
} duet_timings;

/* The status as the server sent it, 200 to 999, normally at most 599. For a
 * failed exchange (out_failed, session.h) that of the newest head, also 100; 0
 * if there was none. */
DUET_API int duet_response_status(const duet_response *response);

/* Checks the status.
 *
 *   lowest, highest  what is expected, both included: 200, 299 for success
 *
 * Returns 0, or, with a detail that has the URL and the status,
 *   DUET_EHTTP  it is another one
 * Source: aiohttp's raise_for_status(). */
DUET_API DUET_MUST_USE int duet_response_expect(const duet_response *response,
                                                int lowest, int highest);

/* The header fields, without trailers; borrowed until the response is freed. */
DUET_API const duet_fields *duet_response_fields(const duet_response *response);

/* The body, as it was sent (content codings are not undone).
 *
 *   out_bytes  its length; NULL if not wanted
 *
 * Returns a borrowed pointer, never NULL; the last byte is followed by a NUL
 * that is not counted. Empty if a body_sink or a reader took the body. */
DUET_API const char *duet_response_body(const duet_response *response,
                                        size_t *out_bytes);

/* The body as a text in UTF-8, whatever charset it has: that of its byte order
 * mark, which is left out; else the one in Content-Type, by the labels that
 * browsers know (latin1 is windows-1252); else UTF-8, if the body is
 * well-formed as such; else windows-1252. What is malformed becomes U+FFFD. The
 * text is at most 4 times as long as the body, and the body itself if that is
 * UTF-8. The first call for a rare charset may read a converter from disk.
 *
 *   out_text    borrowed until the response is freed; the last byte is followed
 *               by a NUL that is not counted; NULL on failure
 *   out_length  in bytes; NULL if not wanted
 *
 * Returns 0, or
 *   DUET_EINVAL   the response is of duet_open(): its body is not collected
 *   DUET_ENOTSUP  the C library has no converter for the charset
 *   DUET_ENOMEM   no memory
 * Source: aiohttp's response.text(); the Encoding standard of WHATWG. */
DUET_API DUET_MUST_USE int duet_response_text(duet_response *response,
                                              const char **out_text,
                                              size_t *out_length);

/* The body read as JSON (RFC 8259; any value, duplicate names refused),
 * whatever its Content-Type. What was read is kept: a further call returns the
 * same value.
 *
 *   out_json  borrowed until the response is freed; take a reference to keep it
 *             longer; NULL on failure
 *
 * Returns 0, or
 *   DUET_EJSON      malformed, empty, or nested deeper than json_depth_max of
 *                   the options of the fetch; the detail says where
 *   DUET_EINVAL     the response is of duet_open(): its body is not collected
 *   DUET_ETOOLARGE  the task's stack does not hold what json_depth_max allows
 *   DUET_ENOMEM     no memory
 * Source: aiohttp's response.json(), json_loadb() of jansson. */
DUET_API DUET_MUST_USE int duet_response_json(duet_response *response,
                                              struct json_t **out_json);

/* The body as a reader (reader.h). For a response of duet_open() (session.h)
 * the only way to read it: the bytes come from the server as they are read. For
 * another one the reader has the whole body, and can be rewound.
 *
 * Returns a borrowed reader, valid until the response is freed, always the same
 * one. Its calls return, besides the codes of every reader,
 *   DUET_ETIMEDOUT   also, nothing came for idle_ms while it waited
 *   DUET_ETRUNCATED  the connection was lost before the body's end
 *   DUET_EPROTOCOL   its chunks are malformed
 *   DUET_ETOOLARGE   it is longer than body_bytes_max
 *   DUET_ECLOSED     the session was closed before all had arrived
 *   DUET_ENOMEM      no memory
 * Source: aiohttp's response.content. */
DUET_API duet_reader *duet_response_reader(duet_response *response);

/* The URL of the final response, after redirects. */
DUET_API const char *duet_response_url(const duet_response *response);

/* How many redirects were followed. */
DUET_API int duet_response_redirects(const duet_response *response);

/* True if the last hop used a connection that had been used before. */
DUET_API bool duet_response_reused(const duet_response *response);

/* How many bytes the body had as it came, before its content coding was undone;
 * with duet_open() up to now. */
DUET_API int64_t duet_response_wire_bytes(const duet_response *response);

/* The durations of the phases. */
DUET_API duet_timings duet_response_timings(const duet_response *response);

/* Frees the response and everything it has returned; NULL does nothing.
 * Suspends only if a body_reader of duet_open() is still being read, because
 * the server answered early: that is cancelled and waited for. */
DUET_API void duet_response_free(duet_response *response);

DUET_END_DECLARATIONS

#endif
