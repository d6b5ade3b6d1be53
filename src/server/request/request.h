/* SPDX-License-Identifier: MIT */
/* request.h - a request from its first line to the end of its reply.
 *
 * Lifetime: from libmicrohttpd's first word of it until libmicrohttpd is done
 * with it, which is after its task has ended, for a suspended connection is
 * resumed only then. Invariant: each begins as one compound literal
 * (connection/request_life.c), so nothing in it is from another request. */
#ifndef DUET_SERVER_REQUEST_REQUEST_H
#define DUET_SERVER_REQUEST_REQUEST_H

#include <duet/request.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "http/body/json.h"
#include "http/message/request_check.h"
#include "runtime/core/task.h"
#include "server/request/connection.h"
#include "server/request/reply.h"
#include "server/application/router.h"

enum {
    DUET__REQUEST_FIELDS_MAX = 128, /* more get 431 */
};

typedef enum duet__request_phase {
    DUET__REQUEST_HEAD,    /* the request line was read; the head is to come */
    DUET__REQUEST_BODY,    /* the head is good; the body is being read */
    DUET__REQUEST_RUNNING, /* the handler's task runs */
    DUET__REQUEST_ENDED,   /* it has ended: the reply may be queued */
    DUET__REQUEST_DRAINED, /* it has, and the rest of the body is thrown away
                            * first */
    DUET__REQUEST_SENT,    /* the reply is libmicrohttpd's */
} duet__request_phase;

/* What duet_request_defer() was given. */
typedef struct duet__deferred {
    struct duet__deferred *older;
    void (*function)(void *argument);
    void *argument;
} duet__deferred;

struct duet_request {
    duet__link link; /* in the pool, or in mhd.ended */
    duet_server *server;
    duet__connection *connection;
    duet__request_phase phase;
    int refusal;      /* status to answer instead of the handler's: an error
                       * or 200 for "OPTIONS *"; 0: none */
    int64_t begun_ns; /* for the access log */
    duet__arena arena;

    /* Texts lie in `arena` or with libmicrohttpd. */
    struct {
        duet__text method;
        duet__text target;
        duet__text path; /* of the target, quoted */
        duet__text version;
        duet__raw_field *fields;
        size_t field_count;
        size_t field_capacity;
        duet__request_framing framing;
    } head;

    /* Where the next part of the head must stand if the lines are as they seem;
     * see mhd/wire.h. */
    struct {
        const char *next;
        bool differs;
    } wire;

    struct {
        duet__buffer received;
        bool is_discarded;
        size_t discarded_bytes;
        bool has_reader;  /* see connection/request_body.h, for all of these */
        bool is_coming;   /* and the handler's task may run already */
        size_t bytes_max; /* with is_coming: of the route */
        int64_t timeout_ns; /* likewise */
        int failure;        /* of the reader; 0: none */
        int failure_status; /* that the handler's failure gives then */
    } body;

    /* The handler's. */
    struct {
        duet__match match;
        duet_task *task;   /* NULL unless it runs */
        bool is_suspended; /* the connection is */
        bool is_abandoned; /* libmicrohttpd has closed the connection */
        bool keeps_on_disconnect;
        bool has_timed_out;
        bool sends_reply; /* its task waits for the client, and watches it */
        bool is_answered; /* its task has sent the reply; see half_close.h */
        duet__deferred *deferred; /* the newest first */
    } run;

    /* Made when asked for. */
    struct {
        const char *path; /* decoded */
        duet_query *queries;
        duet_fields *fields;
        struct json_t *json;
        bool json_is_malformed;
        duet_form *form;
        duet_multipart *parts;
        int form_failure; /* why there is neither; 0: not asked for, or there
                           * is */
    } asked;

    duet__reply reply;
    struct duet__reply_stream *stream; /* NULL: the reply is not streamed */
    size_t reply_head_max;             /* bytes; see mhd/memory.h */
};

/* The limits on JSON that the running task reads or writes. */
duet__json_limits duet__request_json_limits(const duet_request *request);

static inline bool duet__request_is_connect(const duet_request *request)
{
    return duet__text_equal(request->head.method, DUET__TEXT("CONNECT"));
}

#endif
