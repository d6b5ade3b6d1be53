/* SPDX-License-Identifier: MIT */
/* checked.h - the connections of a server by descriptor: those whose bytes are
 * checked before libmicrohttpd reads them (mhd/receive.h). */
#ifndef DUET_SERVER_CONNECTION_CHECKED_H
#define DUET_SERVER_CONNECTION_CHECKED_H

#include "server/request/mhd_state.h"

/* Makes the connection one that is checked. Returns 0 or DUET_ENOMEM. */
DUET_MUST_USE int duet__checked_add(duet__connection *connection);

/* Before its descriptor is closed. */
void duet__checked_remove(duet__connection *connection);

/* NULL: it is no connection's. */
static inline duet__connection *duet__checked_find(const duet__mhd *mhd,
                                                   int descriptor)
{
    return (size_t)descriptor < mhd->checked_room ? mhd->checked[descriptor]
                                                  : NULL;
}

#endif
