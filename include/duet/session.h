/* SPDX-License-Identifier: MIT */
/* session.h - fetches over HTTP.
 *
 * A session is a pool of connections with the rules for using them: how many
 * there may be, how long a phase may last, which fields every request has. Open
 * one, fetch with it from as many tasks as you like, close it.
 *
 *     duet_session *session;
 *     duet_response *response;
 *     int status = duet_session_open(NULL, &session);
 *     if (status != 0)
 *         return status;
 *     status = duet_get(session, "https://example.org/", NULL, &response,
 *                       duet_in_ms(30000));
 *     if (status == 0)
 *         puts(duet_response_body(response, NULL));
 *     else
 *         fprintf(stderr, "%s\n", duet_error_message(status));
 *     duet_response_free(response);
 *     duet_session_close(session);
 *
 * An exchange resolves the host, waits for a place among the session's
 * connections (first come, first served for one host; hosts take turns),
 * connects, sends, and receives; a redirect goes through all of this again. An
 * exchange that waits for a name holds no place that another host could use.
 * Each phase has a timeout of its own below the deadline of the whole. After a
 * failed exchange duet_error_message() names phase, host and time, and
 * duet_error_phase() returns the phase; out_failed of the options keeps what
 * was received. Cancelling the task ends the exchange in any phase and frees
 * its place at once.
 *
 * A request with an idempotent method is retried automatically, once and on a
 * new connection, if it was sent on a reused connection that was closed before
 * the first byte of a response, or answered with 408. Other requests are never
 * retried. Unsolicited bytes are not a response: bytes that arrived before the
 * request was sent, or before the server's system had received it, end that
 * connection.
 *
 * Certificates are verified. Proxies in the environment are not used. SIGPIPE
 * is ignored in a process that opens a session, unless it has a handler.
 *
 * Threads: a session is for the thread of the loop it was opened in.
 */
#ifndef DUET_SESSION_H
#define DUET_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/fields.h>
#include <duet/form.h>
#include <duet/reader.h>
#include <duet/response.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

struct json_t; /* of <jansson.h> */

typedef struct duet_session duet_session;

/* Which status a call asks for. */
typedef enum duet_expect {
    DUET_EXPECT_DEFAULT, /* of a call: what its session asks for; of a session:
                          * any */
    DUET_ANY_STATUS,     /* each is a response */
    DUET_SUCCESS,        /* 200 to 299; another fails with DUET_EHTTP */
} duet_expect;

typedef struct duet_session_options {
    /* The most exchanges that have a connection at once; others queue. One
     * whose server has sent nothing for a second is not counted while another
     * host waits, so that silent servers do not delay others: then up to as
     * many more are open. Default 100, DUET_NO_LIMIT for no limit. */
    int64_t connections_max;
    /* The same for one origin (scheme, host, port). Default 6, as browsers do;
     * DUET_NO_LIMIT for no limit except connections_max. */
    int64_t per_host_max;
    /* The most connections kept open, including those in use; beyond that the
     * oldest idle one is closed. Default 256, 1 to 10,000. */
    int64_t kept_max;
    /* How long a connection may be idle and still be used again, in
     * milliseconds, rounded up to seconds. Default 30,000; DUET_NO_LIMIT for as
     * long as the server keeps it. */
    int64_t keep_idle_ms;
    /* How long a connection may be used after it was made, in milliseconds,
     * rounded up to seconds. Default 3,600,000; DUET_NO_LIMIT for ever. */
    int64_t keep_age_ms;

    /* How long a DNS answer is used: its time to live, within these limits.
     * Defaults 1,000 and 300,000; the first is at most the second, which
     * DUET_NO_LIMIT lifts. */
    int64_t dns_ttl_min_ms;
    int64_t dns_ttl_max_ms;
    /* How long a negative answer is cached: the name does not exist, or no name
     * server answered. Default 5,000. */
    int64_t dns_negative_ttl_ms;
    /* The most names cached; the least recently used is dropped. As many, but
     * no more than 4096, are looked up at once; others wait for their turn,
     * first come, first served. Default 4,096, 1 to 1,000,000. */
    int64_t dns_entries_max;
    /* Name servers instead of the system's: "192.0.2.1,192.0.2.2:5353"; if one
     * does not answer within a second, the next is tried. Copied. Default:
     * those of /etc/resolv.conf. */
    const char *dns_servers;
    /* Addresses that need no lookup, "host:port:address", an IPv6 address with
     * or without brackets; several are separated by commas, and tried in that
     * order. An array that ends with NULL; copied. Default: none. */
    const char *const *resolve;

    /* The User-Agent field. Copied. Default "duet/VERSION"; "" for none. */
    const char *user_agent;
    /* Sent with every request, unless the request has a field of that name.
     * Copied. Default: none. */
    const duet_fields *fields;

    /* A file with the CA certificates to trust, in PEM form. Copied. Default:
     * the system's. */
    const char *ca_file;
    /* Do not verify the server's certificate: an attacker in between can read
     * and change everything. Default false. */
    bool insecure_no_verify;
    /* The status that calls ask for that have no `expect` of their own. Default
     * any. */
    duet_expect expect;
} duet_session_options;

/* Takes the next `count` bytes of a body; called as they arrive. Runs outside
 * tasks and must not wait.
 *
 *   context  body_sink_context of the options
 *   bytes    borrowed until return
 *
 * Returns 0, or a negative code, which ends the exchange with that code. */
typedef int duet_body_sink(void *context, const void *bytes, size_t count);

typedef struct duet_fetch_options {
    /* Header fields of this request; each name replaces the session's fields of
     * that name. Content-Length, Transfer-Encoding and Connection are duet's
     * own and refused. Borrowed until return. Default: none. */
    const duet_fields *fields;
    /* More of them, as texts: (const char *const[]){"Accept: a/b", NULL}. Each
     * name replaces the fields of that name so far. Borrowed until return.
     * Default: none. */
    const char *const *field_lines;
    /* The request's body; borrowed until return. Default: none. */
    const void *body;
    /* 0 if `body` is NULL; at most PTRDIFF_MAX, as of all in memory. */
    size_t body_bytes;
    /* The request's body instead, read as it is sent. Borrowed until return,
     * with duet_open() until the response is freed. If the reader knows how
     * many bytes it has (duet_reader_remaining()), they are announced, else the
     * body is sent in chunks. It is sent again, after a redirect with 307 or
     * 308 or on a new connection, only if the reader can be rewound or nothing
     * was read yet. The request is cut off, and fails with that code, if the
     * reader fails. Default: none. */
    duet_reader *body_reader;
    /* For a request with a body: sends "Expect: 100-continue", and then the
     * body when the server says so, or after this time, in milliseconds; a
     * server that refuses answers before it is sent. Default 0: not asked for;
     * at most 2,147,483,647. */
    int64_t expect_continue_ms;
    /* The Content-Type of the body, unless `fields` has one. Borrowed until
     * return. Default "application/octet-stream". */
    const char *content_type;

    /* The longest body accepted, in bytes. Default 67,108,864 (64 MiB); with a
     * body_sink and with duet_open() none. DUET_NO_LIMIT for no limit. */
    int64_t body_bytes_max;
    /* The longest head accepted, in bytes: status line and fields, including
     * those of interim responses before it and the trailers after the body.
     * libcurl accepts 102,400 bytes in one line of a head, 4,096 in one
     * trailer, and in newer versions 5,000 fields. Default 307,200 (300 KiB), 1
     * to 307,200. */
    int64_t head_bytes_max;
    /* The body stays in the coding in which it is sent, and no Accept-Encoding
     * is. Default: "gzip, deflate, br, zstd" is sent unless `fields` or the
     * session has one, and the body is decoded on the way, whoever takes it;
     * its fields stay, so that Content-Length is that of the coded body. A
     * coding that is not known leaves the body as it is. body_bytes_max holds
     * for the coded and for the decoded body. */
    bool keeps_coding;
    /* How deep JSON may be nested that duet_response_json() reads and
     * duet_post_json() writes; DUET_EJSON beyond. A level takes about 100 bytes
     * of the task's stack to read and 320 to write; a stack that is too small
     * is reported (DUET_ETOOLARGE), never overrun. Default 128; 1 to 2048. */
    int64_t json_depth_max;
    /* How many bytes of a response's body may wait for its reader, with
     * duet_open(): then receiving stops until half of them were read. Over
     * HTTP/2 libcurl takes up to 10 MiB more, which it has allowed the server
     * to send. Default 65,536, 1,024 to 1,073,741,824. */
    int64_t ring_bytes;
    /* Gets the body instead of the response. Bodies of redirects that are
     * followed are not passed on. Default: none. */
    duet_body_sink *body_sink;
    void *body_sink_context; /* borrowed until return */
    /* The most redirects followed; -1 follows none and returns the redirecting
     * response. Default 10. */
    int max_redirects;
    /* The status that is asked for, of the final response; its body is received
     * before the call fails, except with duet_open(), and out_failed keeps it.
     * Default: that of the session. */
    duet_expect expect;

    /* Where to store what is known about a failed exchange: the status (0 if
     * there was none), the fields and the body as far as they were received,
     * the last requested URL, redirects and timings, in which the failed phase
     * has the time until it failed. Returned-owned (duet_response_free()). Set
     * to NULL if the exchange succeeds, fails before its first phase, or has no
     * memory. Default: not wanted. */
    duet_response **out_failed;

    /* Timeouts of the phases, in milliseconds; DUET_NO_LIMIT for none but the
     * deadline. For each hop. */
    int64_t resolve_ms;    /* name to addresses; default 10,000 */
    int64_t queue_ms;      /* for a place, or for the name's turn to be looked
                              up; default: none */
    int64_t connect_ms;    /* TCP, all addresses together, with one more tried
                            * every 250 ms; default 10,000 */
    int64_t tls_ms;        /* handshake; default 10,000 */
    int64_t first_byte_ms; /* request sent to whole head; default 60,000 */
    int64_t idle_ms;       /* between two pieces of a body, either way; default
                              60,000 */
} duet_fetch_options;

/* Opens a session in the loop that runs in this thread. Makes no connection.
 *
 *   options      borrowed until return; NULL for all defaults
 *   out_session  returned-owned (duet_session_close() before the loop ends);
 *                NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL   an option is out of range or malformed, or a field is duet's
 *                 own; see the detail
 *   DUET_EFIELD   user_agent is not a field value, or Host among the fields is
 *                 not host or host:port, or there twice
 *   DUET_ENOENT   ca_file cannot be read
 *   DUET_ENOMEM   no memory
 *   DUET_ENOLOOP  no loop runs in this thread
 * Source: aiohttp.ClientSession. */
DUET_API DUET_MUST_USE int
duet_session_open(const duet_session_options *options,
                  duet_session **out_session);

/* Closes all connections and frees the session. Exchanges that are still in
 * progress in other tasks end with DUET_ECLOSED.
 *
 *   session  taken; NULL does nothing */
DUET_API void duet_session_close(duet_session *session);

/* Sends a request and waits for the whole response.
 *
 *   session       borrowed until return
 *   method        a token, case-sensitive; borrowed until return
 *   url           an absolute http or https URL (url.h); borrowed until return.
 *                 User info in it is sent as basic credentials.
 *   options       borrowed until return; NULL for all defaults
 *   out_response  returned-owned (duet_response_free()); NULL on failure
 *   deadline      of the whole: queue, redirects and body included
 *
 * Returns 0 for any status of a whole response, unless `expect` asks for
 * another, or, with a detail and a phase,
 *   DUET_EURL, DUET_ESCHEME  `url` is malformed, or not http or https
 *   DUET_EINVAL         an option is out of range, a field is duet's own, HEAD
 *                       has a body, `method` is no token, or is CONNECT, or
 *                       body_sink returned a number above 0
 *   DUET_ENOTSUP        body_reader would have to be sent again, after a
 *                       redirect, and cannot be rewound
 *   DUET_EFIELD         content_type is not a field value, one of field_lines
 *                       is no field, or Host among the fields is not host or
 *                       host:port, or there twice
 *   DUET_ETIMEDOUT      the deadline or a phase's timeout passed
 *   DUET_ECANCELED      the task was cancelled
 *   DUET_ECLOSED        the session was closed meanwhile
 *   DUET_ERESOLVE       the host has no address, or no name server answered
 *   DUET_ECONNREFUSED, DUET_EHOSTUNREACH, DUET_ENETUNREACH, DUET_ECONNECT
 *                       no address of the host took the connection
 *   DUET_ETLS           the handshake failed
 *   DUET_ECERTIFICATE   the server's certificate was not accepted
 *   DUET_EDISCONNECTED, DUET_ECONNRESET
 *                       the connection was lost before the response's head
 *   DUET_ETRUNCATED     the connection was lost in the response's head or body,
 *                       or without TLS close_notify after a body of unknown
 *                       length; or body_reader has less than it announced
 *   DUET_EPROTOCOL      the response is not HTTP, contradicts itself, or its
 *                       chunks or framing fields are malformed
 *   DUET_ECODING        the body is malformed in its content coding
 *   DUET_ETOOLARGE      the body is longer than body_bytes_max, or the head
 *                       than head_bytes_max; or body_reader has more than it
 *                       announced
 *   DUET_EHTTP          the status is not what `expect` asks for: the sentence
 *                       has it and the URL; without a phase
 *   DUET_EREDIRECTS     there were more redirects than max_redirects
 *   DUET_EREDIRECT      a redirect leads to something else than http or https
 *   DUET_ENOMEM         no memory
 *   DUET_EMFILE         no descriptor for a connection
 *   DUET_EUNKNOWN       libcurl failed in a way that has no code here; the
 *                       detail has its sentence
 *   DUET_ENOLOOP        the caller is not a task
 *   and what body_sink and body_reader returned
 * Source: RFC 9110; redirects as its section 15.4, in which 301 and 302 turn a
 * POST into a GET, 303 turns all except HEAD into GET, and a redirect to
 * another origin loses the fields Authorization, Cookie, Proxy-Authorization,
 * Host; user info in the URL stays with its origin. A redirect is followed as
 * soon as its head is whole, and needs a Location that is not empty. A
 * malformed header field is left out of the response, unless it determines the
 * length of the body. */
DUET_API DUET_MUST_USE int duet_fetch(duet_session *session, const char *method,
                                      const char *url,
                                      const duet_fetch_options *options,
                                      duet_response **out_response,
                                      duet_deadline deadline);

/* Sends a request and waits for the head of the response; the body is read as
 * it comes, with duet_response_reader() (response.h):
 *
 *     status = duet_open(session, "GET", url, NULL, &response,
 *                        duet_in_ms(30000));
 *     if (status == 0)
 *         status = duet_copy(duet_response_reader(response), writer, NULL,
 *                            DUET_NEVER);
 *     duet_response_free(response);
 *
 * The memory it takes is that of ring_bytes, however long the body and however
 * slow its reader: what does not fit stays with the server. The place among the
 * session's connections is kept until all of the response has arrived. A
 * response may be freed at any time: if what is left of its body is little and
 * has arrived already, the connection is kept, else it is closed.
 *
 *   options   borrowed until return, but its `body` and body_reader until the
 *             response is freed: a server may answer before it has read all
 *   deadline  of the head, with queue and redirects; each call of the reader
 *             has its own
 *   and all else as with duet_fetch()
 *
 * Returns the codes of duet_fetch(), as far as they concern the head, and
 *   DUET_EINVAL  also, there is a body_sink
 * Source: aiohttp's session.get() before read(), Go's http.Client.Do(). */
DUET_API DUET_MUST_USE int duet_open(duet_session *session, const char *method,
                                     const char *url,
                                     const duet_fetch_options *options,
                                     duet_response **out_response,
                                     duet_deadline deadline);

/* duet_fetch() with the method GET. */
DUET_API DUET_MUST_USE int duet_get(duet_session *session, const char *url,
                                    const duet_fetch_options *options,
                                    duet_response **out_response,
                                    duet_deadline deadline);

/* duet_fetch() with the method HEAD: the response has no body. */
DUET_API DUET_MUST_USE int duet_head(duet_session *session, const char *url,
                                     const duet_fetch_options *options,
                                     duet_response **out_response,
                                     duet_deadline deadline);

/* duet_fetch() with the method DELETE. */
DUET_API DUET_MUST_USE int duet_delete(duet_session *session, const char *url,
                                       const duet_fetch_options *options,
                                       duet_response **out_response,
                                       duet_deadline deadline);

/* duet_fetch() with the method POST and this body, whatever body `options`
 * has.
 *
 *   body  borrowed until return; `body_bytes` bytes, may be NULL if that is 0
 */
DUET_API DUET_MUST_USE int duet_post(duet_session *session, const char *url,
                                     const void *body, size_t body_bytes,
                                     const duet_fetch_options *options,
                                     duet_response **out_response,
                                     duet_deadline deadline);

/* The same with the method PUT. */
DUET_API DUET_MUST_USE int duet_put(duet_session *session, const char *url,
                                    const void *body, size_t body_bytes,
                                    const duet_fetch_options *options,
                                    duet_response **out_response,
                                    duet_deadline deadline);

/* The same with the method PATCH. */
DUET_API DUET_MUST_USE int duet_patch(duet_session *session, const char *url,
                                      const void *body, size_t body_bytes,
                                      const duet_fetch_options *options,
                                      duet_response **out_response,
                                      duet_deadline deadline);

/* duet_fetch() with the method POST and a form as its body (form.h), whatever
 * body and type `options` has; its `fields` must not have a Content-Type.
 *
 *   form  borrowed until return; it is read, so no field can be added to it any
 *         more
 *
 * Returns the codes of duet_fetch(), and
 *   DUET_ENOTSUP  the form was read before, and has a part that cannot be
 *                 rewound
 * Source: aiohttp's session.post(data=FormData()). */
DUET_API DUET_MUST_USE int duet_post_form(duet_session *session,
                                          const char *url, duet_form *form,
                                          const duet_fetch_options *options,
                                          duet_response **out_response,
                                          duet_deadline deadline);

/* duet_fetch() with the method POST and a JSON value in its shortest form as
 * its body, whatever body and type `options` has. Its Content-Type is
 * "application/json", unless `fields` has one.
 *
 *   json  taken, on failure too; NULL gives DUET_EINVAL, so a json_pack() that
 *         failed needs no check of its own
 *
 * Returns the codes of duet_fetch(), and
 *   DUET_EJSON      the value cannot be written: it is nested deeper than
 *                   json_depth_max or contains itself, or a text in it is not
 *                   UTF-8
 *   DUET_ETOOLARGE  also, the task's stack is too small for json_depth_max
 *   DUET_EINVAL     also, `json` is NULL
 * Source: aiohttp's session.post(json=). */
DUET_API DUET_MUST_USE int duet_post_json(duet_session *session,
                                          const char *url, struct json_t *json,
                                          const duet_fetch_options *options,
                                          duet_response **out_response,
                                          duet_deadline deadline);

/* In which phase the calling task's newest failure with a detail happened:
 * DUET_PHASE_NONE if that was not an exchange, or before its first phase. */
DUET_API duet_phase duet_error_phase(void);

DUET_END_DECLARATIONS

#endif
