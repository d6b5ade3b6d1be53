/* SPDX-License-Identifier: MIT */
/* reply.c - one buffer, the fields, one send: libmicrohttpd sends head and
 * body of a reply from a buffer together.
 *
 * The body stays ours: it lives as long as the request, which outlives the
 * response. */
#include "server/mhd/reply.h"

#include "server/mhd/shared.h"
#include "server/request/server_state.h"

static bool add_fields(struct MHD_Response *response,
                       const duet_request *request)
{
    const duet__reply *reply = &request->reply;
    const char *type = duet__reply_type(reply);
    bool is_good = true;

    if (type != NULL)
        is_good =
            MHD_add_response_header(response, "Content-Type", type) == MHD_YES;
    if (reply->closes || request->server->is_stopping)
        is_good = is_good && MHD_add_response_header(response, "Connection",
                                                     "close") == MHD_YES;
    for (const duet__reply_field *field = reply->fields; field != NULL;
         field = field->next)
        is_good = is_good && MHD_add_response_header(response, field->name,
                                                     field->value) == MHD_YES;
    return is_good;
}

/* A reply to HEAD is sent without its body, and one with status 304. */
static ssize_t read_nothing(void *context, uint64_t position, char *bytes,
                            size_t room)
{
    (void)context, (void)position, (void)bytes, (void)room;
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

/* libmicrohttpd would tell of a length of 0, which is that of no page (RFC 9110
 * 8.6). Before it could be told not to, only a reply that ends with the
 * connection has no length. */
static struct MHD_Response *make_without_length(void)
{
#if MHD_VERSION >= 0x00097701
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    const enum MHD_ResponseFlags flags = MHD_RF_HEAD_ONLY_RESPONSE;
#else
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, 1, read_nothing, NULL, NULL);
    const enum MHD_ResponseFlags flags = MHD_RF_HTTP_1_0_COMPATIBLE_STRICT;
#endif

    if (response != NULL)
        MHD_set_response_options(response, flags, MHD_RO_END);
    return response;
}

static struct MHD_Response *make_body(const duet_request *request)
{
    duet__text body = request->reply.body;
    uint64_t length;

    if (!duet__reply_has_length(request, &length) &&
        request->reply.status == 304)
        return make_without_length();
    if (length != body.length)
        return MHD_create_response_from_callback(length, 1, read_nothing, NULL,
                                                 NULL);
    return MHD_create_response_from_buffer(
        body.length, (void *)(uintptr_t)body.bytes, MHD_RESPMEM_PERSISTENT);
}

/* A response of this reply's own; NULL if there is no memory. */
static struct MHD_Response *make_response(const duet_request *request)
{
    struct MHD_Response *response = make_body(request);

    if (response != NULL && !add_fields(response, request)) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

static struct MHD_Response *find_shared(const duet_request *request)
{
    const duet__reply *reply = &request->reply;
    const char *type = duet__reply_type(reply);

    if (reply->fields != NULL || reply->chosen_type != NULL || reply->closes ||
        reply->has_length || reply->status == 304 ||
        request->server->is_stopping)
        return NULL;
    return duet__shared_find(request->server->mhd.shared, reply->body,
                             type != NULL ? type : "");
}

/* Chunks that nobody has checked may hide where the request ends. */
static bool has_unchecked_chunks(const duet_request *request)
{
    return request->head.framing.has_body &&
           request->head.framing.length == 0 &&
           request->connection->stream.lines == 0;
}

enum MHD_Result duet__mhd_queue_reply(duet_request *request)
{
    duet__reply *reply = &request->reply;
    struct MHD_Response *shared;
    struct MHD_Response *response;
    enum MHD_Result result;

    if (has_unchecked_chunks(request))
        reply->closes = true;
    if (duet__reply_has_no_body(reply))
        reply->body = DUET__TEXT("");
    shared = find_shared(request);
    response = shared != NULL ? shared : make_response(request);
    if (response == NULL)
        return MHD_NO;
    result = MHD_queue_response(request->connection->mhd,
                                (unsigned)reply->status, response);
    if (shared == NULL)
        MHD_destroy_response(response);
    request->phase = DUET__REQUEST_SENT;
    if (!request->connection->is_shed)
        duet__connection_expect(request->connection, DUET__EXPECT_SEND);
    return result;
}
