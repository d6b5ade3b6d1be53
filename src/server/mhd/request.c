/* SPDX-License-Identifier: MIT */
/* request.c - a request through libmicrohttpd's access handler.
 *
 * It is called once with the head, with each piece of the body, and once when
 * all is there; a reply that is queued in the first call closes the connection,
 * so the handler starts in the last. request->phase tells which call it is. */
#include "server/mhd/request.h"

#include <sys/socket.h>

#include "server/request/access_log.h"
#include "server/connection/connections.h"
#include "server/connection/disconnect.h"
#include "server/connection/request_body.h"
#include "server/request/error_page.h"
#include "server/mhd/idle.h"
#include "server/mhd/memory.h"
#include "server/mhd/reply.h"
#include "server/mhd/suspend.h"
#include "server/mhd/told.h"
#include "server/mhd/watch.h"
#include "server/mhd/wire.h"
#include "server/request/refusal.h"
#include "server/request/reply_fit.h"
#include "server/request/request.h"
#include "server/connection/request_life.h"
#include "server/request/server_state.h"

/* --- connections --------------------------------------------------------- */

void duet__mhd_connection(void *context, struct MHD_Connection *connection,
                          void **record,
                          enum MHD_ConnectionNotificationCode code)
{
    const union MHD_ConnectionInfo *answer;
    duet__mhd *mhd = &((duet_server *)context)->mhd;
    int descriptor;

    duet__mhd_step(mhd, NULL);
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        /* If it has stopped listening at its limit, it begins again in the
         * next run. */
        duet__mhd_run_within(mhd, 0);
        duet__connections_close(*record);
        *record = NULL;
        return;
    }
    /* One answer at a time: from 1.0.0 on all of them come in one place. */
    if (mhd->is_adding_ended)
        return;
    answer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    descriptor = answer->connect_fd;
    answer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    *record =
        duet__connections_open(context, connection, descriptor,
                               answer != NULL ? answer->client_addr : NULL);
    if (*record == NULL) /* nothing would ever end it */
        shutdown(descriptor, SHUT_RDWR);
}

static duet__connection *record_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection,
                                   MHD_CONNECTION_INFO_SOCKET_CONTEXT)
        ->socket_context;
}

/* --- the head ------------------------------------------------------------ */

size_t duet__mhd_leave_escaped(void *context, struct MHD_Connection *connection,
                               char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

/* Ends libmicrohttpd's own copy of the target behind the '?': it would take
 * memory of the connection for every argument, and may run out of it without an
 * answer. Ours is whole. */
static void forget_arguments(const char *target)
{
    char *query = strchr((char *)(uintptr_t)target, '?');

    if (query != NULL && query[1] != '\0')
        query[1] = '\0';
}

void *duet__mhd_request_line(void *context, const char *target,
                             struct MHD_Connection *connection)
{
    duet__connection *record = record_of(connection);
    duet__text text = duet__text_from(target);
    duet_request *request;

    (void)context;
    if (record == NULL)
        return NULL;
    record->lines_begun++;
    record->is_in_line = false;
    duet__mhd_idle_end(record);
    duet__mhd_step(&record->server->mhd, record);
    if (!record->is_shed)
        duet__connection_expect(record, DUET__EXPECT_HEAD);
    request = duet__request_begin(record, text);
    if (request != NULL)
        duet__mhd_wire_target(request, target, text.length);
    forget_arguments(target);
    return request;
}

static enum MHD_Result add_field(void *context, enum MHD_ValueKind kind,
                                 const char *name, size_t name_length,
                                 const char *value, size_t value_length)
{
    duet_request *request = context;
    duet__raw_field field = {
        .name = duet__text_of(name, name_length),
        .value = duet__text_of(value != NULL ? value : "", value_length),
    };

    (void)kind;
    duet__stream_unmask((char *)(uintptr_t)name, name_length);
    duet__mhd_wire_field(request, &field);
    request->refusal = duet__request_add_field(request, field);
    return request->refusal == 0 ? MHD_YES : MHD_NO;
}

/* libmicrohttpd sends 100 Continue also where no body is to come, and then
 * closes if the next request was there already. Ours is a copy of the field. */
static enum MHD_Result hide_expect(void *context, enum MHD_ValueKind kind,
                                   const char *name, size_t name_length,
                                   const char *value, size_t value_length)
{
    (void)context;
    (void)kind;
    (void)value;
    (void)value_length;
    if (duet__text_equal_ignoring_case(duet__text_of(name, name_length),
                                       DUET__TEXT("Expect")))
        *(char *)(uintptr_t)name = '-';
    return MHD_YES;
}

static enum MHD_Result send_reply(duet_request *request)
{
    duet__reply_fit(request);
    return duet__mhd_queue_reply(request);
}

/* Refuses a request before its body, and closes. */
static enum MHD_Result refuse_head(duet_request *request, int status,
                                   const char *reason)
{
    if (request->head.framing.has_body &&
        !request->head.framing.expects_continue) {
        duet__refuse(request->connection, status, reason);
        request->phase = DUET__REQUEST_BODY;
        return MHD_YES;
    }
    request->server->counts.refused++;
    duet__error_page(request, status, reason);
    request->reply.closes = true;
    request->connection->may_send_on = true;
    return send_reply(request);
}

/* A larger body that nobody wants is not waited for; nginx waits for none, and
 * closes. */
enum { DISCARDS_MAX = 65536 };

/* "OPTIONS *" is answered 200 with any other body. */
static int status_of_discarded(const duet_request *request)
{
    return request->refusal >= 400 ? request->refusal : 413;
}

/* Does the client hold its body back for an answer that is no already? */
static bool waits_for_no(const duet_request *request)
{
    return request->refusal >= 400 && request->head.framing.has_body &&
           request->head.framing.expects_continue;
}

static enum MHD_Result answer_before_body(duet_request *request)
{
    duet__error_page(request, request->refusal, "");
    request->reply.closes = true; /* the body may come all the same */
    request->connection->may_send_on = true;
    return send_reply(request);
}

/* Takes the fields. Returns 0, or the status of a head that cannot be
 * believed. */
static int take_fields(duet_request *request)
{
    duet__mhd_wire_line(request);
    MHD_get_connection_values_n(request->connection->mhd, MHD_HEADER_KIND,
                                add_field, request);
    if (request->refusal != 0)
        return request->refusal;
    return duet__mhd_wire_is_clean(request) ? 0 : 400;
}

/* Where what is received is not checked, bodies are collected. */
static bool streams_body(const duet_request *request)
{
    return request->head.framing.has_body && request->refusal == 0 &&
           request->run.match.route->streams_body &&
           request->connection->stream.lines > 0;
}

static enum MHD_Result start_before_body(duet_request *request)
{
    duet__connection *connection = request->connection;

    if (!duet__request_body_begin(request))
        return refuse_head(request, 503, "no memory for the head");
    if (request->head.framing.expects_continue) /* we do that ourselves */
        MHD_get_connection_values_n(connection->mhd, MHD_HEADER_KIND,
                                    hide_expect, NULL);
    duet__deadline_clear(&connection->deadline);
    duet__request_run(request);
    if (request->run.task == NULL || request->run.sends_reply)
        return MHD_YES;
    if (request->stream == NULL)
        duet__connection_expect(connection, DUET__EXPECT_HANDLER);
    if (!connection->is_cut)
        duet__disconnect_watch(connection);
    return MHD_YES;
}

static enum MHD_Result take_head(duet_request *request, const char *method,
                                 const char *version)
{
    const char *reason;
    int status;
    int flaw;

    if (request->connection->stream.lines > 0)
        request->connection->memory = method;
    request->head.method = duet__text_from(method);
    request->head.version = duet__text_from(version);
    flaw = take_fields(request);
    status = duet__request_check_head(request, &reason);
    request->reply_head_max = duet__mhd_reply_head_max(request);
    if (flaw == 0 && request->reply_head_max < DUET__REPLY_HEAD_MIN)
        flaw = 431;
    if (flaw != 0) { /* who knows about a body */
        status = flaw;
        reason = "the head cannot be believed, or is too large";
        request->head.framing.has_body = true;
        request->head.framing.expects_continue = false;
    }
    if (status != 0)
        return refuse_head(request, status, reason);
    if (waits_for_no(request))
        return answer_before_body(request);
    if (request->body.is_discarded &&
        request->head.framing.length > DISCARDS_MAX)
        return refuse_head(request, status_of_discarded(request), "");
    request->phase = DUET__REQUEST_BODY;
    if (streams_body(request))
        return start_before_body(request);
    if (request->head.framing.has_body) {
        duet__connection_expect(request->connection, DUET__EXPECT_BODY);
        duet__connection_look_soon(request->connection);
    } else {
        duet__deadline_clear(&request->connection->deadline);
        if (request->head.framing.expects_continue)
            MHD_get_connection_values_n(request->connection->mhd,
                                        MHD_HEADER_KIND, hide_expect, NULL);
    }
    return MHD_YES;
}

/* --- the body ------------------------------------------------------------ */

static void discard(duet_request *request, size_t count)
{
    request->body.discarded_bytes += count;
    if (request->body.discarded_bytes > DISCARDS_MAX)
        duet__refuse(request->connection, status_of_discarded(request), "");
}

static enum MHD_Result take_body(duet_request *request, const char *bytes,
                                 size_t *count)
{
    int status = 0;

    if (request->body.is_discarded)
        discard(request, *count);
    else
        status = duet__buffer_append(&request->body.received, bytes, *count);
    *count = 0;
    if (status != 0) {
        duet__buffer_free(&request->body.received);
        if (status == DUET_ETOOLARGE)
            duet__refuse(request->connection, 413,
                         "the body is larger than body_bytes_max");
        else
            duet__refuse(request->connection, 503, "no memory for the body");
    }
    return MHD_YES;
}

/* The handler runs: it gets the body, or its end. */
static enum MHD_Result feed_handler(duet_request *request, const char *bytes,
                                    size_t *count)
{
    if (request->run.is_suspended) /* called again in the same loop */
        return MHD_YES;
    if (*count > 0) {
        *count -= duet__request_body_put(request, bytes, *count);
        if (*count > 0)
            duet__mhd_suspend(request);
        return MHD_YES;
    }
    duet__request_body_end(request);
    duet__mhd_suspend(request);
    if (!request->run.sends_reply && !request->connection->is_cut)
        duet__disconnect_watch(request->connection);
    return MHD_YES;
}

/* --- the reply ----------------------------------------------------------- */

static enum MHD_Result start(duet_request *request)
{
    duet__connection *connection = request->connection;

    if (connection->is_refused)
        return MHD_NO; /* has its reply, and all was read */
    duet__deadline_clear(&connection->deadline);
    if (request->refusal == 200)
        duet__error_page_options(request);
    else if (request->refusal != 0)
        duet__error_page(request, request->refusal, "");
    if (request->refusal != 0) {
        /* What comes behind it is for somebody else. */
        request->reply.closes |= duet__request_is_connect(request);
        return send_reply(request);
    }
    duet__request_run(request);
    if (request->phase == DUET__REQUEST_ENDED)
        return request->stream == NULL ? send_reply(request)
                                       : duet__mhd_tell(request);
    duet__mhd_suspend(request);
    if (request->stream == NULL)
        duet__connection_expect(connection, DUET__EXPECT_HANDLER);
    if (!connection->is_cut) /* by a stream that was given up */
        duet__disconnect_watch(connection);
    return MHD_YES;
}

static enum MHD_Result conclude(duet_request *request)
{
    if (request->stream != NULL)
        return duet__mhd_tell(request);
    if (request->connection->has_hung_up || request->run.is_answered)
        return MHD_NO;
    return send_reply(request);
}

/* The handler has ended. */
static enum MHD_Result drain(duet_request *request, size_t *count)
{
    if (*count == 0)
        return request->connection->is_refused ? MHD_NO : conclude(request);
    *count = 0;
    return MHD_YES;
}

enum MHD_Result duet__mhd_answer(void *context,
                                 struct MHD_Connection *connection,
                                 const char *url, const char *method,
                                 const char *version, const char *bytes,
                                 size_t *count, void **state)
{
    duet_request *request = *state;

    (void)context;
    (void)url;
    if (request == NULL)
        return MHD_NO;
    request->server->mhd.answering = connection;
    duet__mhd_step(&request->server->mhd, request->connection);
    switch (request->phase) {
    case DUET__REQUEST_HEAD:
        return take_head(request, method, version);
    case DUET__REQUEST_BODY:
        return *count > 0 ? take_body(request, bytes, count) : start(request);
    case DUET__REQUEST_RUNNING:
        return feed_handler(request, bytes, count);
    case DUET__REQUEST_DRAINED:
        return drain(request, count);
    case DUET__REQUEST_ENDED:
        return conclude(request);
    default:
        return MHD_YES;
    }
}

/* A refusal has logged itself. */
static void log_reply(const duet_request *request, bool is_complete)
{
    if (is_complete)
        duet__access_log_write(request->connection, request->reply.status,
                               duet__reply_sent_bytes(request));
    else
        duet__access_log_write(request->connection, DUET__STATUS_CLIENT_LEFT,
                               0);
}

void duet__mhd_completed(void *context, struct MHD_Connection *connection,
                         void **state, enum MHD_RequestTerminationCode code)
{
    duet_request *request = *state;
    duet__connection *record;

    (void)context;
    (void)connection;
    if (request == NULL)
        return;
    *state = NULL;
    record = request->connection;
    duet__mhd_step(&record->server->mhd, record);
    if (request->run.task != NULL) { /* it reads the body that is cut off */
        duet__request_abandon(request);
        return;
    }
    if (request->server->settings.access_log != NULL && !record->is_refused)
        log_reply(request, code == MHD_REQUEST_TERMINATED_COMPLETED_OK ||
                               request->run.is_answered);
    duet__request_end(request);
    record->is_told = false;
    if (record->is_refused || record->is_shed)
        return;
    record->is_in_line = duet__connection_is_in_line(record);
    duet__connection_expect(record, record->is_in_line
                                        ? DUET__EXPECT_HEAD
                                        : DUET__EXPECT_KEEP_ALIVE);
    duet__mhd_idle_begin(record);
    duet__connection_look_soon(record);
    if (record->server->is_stopping)
        duet__connection_cut(record);
}
