/* SPDX-License-Identifier: MIT */
/* request_body.c - the ring between libmicrohttpd and a handler, and the
 * reader.
 *
 * Invariant: while the connection is suspended for want of room, the reader
 * resumes it; what the reader has lent stays where it is in the ring. */
#include "server/connection/request_body.h"

#include <sys/socket.h>

#include "base/error.h"
#include "runtime/core/wait.h"
#include "server/request/server_state.h"

/* --- libmicrohttpd's side ------------------------------------------------ */

size_t duet__request_body_put(duet_request *request, const char *bytes,
                              size_t length)
{
    duet__request_body *self = duet__request_body_of(request);
    size_t taken;

    if (self->has_ended) /* has failed: the client is to wait */
        return 0;
    if (length > request->body.bytes_max - self->received) {
        duet__request_body_fail(request, DUET_ETOOLARGE, 413);
        return 0;
    }
    taken = duet__ring_put(&self->ring, bytes, length);
    if (self->ring.bytes == NULL)
        duet__request_body_fail(request, DUET_ENOMEM, 503);
    self->received += taken;
    duet__wake_all(&self->waiting, 0);
    return taken;
}

void duet__request_body_end(duet_request *request)
{
    duet__request_body *self = duet__request_body_of(request);

    request->body.is_coming = false;
    self->has_ended = true;
    duet__wake_all(&self->waiting, 0);
}

void duet__request_body_fail(duet_request *request, int code, int status)
{
    duet__request_body *self = duet__request_body_of(request);

    if (!request->body.has_reader || self->has_ended)
        return;
    self->has_ended = true;
    self->failure = code;
    request->body.failure = code;
    request->body.failure_status = status;
    duet__wake_all(&self->waiting, 0);
}

/* --- the reader's side --------------------------------------------------- */

/* Has libmicrohttpd go on, if it waits for room and there is enough. */
static void make_room(duet__request_body *self, size_t length)
{
    duet_request *request = self->request;

    if (length == 0)
        return;
    duet__ring_drop(&self->ring, length);
    if (request->body.is_coming && request->run.is_suspended &&
        !self->has_ended && self->ring.length <= self->ring.capacity / 2 &&
        !duet__link_is_in(&request->link))
        duet__mhd_resume(&request->server->mhd, &request->link);
}

/* The client may have waited for this. If the socket does not take it the
 * client waits no longer than it wants to (RFC 9110 10.1.1). */
static void send_100(duet__request_body *self)
{
    static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const duet__connection *connection = self->request->connection;

    if (!self->expects_100 || self->request->stream != NULL)
        return;
    self->expects_100 = false;
    (void)send(connection->descriptor, line, sizeof line - 1,
               MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* The handler has its time again from when the client has done its part. */
static void expect_handler(duet_request *request)
{
    if (request->stream == NULL && !request->connection->is_refused)
        duet__connection_expect(request->connection, DUET__EXPECT_HANDLER);
}

static int wait_for_client(duet__request_body *self, duet_deadline deadline)
{
    duet_request *request = self->request;
    int64_t idle_ns = request->body.timeout_ns;
    duet_deadline idle_until =
        idle_ns == INT64_MAX ? DUET_NEVER : duet_in_ns(idle_ns);
    duet_deadline earlier = duet_deadline_earlier(deadline, idle_until);
    duet__wait wait = {
        .what = "body of a request", .object = self, .outside = DUET__FOR_PEER};
    int status;

    send_100(self);
    if (request->stream == NULL && !request->connection->is_refused)
        duet__deadline_clear(&request->connection->deadline);
    duet__list_push_back(&self->waiting, &wait.link);
    status = duet__park(&wait, earlier);
    expect_handler(request);
    if (status != DUET_ETIMEDOUT || duet_deadline_is_now(deadline) ||
        idle_ns == INT64_MAX || earlier.at_ns != idle_until.at_ns)
        return status;
    duet__request_body_fail(request, DUET_ETIMEDOUT, 408);
    return 0;
}

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    duet__request_body *self = context;
    char *front;
    int status = 0;

    make_room(self, self->lent);
    self->lent = 0;
    while (status == 0 && self->ring.length == 0 && !self->has_ended)
        status = wait_for_client(self, deadline);
    if (status != 0)
        return status;
    self->lent = duet__ring_front(&self->ring, &front);
    *out_bytes = front;
    *out_length = self->lent;
    if (self->lent > 0)
        return 0;
    if (self->failure == DUET_ETOOLARGE)
        return duet__fail(self->failure,
                          "the body of the request is larger than "
                          "body_bytes_max");
    if (self->failure == DUET_ETIMEDOUT)
        return duet__fail(self->failure,
                          "the client has sent nothing for body_timeout_ms");
    return self->failure != 0 ? self->failure : DUET_EEMPTY;
}

static int64_t remaining(void *context)
{
    const duet__request_body *self = context;
    uint64_t length = self->request->head.framing.length;
    uint64_t coming = length - self->received;

    if (self->failure != 0 || (length == 0 && !self->has_ended))
        return -1;
    return (int64_t)(self->ring.length - self->lent +
                     (self->has_ended ? 0 : coming));
}

/* The rest is given up: what still comes is thrown away behind the handler. */
static void close_coming(void *context)
{
    duet__request_body *self = context;

    duet__request_body_fail(self->request, DUET_ECLOSED, 500);
    duet__ring_free(&self->ring);
    self->lent = 0;
}

static const duet_reader_functions coming = {.next = next,
                                             .close = close_coming,
                                             .remaining = remaining,
                                             .lends_writable = true};

/* --- a body that was collected ------------------------------------------- */

static int next_collected(void *context, const char **out_bytes,
                          size_t *out_length, duet_deadline deadline)
{
    duet__request_body *self = context;

    (void)deadline;
    *out_bytes = duet_request_body(self->request, out_length);
    if (self->has_lent_all || *out_length == 0)
        return DUET_EEMPTY;
    self->has_lent_all = true;
    return 0;
}

static int rewind_collected(void *context, duet_deadline deadline)
{
    (void)deadline;
    ((duet__request_body *)context)->has_lent_all = false;
    return 0;
}

static int64_t remaining_collected(void *context)
{
    const duet__request_body *self = context;

    return self->has_lent_all ? 0
                              : (int64_t)self->request->body.received.length;
}

static const duet_reader_functions collected = {
    .next = next_collected,
    .rewind = rewind_collected,
    .remaining = remaining_collected,
};

/* --- life ---------------------------------------------------------------- */

static void begin(duet_request *request, const duet_reader_functions *functions)
{
    duet__request_body *self = duet__request_body_of(request);

    *self = (duet__request_body){.request = request};
    duet__reader_init(&self->reader, functions, self);
    duet__ring_init(&self->ring, DUET__RING_BYTES);
    duet__link_init(&self->waiting);
    request->body.has_reader = true;
}

static bool keep(duet_request *request, duet__text *text)
{
    text->bytes = duet__arena_copy(&request->arena, *text);
    return text->bytes != NULL;
}

/* The head lies with libmicrohttpd, which drops it with the connection: the
 * handler may still run then. */
static bool keep_head(duet_request *request)
{
    bool is_good = keep(request, &request->head.method) &&
                   keep(request, &request->head.version);

    for (size_t i = 0; i < request->head.field_count && is_good; i++)
        is_good = keep(request, &request->head.fields[i].name) &&
                  keep(request, &request->head.fields[i].value);
    return is_good;
}

bool duet__request_body_begin(duet_request *request)
{
    if (!keep_head(request))
        return false;
    begin(request, &coming);
    request->body.is_coming = true;
    duet__request_body_of(request)->expects_100 =
        request->head.framing.expects_continue;
    return true;
}

duet_reader *duet_request_reader(duet_request *request)
{
    if (!request->body.has_reader)
        begin(request, &collected);
    return &duet__request_body_of(request)->reader;
}

void duet__request_body_free(duet_request *request)
{
    duet__request_body *self = duet__request_body_of(request);

    duet_reader_close(&self->reader);
    duet__ring_free(&self->ring);
}
