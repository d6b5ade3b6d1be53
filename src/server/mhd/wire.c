/* SPDX-License-Identifier: MIT */
/* wire.c - the ends of the head: its first line and what follows its last
 * field. */
#include "server/mhd/wire.h"

#if MHD_VERSION < 0x00097701

void duet__mhd_wire_line(duet_request *request)
{
    duet__text method = request->head.method;
    duet__text version = request->head.version;

    /* `wire` is behind the target; its copy in the request has its length. */
    request->wire.differs |=
        version.bytes != request->wire.next ||
        method.bytes + method.length + 1 + request->head.target.length + 1 !=
            request->wire.next;
    request->wire.next = version.bytes + version.length + 2;
}

bool duet__mhd_wire_is_clean(duet_request *request)
{
    const union MHD_ConnectionInfo *head = MHD_get_connection_info(
        request->connection->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    return !request->wire.differs && head != NULL &&
           request->head.method.bytes + head->header_size ==
               request->wire.next + 2;
}

#endif
