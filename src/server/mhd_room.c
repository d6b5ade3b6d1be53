/* SPDX-License-Identifier: MIT */
/* mhd_room.c - an account of libmicrohttpd's memory of a connection. */
#include "server/mhd_room.h"

#include <microhttpd.h>
#include <string.h>

#include "server/server.h"

enum {
    NODE_BYTES = 64,      /* of a field, argument or cookie in its lists */
    SPARE_BYTES = 48,     /* for its alignment */
    OWN_LINES_BYTES = 160 /* status line, Date, Content-Length, Connection */
};

static size_t count_of(duet__text text, char byte)
{
    size_t count = 0;

    for (size_t i = 0; i < text.length; i++)
        count += text.bytes[i] == byte;
    return count;
}

/* It splits the arguments of the target and the cookies whether asked or not;
 * the latter in a copy. */
static size_t parsed_bytes(const duet_request *request)
{
    size_t bytes = NODE_BYTES * request->field_count;
    duet__text query = duet__text_skip(request->target, request->path.length);

    if (query.length > 0)
        bytes += NODE_BYTES * (1 + count_of(query, '&'));
    for (size_t i = 0; i < request->field_count; i++) {
        const duet__raw_field *field = &request->fields[i];

        if (field->name.length == sizeof "Cookie" - 1 &&
            duet__text_equal_ignoring_case(field->name, DUET__TEXT("Cookie")))
            bytes += field->value.length + 16 +
                     NODE_BYTES * (1 + count_of(field->value, ';'));
    }
    return bytes;
}

size_t duet__mhd_room(const duet_request *request)
{
    const union MHD_ConnectionInfo *head = MHD_get_connection_info(
        request->connection->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    size_t memory = request->server->settings.connection_memory_bytes;
    size_t taken = (head != NULL ? head->header_size : 0) +
                   parsed_bytes(request) + SPARE_BYTES;

    return taken < memory ? memory - taken : 0;
}

size_t duet__mhd_reply_head_bytes(const duet_request *request)
{
    const duet__reply *reply = &request->reply;
    const char *type =
        reply->chosen_type != NULL ? reply->chosen_type : reply->content_type;
    size_t bytes = OWN_LINES_BYTES;

    if (type != NULL)
        bytes += sizeof "Content-Type: \r\n" + strlen(type);
    for (const duet__reply_field *field = reply->fields; field != NULL;
         field = field->next)
        bytes += strlen(field->name) + strlen(field->value) + 4;
    return bytes;
}
