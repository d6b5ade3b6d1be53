/* SPDX-License-Identifier: MIT */
/* room.c - an account of libmicrohttpd's memory of a connection. */
#include "server/mhd/room.h"

#include <microhttpd.h>
#include <string.h>

#include "server/request/server_state.h"

enum {
    NODE_BYTES = 64,      /* of a field in its list */
    SPARE_BYTES = 48,     /* for its alignment */
    OWN_LINES_BYTES = 160 /* status line, Date, Content-Length, Connection */
};

size_t duet__mhd_room(const duet_request *request)
{
    const union MHD_ConnectionInfo *head = MHD_get_connection_info(
        request->connection->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    size_t memory = request->server->settings.connection_memory_bytes;
    size_t taken = (head != NULL ? head->header_size : 0) +
                   NODE_BYTES * request->head.field_count + SPARE_BYTES;

    return taken < memory ? memory - taken : 0;
}

size_t duet__mhd_reply_head_bytes(const duet_request *request)
{
    const duet__reply *reply = &request->reply;
    const char *type = duet__reply_type(reply);
    size_t bytes = OWN_LINES_BYTES;

    if (type != NULL)
        bytes += sizeof "Content-Type: \r\n" + strlen(type);
    for (const duet__reply_field *field = reply->fields; field != NULL;
         field = field->next)
        bytes += strlen(field->name) + strlen(field->value) + 4;
    return bytes;
}
