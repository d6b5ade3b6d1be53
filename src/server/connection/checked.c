/* SPDX-License-Identifier: MIT */
/* checked.c - the table. Owns mhd.checked. */
#include "server/connection/checked.h"

#include <stdlib.h>
#include <string.h>

#include "server/request/server_state.h"

int duet__checked_add(duet__connection *connection)
{
    duet__mhd *mhd = &connection->server->mhd;
    size_t index = (size_t)connection->descriptor;

    duet__link_init(&connection->flawed_link);
    if (index >= mhd->checked_room) {
        size_t room = (index + 64) * 2;
        duet__connection **checked =
            realloc(mhd->checked, room * sizeof(duet__connection *));

        if (checked == NULL)
            return DUET_ENOMEM;
        memset(checked + mhd->checked_room, 0,
               (room - mhd->checked_room) * sizeof(duet__connection *));
        mhd->checked = checked;
        mhd->checked_room = room;
    }
    mhd->checked[index] = connection;
    return 0;
}

void duet__checked_remove(duet__connection *connection)
{
    duet__list_remove(&connection->flawed_link);
    connection->server->mhd.checked[connection->descriptor] = NULL;
}
