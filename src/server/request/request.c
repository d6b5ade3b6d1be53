/* SPDX-License-Identifier: MIT */
/* request.c - what a handler can ask of its request.
 *
 * Owns what is made when it is asked for, and the memory. */
#include "server/request/request.h"

#include <stdlib.h>

#include "base/error.h"
#include "http/url/percent.h"
#include "server/request/server_state.h"

const char *duet_request_method(const duet_request *request)
{
    return request->head.method.bytes;
}

const char *duet_request_target(const duet_request *request)
{
    return request->head.target.bytes;
}

/* --- path and parameters ------------------------------------------------- */

/* Is the escape at the start of `text` one that stays? */
static bool escape_stays(duet__text text)
{
    duet__text escape = duet__text_of(text.bytes, 3);

    return text.length >= 3 &&
           (duet__text_equal(escape, DUET__TEXT("%00")) ||
            duet__text_equal_ignoring_case(escape, DUET__TEXT("%2F")));
}

/* A decoded copy in which "%00", and "%2F" too if `keeps_slash`, stay as they
 * are. NULL if there is no memory. */
static const char *decode(duet_request *request, duet__text text,
                          bool keeps_slash)
{
    char *decoded = duet__arena_alloc(&request->arena, text.length + 1);
    size_t length = 0;

    if (decoded == NULL)
        return NULL;
    while (text.length > 0) {
        bool stays =
            escape_stays(text) && (keeps_slash || text.bytes[1] == '0');
        int byte =
            stays ? (unsigned char)text.bytes[0] : duet__percent_next(&text);

        decoded[length++] = (char)byte;
        if (stays)
            text = duet__text_skip(text, 1);
    }
    decoded[length] = '\0';
    return decoded;
}

const char *duet_request_path(duet_request *request)
{
    if (request->asked.path == NULL)
        request->asked.path = decode(request, request->head.path, true);
    return request->asked.path != NULL ? request->asked.path : "";
}

const char *duet_request_parameter(duet_request *request, const char *name)
{
    const duet__match *match = &request->run.match;

    for (size_t i = 0; i < match->captures->count; i++) {
        const char *capture =
            duet__path_pattern_capture_name(match->resource->pattern, i);

        if (strcmp(capture, name) == 0)
            return decode(request, match->captures->values[i], false);
    }
    return NULL;
}

const duet_query *duet_request_queries(duet_request *request)
{
    duet__text query = request->head.target;

    query.length = duet__text_find(query, '#');
    query = duet__text_skip(query, duet__text_find(query, '?') + 1);
    if (request->asked.queries == NULL &&
        duet_query_parse(query.bytes, query.length, NULL,
                         &request->asked.queries) != 0)
        return NULL;
    return request->asked.queries;
}

const char *duet_request_query(duet_request *request, const char *name)
{
    const duet_query *queries = duet_request_queries(request);

    return queries != NULL ? duet_query_get(queries, name, NULL) : NULL;
}

/* --- fields -------------------------------------------------------------- */

const char *duet_request_field(const duet_request *request, const char *name)
{
    duet__text wanted = duet__text_from(name);

    for (size_t i = 0; i < request->head.field_count; i++) {
        if (duet__text_equal_ignoring_case(request->head.fields[i].name,
                                           wanted))
            return request->head.fields[i].value.bytes;
    }
    return NULL;
}

const duet_fields *duet_request_fields(duet_request *request)
{
    duet_fields *fields;
    int status = 0;

    if (request->asked.fields != NULL)
        return request->asked.fields;
    if (duet_fields_new(NULL, &fields) != 0)
        return NULL;
    for (size_t i = 0; i < request->head.field_count && status == 0; i++) {
        const duet__raw_field *field = &request->head.fields[i];

        status =
            duet_fields_add_bytes(fields, field->name.bytes, field->name.length,
                                  field->value.bytes, field->value.length);
    }
    if (status != 0) {
        duet_fields_free(fields);
        return NULL;
    }
    request->asked.fields = fields;
    return fields;
}

/* --- body ---------------------------------------------------------------- */

const char *duet_request_body(const duet_request *request, size_t *out_bytes)
{
    if (out_bytes != NULL)
        *out_bytes = request->body.received.length;
    return request->body.received.bytes != NULL ? request->body.received.bytes
                                                : "";
}

duet__json_limits duet__request_json_limits(const duet_request *request)
{
    const duet_task *task = duet_current_task();

    return (duet__json_limits){
        .depth_max = request->server->settings.json_depth_max,
        .stack_floor = task != NULL ? (uintptr_t)task->stack.low : 0,
    };
}

int duet_request_json(duet_request *request, struct json_t **out_json)
{
    const duet__json_limits limits = duet__request_json_limits(request);
    duet__text body;
    int status = 0;

    if (request->asked.json == NULL) {
        body.bytes = duet_request_body(request, &body.length);
        status = duet__json_read(body, &limits, &request->asked.json);
        request->asked.json_is_malformed = status == DUET_EJSON;
    }
    *out_json = request->asked.json;
    return status;
}

/* --- peer ---------------------------------------------------------------- */

const char *duet_request_peer(duet_request *request)
{
    char text[DUET__PEER_BYTES];
    const char *copy;

    duet__connection_peer(request->connection, text);
    copy = duet__arena_copy(&request->arena, duet__text_from(text));
    return copy != NULL ? copy : "";
}

/* --- memory -------------------------------------------------------------- */

void *duet_request_alloc(duet_request *request, size_t bytes)
{
    void *memory = duet__arena_alloc(&request->arena, bytes);

    if (memory != NULL)
        memset(memory, 0, bytes);
    return memory;
}

const char *duet_request_printf(duet_request *request, const char *format, ...)
{
    va_list arguments;
    duet__text text;

    va_start(arguments, format);
    text = duet__arena_vprintf(&request->arena, format, arguments);
    va_end(arguments);
    return text.bytes;
}

int duet_request_defer(duet_request *request, void (*function)(void *argument),
                       void *argument)
{
    duet__deferred *deferred =
        duet__arena_alloc(&request->arena, sizeof *deferred);

    if (deferred == NULL) {
        function(argument);
        return DUET_ENOMEM;
    }
    *deferred = (duet__deferred){request->run.deferred, function, argument};
    request->run.deferred = deferred;
    return 0;
}

void duet_request_keep_on_disconnect(duet_request *request)
{
    request->run.keeps_on_disconnect = true;
}
