/* SPDX-License-Identifier: MIT */
/* memory.c - an account of libmicrohttpd's memory of a connection. */
#include "server/mhd/memory.h"

#include <microhttpd.h>

#include "server/request/server_state.h"

enum {
    NODE_BYTES = 64,  /* of a field in its list */
    SPARE_BYTES = 48, /* for its alignment */
};

size_t duet__mhd_reply_head_max(const duet_request *request)
{
    const union MHD_ConnectionInfo *head = MHD_get_connection_info(
        request->connection->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    size_t memory = request->server->settings.connection_memory_bytes;
    size_t taken = (head != NULL ? head->header_size : 0) +
                   NODE_BYTES * request->head.field_count + SPARE_BYTES;

    return taken < memory ? memory - taken : 0;
}
