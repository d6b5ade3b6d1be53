/* SPDX-License-Identifier: MIT */
/* reply_stream.c - how a streamed body is delimited, and what its writer does
 * (RFC 9112 6 and 7).
 *
 * Invariant: a body that is not whole never looks whole: the connection ends
 * before the last chunk or before the announced length, and is reset where only
 * its end delimits the body. */
#include "server/connection/reply_stream.h"

#include <inttypes.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/limit.h"
#include "http/head/fields.h"
#include "server/connection/disconnect.h"
#include "server/connection/early_reply.h"
#include "server/connection/outgoing.h"
#include "server/connection/reply_stream_coding.h"
#include "server/request/error_page.h"
#include "server/request/reply_stream_state.h"
#include "server/request/reply_wire.h"
#include "server/request/server_state.h"

enum { RING_BYTES_MIN = 4096, RING_BYTES_MOST = 1 << 24 };

/* --- the writer ---------------------------------------------------------- */

/* The client is to see that the body is not whole. Nobody needs to hear of its
 * end any more. */
static void break_off(duet__reply_stream *stream)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    duet__connection *connection = stream->request->connection;
    bool has_end = stream->has_length || stream->outgoing->is_chunked;

    if (stream->is_broken)
        return;
    stream->is_broken = true;
    if (!stream->outgoing->is_last) /* the client may see what there is */
        duet__outgoing_push(stream->outgoing);
    duet__outgoing_fail(stream->outgoing, DUET_ECLOSED);
    duet__deadline_clear(&connection->deadline);
    duet__disconnect_stop(connection);
    connection->is_cut = true;
    if (has_end)
        shutdown(connection->descriptor, SHUT_WR);
    else /* it is closed when the handler has ended */
        (void)setsockopt(connection->descriptor, SOL_SOCKET, SO_LINGER, &reset,
                         sizeof reset);
}

static int write_piece(void *context, const char *bytes, size_t length,
                       size_t *out_taken, duet_deadline deadline)
{
    duet__reply_stream *stream = context;
    int status = 0;

    if (stream->has_length && length > stream->length - stream->written) {
        break_off(stream);
        return duet__fail(DUET_ETOOLARGE,
                          "the body is longer than the %" PRIu64
                          " bytes that were announced",
                          stream->length);
    }
    if (stream->outgoing->is_last)
        return DUET_ECLOSED;
    if (stream->sends_body)
        status = duet__outgoing_put(stream->outgoing, bytes, length, out_taken,
                                    deadline);
    else
        *out_taken = length;
    stream->written += *out_taken;
    if (stream->sends_body)
        stream->body_bytes += *out_taken;
    return status;
}

static int flush(void *context, duet_deadline deadline)
{
    return duet__outgoing_flush(((duet__reply_stream *)context)->outgoing,
                                deadline);
}

/* What follows the body; its bytes are NULL if there is no memory. */
static duet__text make_end(duet__reply_stream *stream)
{
    duet__text end = DUET__TEXT("0\r\n\r\n");
    duet__buffer buffer;
    int status;

    if (!stream->outgoing->is_chunked)
        return DUET__TEXT("");
    if (stream->trailers == NULL || !stream->takes_trailers)
        return end;
    duet__buffer_init(&buffer, SIZE_MAX);
    status = duet__reply_wire_trailers(&buffer, stream->trailers);
    end = duet__buffer_text(&buffer);
    end.bytes =
        status == 0 ? duet__arena_copy(&stream->request->arena, end) : NULL;
    duet__buffer_free(&buffer);
    return end;
}

static int end(void *context, duet_deadline deadline)
{
    duet__reply_stream *stream = context;
    duet__text behind = DUET__TEXT("");

    if (stream->has_length && stream->sends_body &&
        stream->written < stream->length) {
        break_off(stream);
        return duet__fail(DUET_ETRUNCATED,
                          "the body has %" PRIu64 " of the %" PRIu64
                          " bytes that were announced",
                          stream->written, stream->length);
    }
    if (!stream->outgoing->is_last)
        behind = make_end(stream);
    if (behind.bytes == NULL)
        return DUET_ENOMEM;
    return duet__outgoing_end(stream->outgoing, behind, deadline);
}

static void give_up(void *context)
{
    break_off(context);
}

static const duet_writer_functions functions = {
    .write = write_piece, .flush = flush, .end = end, .give_up = give_up};

/* --- its begin ----------------------------------------------------------- */

/* Is `token` in one of the lists that the fields of that name have? */
static bool has_token(const duet_request *request, duet__text name,
                      duet__text token)
{
    for (size_t i = 0; i < request->head.field_count; i++) {
        const duet__raw_field *field = &request->head.fields[i];

        if (duet__text_equal_ignoring_case(field->name, name) &&
            duet__field_list_has(field->value, token))
            return true;
    }
    return false;
}

static bool is_old(const duet_request *request)
{
    return duet__text_equal(request->head.version, DUET__TEXT("HTTP/1.0"));
}

/* Where libmicrohttpd cannot be told that the client has its reply, it closes;
 * see mhd/told.h. */
static bool must_close(const duet_request *request)
{
    return is_old(request) || request->reply.closes ||
           request->server->is_stopping ||
           request->connection->stream.lines == 0 ||
           (request->body.is_coming && !duet__early_reply_can_wait(request)) ||
           has_token(request, DUET__TEXT("Connection"), DUET__TEXT("close"));
}

static duet__text make_head(const duet__reply_stream *stream, bool is_chunked)
{
    duet_request *request = stream->request;
    duet__buffer buffer;
    duet__text head;
    int status;

    duet__buffer_init(&buffer, SIZE_MAX);
    status = duet__reply_wire_stream_head(
        &buffer, request, stream->has_length ? &stream->length : NULL,
        is_chunked, stream->closes);
    head = duet__buffer_text(&buffer);
    head.bytes = status == 0 ? duet__arena_copy(&request->arena, head) : NULL;
    duet__buffer_free(&buffer);
    return head;
}

/* How the body is delimited. Returns whether by chunks. */
static bool delimit(duet__reply_stream *stream, int64_t length)
{
    const duet_request *request = stream->request;
    bool has_none = duet__reply_has_no_body(&request->reply);

    stream->sends_body = !has_none && !duet__text_equal(request->head.method,
                                                        DUET__TEXT("HEAD"));
    stream->has_length = length > 0 && request->reply.status != 204;
    stream->length = length > 0 ? (uint64_t)length : 0;
    if (request->reply.status == 205) {
        stream->has_length = true;
        stream->length = 0;
    }
    stream->closes =
        must_close(request); /* also if there is nothing behind the head */
    return stream->sends_body && !stream->has_length && !is_old(request);
}

static int begin(duet_request *request,
                 const duet_reply_stream_options *options, size_t ring_bytes)
{
    duet__reply_stream *stream =
        duet__arena_alloc(&request->arena, sizeof *stream);
    duet__outgoing *outgoing =
        duet__arena_alloc(&request->arena, sizeof *outgoing);
    duet__coding coding = DUET__CODING_IDENTITY;
    duet__text head;
    bool is_chunked;
    int status = 0;

    if (stream == NULL || outgoing == NULL)
        return DUET_ENOMEM;
    if (options->compresses)
        status = duet__reply_stream_choose_coding(request, &coding);
    if (status != 0)
        return status;
    *stream = (duet__reply_stream){.request = request,
                                   .outgoing = outgoing,
                                   .status = request->reply.status};
    stream->last_trailer = &stream->trailers;
    is_chunked = delimit(stream, options->length_bytes);
    stream->takes_trailers = is_chunked && has_token(request, DUET__TEXT("TE"),
                                                     DUET__TEXT("trailers"));
    head = make_head(stream, is_chunked);
    if (head.bytes == NULL)
        return DUET_ENOMEM;
    duet__writer_init(&stream->writer, &functions, stream);
    if (coding != DUET__CODING_IDENTITY && stream->sends_body)
        status = duet__reply_stream_encode(stream, coding);
    if (status != 0)
        return status;
    duet__outgoing_init(outgoing, request->connection, head, ring_bytes,
                        is_chunked);
    request->stream = stream;
    return 0;
}

static int read_ring_bytes(int64_t option, size_t *ring_bytes)
{
    int status =
        duet__limit_read("ring_bytes", option, DUET__RING_BYTES, ring_bytes);

    if (status == 0 &&
        (*ring_bytes < RING_BYTES_MIN || *ring_bytes > RING_BYTES_MOST))
        status = duet__fail(DUET_EINVAL, "ring_bytes is not from %d to %d",
                            RING_BYTES_MIN, RING_BYTES_MOST);
    return status;
}

int duet_reply_stream(duet_request *request, int status,
                      const duet_reply_stream_options *options,
                      duet_writer **out_writer, duet_deadline deadline)
{
    static const duet_reply_stream_options defaults;
    duet__reply_field **last = request->reply.last;
    size_t ring_bytes;
    int error;

    (void)deadline;
    *out_writer = NULL;
    if (options == NULL)
        options = &defaults;
    if (request->stream != NULL || request->run.task == NULL)
        return duet__fail(DUET_ESTATE, "the reply has begun already");
    if (options->compresses && options->length_bytes > 0)
        return duet__fail(DUET_EINVAL, "compresses leaves no length_bytes");
    error = read_ring_bytes(options->ring_bytes, &ring_bytes);
    if (error == 0) /* which fills in status and type */
        error =
            duet_reply_bytes(request, status, NULL, 0, options->content_type);
    if (error == 0)
        error = begin(request, options, ring_bytes);
    if (error != 0) /* a coding that was named */
        duet__reply_cut_fields(&request->reply, last);
    /* What is filled in from now on would come too late. */
    request->reply.status = 0;
    if (error != 0)
        return error;
    duet__deadline_clear(&request->connection->deadline);
    *out_writer = &request->stream->writer;
    return 0;
}

/* Those that say how the message is read, or what it is, must be known before
 * (RFC 9110 6.5.1). */
static bool must_come_first(const char *name)
{
    static const char *const names[] = {
        "Content-",   "Trailer",          "TE",       "Host", "Cache-Control",
        "Set-Cookie", "WWW-Authenticate", "Location", "Vary", "Expires",
        "Age",        "Retry-After"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        duet__text first = duet__text_from(names[i]);
        duet__text text = duet__text_from(name);

        if (i > 0 && text.length != first.length)
            continue;
        if (text.length >= first.length &&
            duet__text_equal_ignoring_case(
                duet__text_of(text.bytes, first.length), first))
            return true;
    }
    return false;
}

int duet_reply_trailer(duet_request *request, const char *name,
                       const char *value)
{
    duet__reply_stream *stream = request->stream;
    duet__reply_field *field;
    int error;

    if (stream == NULL || stream->outgoing->is_last)
        return duet__fail(DUET_ESTATE, "%s",
                          stream == NULL ? "the reply is not streamed"
                                         : "the reply was ended");
    if (must_come_first(name))
        return duet__fail(DUET_EFIELD, "%s cannot follow the body", name);
    error = duet__reply_make_field(request, name, value, &field);
    if (error != 0)
        return error;
    *stream->last_trailer = field;
    stream->last_trailer = &field->next;
    return 0;
}

/* --- its end ------------------------------------------------------------- */

static bool has_client_left(const duet__reply_stream *stream)
{
    return stream->outgoing->failure == DUET_EDISCONNECTED ||
           stream->request->connection->has_hung_up;
}

void duet__reply_stream_conclude(duet_request *request, int result)
{
    duet__reply_stream *stream = request->stream;
    bool is_given_up = stream->writer.state == DUET__WRITER_GIVEN_UP;

    if (result == 0 && request->reply.status != 0)
        result = duet__fail(DUET_ESTATE,
                            "a reply was filled in behind the streamed one");
    if (result == 0 && !is_given_up)
        result = duet_writer_end(&stream->writer, DUET_NEVER);
    if (result != 0 && !has_client_left(stream))
        duet__error_page_log(request, result);
    request->run.is_answered =
        result == 0 && stream->writer.state == DUET__WRITER_ENDED;
    if (!request->run.is_answered) {
        duet_writer_give_up(&stream->writer);
        break_off(stream);
    }
    request->reply.status = stream->status;
    duet__deadline_clear(&request->connection->deadline);
}

void duet__reply_stream_free(duet_request *request)
{
    duet_writer_close(request->stream->encoder);
    duet__outgoing_free(request->stream->outgoing);
}
