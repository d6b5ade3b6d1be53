/* SPDX-License-Identifier: MIT */
/* reply_wire.c - status line, fields, body, in the order in which libmicrohttpd
 * writes them. */
#include "server/request/reply_wire.h"

#include <inttypes.h>
#include <time.h>

#include <duet/status.h>

#include "http/head/date.h"
#include "server/request/error_page.h"

/* `length`: NULL if none is told. */
static int append_head(duet__buffer *buffer, int status, const char *type,
                       const uint64_t *length, bool closes)
{
    char date[DUET__DATE_BYTES];
    int error;

    duet__date_format(time(NULL), date);
    error = duet__buffer_appendf(buffer, "HTTP/1.1 %d %s\r\nDate: %s\r\n%s",
                                 status, duet_status_reason(status), date,
                                 closes ? "Connection: close\r\n" : "");
    if (error == 0 && type != NULL)
        error = duet__buffer_appendf(buffer, "Content-Type: %s\r\n", type);
    if (error == 0 && length != NULL)
        error = duet__buffer_appendf(buffer, "Content-Length: %" PRIu64 "\r\n",
                                     *length);
    return error;
}

static int append_fields(duet__buffer *buffer, const duet__reply_field *field)
{
    int error = 0;

    for (; field != NULL && error == 0; field = field->next)
        error = duet__buffer_appendf(buffer, "%s: %s\r\n", field->name,
                                     field->value);
    return error;
}

int duet__reply_wire(duet__buffer *buffer, const duet_request *request)
{
    const duet__reply *reply = &request->reply;
    uint64_t length;
    bool has_length = duet__reply_has_length(request, &length);
    int error = append_head(buffer, reply->status, duet__reply_type(reply),
                            has_length ? &length : NULL, true);

    if (error == 0)
        error = append_fields(buffer, reply->fields);
    if (error == 0)
        error = duet__buffer_append(buffer, "\r\n", 2);
    if (error == 0)
        error = duet__buffer_append(buffer, reply->body.bytes,
                                    duet__reply_sent_bytes(request));
    return error;
}

int duet__reply_wire_stream_head(duet__buffer *buffer,
                                 const duet_request *request,
                                 const uint64_t *length, bool is_chunked,
                                 bool closes)
{
    const duet__reply *reply = &request->reply;
    int error = append_head(buffer, reply->status, duet__reply_type(reply),
                            length, closes);

    if (error == 0 && is_chunked)
        error = duet__buffer_appendf(buffer, "Transfer-Encoding: chunked\r\n");
    if (error == 0)
        error = append_fields(buffer, reply->fields);
    return error != 0 ? error : duet__buffer_append(buffer, "\r\n", 2);
}

int duet__reply_wire_trailers(duet__buffer *buffer,
                              const duet__reply_field *trailers)
{
    int error = duet__buffer_append(buffer, "0\r\n", 3);

    if (error == 0)
        error = append_fields(buffer, trailers);
    return error != 0 ? error : duet__buffer_append(buffer, "\r\n", 2);
}

int duet__reply_wire_page(duet__buffer *buffer, int status)
{
    char page[DUET__ERROR_PAGE_BYTES];
    uint64_t length = duet__error_page_write(status, page);
    int error =
        append_head(buffer, status, DUET__ERROR_PAGE_TYPE, &length, true);

    if (error == 0 && status == 503)
        error = duet__buffer_appendf(buffer, "Retry-After: 1\r\n");
    return error != 0 ? error : duet__buffer_appendf(buffer, "\r\n%s", page);
}
