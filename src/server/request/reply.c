/* SPDX-License-Identifier: MIT */
/* reply.c - filling a reply.
 *
 * Invariant: a failed call leaves the reply as it was. */
#include "server/request/reply.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "http/head/fields.h"
#include "http/body/json.h"
#include "server/request/reply_stream_state.h"
#include "server/request/request.h"

static const char text_type[] = "text/plain; charset=utf-8";

void duet__reply_init(duet__reply *reply)
{
    *reply = (duet__reply){0};
    reply->last = &reply->fields;
}

void duet__reply_reset(duet__reply *reply)
{
    free(reply->owned);
    duet__reply_init(reply);
}

void duet__reply_set(duet_request *request, int status, duet__text body,
                     const char *content_type)
{
    duet__reply *reply = &request->reply;

    free(reply->owned);
    reply->owned = NULL;
    reply->status = status;
    reply->body = body;
    reply->content_type = content_type;
}

bool duet__reply_has_no_body(const duet__reply *reply)
{
    return reply->status < 200 || reply->status == 204 ||
           reply->status == 205 || reply->status == 304;
}

const char *duet__reply_type(const duet__reply *reply)
{
    if (reply->chosen_type != NULL)
        return reply->chosen_type;
    return duet__reply_has_no_body(reply) ? NULL : reply->content_type;
}

static bool may_tell_length(const duet_request *request)
{
    return request->reply.status == 304 ||
           duet__text_equal(request->head.method, DUET__TEXT("HEAD"));
}

bool duet__reply_has_length(const duet_request *request, uint64_t *out_length)
{
    const duet__reply *reply = &request->reply;

    *out_length =
        duet__reply_has_no_body(reply) ? 0 : (uint64_t)reply->body.length;
    if (reply->status < 200 || reply->status == 204)
        return false;
    if (reply->status == 205 || !reply->has_length || !may_tell_length(request))
        return reply->status != 304;
    *out_length = reply->length;
    return true;
}

bool duet__reply_has_field(const duet__reply *reply, const char *name)
{
    const duet__reply_field *field = reply->fields;

    while (field != NULL && strcasecmp(field->name, name) != 0)
        field = field->next;
    return field != NULL;
}

void duet__reply_cut_fields(duet__reply *reply, duet__reply_field **last)
{
    *last = NULL;
    reply->last = last;
}

size_t duet__reply_sent_bytes(const duet_request *request)
{
    if (request->stream != NULL)
        return (size_t)request->stream->body_bytes;
    if (duet__reply_has_no_body(&request->reply) ||
        duet__text_equal(request->head.method, DUET__TEXT("HEAD")))
        return 0;
    return request->reply.body.length;
}

static int check_status(int status)
{
    if (status >= 200 && status <= 599)
        return 0;
    return duet__fail(DUET_EINVAL, "%d is no status of a reply", status);
}

static int reply_copy(duet_request *request, int status, duet__text body,
                      const char *content_type)
{
    const char *copy = duet__arena_copy(&request->arena, body);

    if (copy == NULL)
        return DUET_ENOMEM;
    body.bytes = copy;
    duet__reply_set(request, status, body, content_type);
    return 0;
}

int duet_reply_text(duet_request *request, int status, const char *text)
{
    int error = check_status(status);

    if (error != 0)
        return error;
    return reply_copy(request, status, duet__text_from(text), text_type);
}

int duet_reply_textf(duet_request *request, int status, const char *format, ...)
{
    int error = check_status(status);
    va_list arguments;
    duet__text text;

    if (error != 0)
        return error;
    va_start(arguments, format);
    text = duet__arena_vprintf(&request->arena, format, arguments);
    va_end(arguments);
    if (text.bytes == NULL)
        return DUET_ENOMEM;
    duet__reply_set(request, status, text, text_type);
    return 0;
}

static int check_value(const char *name, const char *value)
{
    duet__text text = duet__text_from(value);

    if (text.length == 0)
        return duet__fail(DUET_EFIELD, "the value of %s is empty", name);
    if (duet__field_value_flaw(text) < text.length)
        return duet__fail(DUET_EFIELD,
                          "the value of %s has a control character", name);
    return 0;
}

int duet_reply_bytes(duet_request *request, int status, const void *bytes,
                     size_t count, const char *content_type)
{
    int error = check_status(status);

    if (error == 0 && content_type != NULL)
        error = check_value("Content-Type", content_type);
    if (error != 0)
        return error;
    if (content_type != NULL) {
        content_type =
            duet__arena_copy(&request->arena, duet__text_from(content_type));
        if (content_type == NULL)
            return DUET_ENOMEM;
    }
    return reply_copy(request, status, duet__text_of(bytes, count),
                      content_type);
}

int duet_reply_json(duet_request *request, int status, json_t *json)
{
    const duet__json_limits limits = duet__request_json_limits(request);
    int error = check_status(status);
    duet__buffer buffer;
    size_t length;
    char *bytes;

    duet__buffer_init(&buffer, SIZE_MAX);
    if (error == 0)
        error = duet__json_spend(&buffer, json, &limits);
    else
        duet__json_free(json);
    if (error == 0)
        error = duet__buffer_take(&buffer, &bytes, &length);
    duet__buffer_free(&buffer);
    if (error != 0)
        return error;
    duet__reply_set(request, status, duet__text_of(bytes, length),
                    "application/json");
    request->reply.owned = bytes;
    return 0;
}

static bool is_servers_own(duet__text name)
{
    static const char *const names[] = {"Content-Length", "Transfer-Encoding",
                                        "Connection", "Date"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (duet__text_equal_ignoring_case(name, duet__text_from(names[i])))
            return true;
    }
    return false;
}

int duet__reply_make_field(duet_request *request, const char *name,
                           const char *value, duet__reply_field **out_field)
{
    duet__text text = duet__text_from(name);
    duet__reply_field *field;
    int error = 0;

    if (!duet__text_is_token(text))
        error = duet__fail(DUET_EFIELD, "the field name \"%.40s\" is malformed",
                           name);
    else if (is_servers_own(text))
        error = duet__fail(DUET_EFIELD, "%s is set by the server", name);
    else
        error = check_value(name, value);
    if (error != 0)
        return error;
    field = duet__arena_alloc(&request->arena, sizeof *field);
    if (field == NULL)
        return DUET_ENOMEM;
    *field = (duet__reply_field){
        .name = duet__arena_copy(&request->arena, text),
        .value = duet__arena_copy(&request->arena, duet__text_from(value)),
    };
    *out_field = field;
    return field->name != NULL && field->value != NULL ? 0 : DUET_ENOMEM;
}

int duet_reply_field(duet_request *request, const char *name, const char *value)
{
    duet__reply *reply = &request->reply;
    duet__reply_field *field;
    int error;

    if (request->stream != NULL)
        return duet__fail(DUET_ESTATE, "the reply has begun already");
    if (strcasecmp(name, "Content-Length") == 0 && may_tell_length(request) &&
        duet__text_to_number(duet__text_from(value), INT64_MAX,
                             &reply->length)) {
        reply->has_length = true;
        return 0;
    }
    error = duet__reply_make_field(request, name, value, &field);
    if (error != 0)
        return error;
    if (strcasecmp(name, "Content-Type") == 0) {
        reply->chosen_type = field->value;
        return 0;
    }
    *reply->last = field;
    reply->last = &field->next;
    return 0;
}
