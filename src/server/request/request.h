/* SPDX-License-Identifier: MIT */
/* request.h - a request from its first line to the end of its reply.
 *
 * Requests come from a pool: one that is idle keeps its first block of memory
 * and nothing else. Lifetime: from libmicrohttpd's first word of it until
 * libmicrohttpd is done with it, which is after its task has ended, for a
 * suspended connection is resumed only then. */
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
    DUET__REQUEST_FIELDS_FIRST = 24,
    DUET__REQUEST_FIRST_BYTES = 1024,
};

typedef enum duet__request_phase {
    DUET__REQUEST_LINE,    /* the request line was read; the head is to come */
    DUET__REQUEST_BODY,    /* the head is good; the body is being read */
    DUET__REQUEST_RUNNING, /* the handler's task runs */
    DUET__REQUEST_ENDED,   /* it has ended: the reply may be queued */
    DUET__REQUEST_SENT,    /* the reply is libmicrohttpd's */
} duet__request_phase;

/* What duet_request_defer() was given. */
typedef struct duet__deferred {
    struct duet__deferred *older;
    void (*function)(void *argument);
    void *argument;
} duet__deferred;

struct duet_request {
    duet__link link; /* in the pool, or in server->ended */
    duet_server *server;
    duet__connection *connection;
    duet__request_phase phase;
    int refusal;       /* status to answer instead of the handler's: an error
                        * or 200 for "OPTIONS *"; 0: none */
    bool is_suspended; /* the connection is */
    bool discards_body;
    size_t discarded_bytes;
    bool keeps_on_disconnect;
    bool has_timed_out;
    bool is_answered; /* its task has sent the reply; see half_close.h */
    bool json_is_malformed;
    int64_t begun_ns; /* for the access log */
    duet_task *task;  /* NULL unless it runs */

    /* Where the next part of the head must stand if the lines are as they seem;
     * see mhd/wire.h. */
    const char *wire;
    bool wire_differs;

    /* The head. Texts lie in `arena` or with libmicrohttpd. */
    duet__text method;
    duet__text target;
    duet__text path; /* of the target, quoted */
    duet__text version;
    duet__raw_field *fields;
    size_t field_count;
    size_t field_room;
    duet__request_framing framing;
    size_t reply_head_max; /* bytes; see mhd/room.h */
    duet__match match;
    duet__buffer body;

    /* Made when asked for. */
    const char *decoded_path;
    duet_query *queries;
    duet_fields *field_list;
    struct json_t *json;

    duet__reply reply;
    duet__deferred *deferred; /* the newest first */
    duet__arena arena;
    duet__raw_field first_fields[DUET__REQUEST_FIELDS_FIRST];
    max_align_t first[DUET__REQUEST_FIRST_BYTES / sizeof(max_align_t)];
};

/* The limits on JSON that the running task reads or writes. */
duet__json_limits duet__request_json_limits(const duet_request *request);

static inline bool duet__request_is_connect(const duet_request *request)
{
    return duet__text_equal(request->method, DUET__TEXT("CONNECT"));
}

#endif
