/* SPDX-License-Identifier: MIT */
/* quiet.c - the tasks in server->quiet, and when they are woken. */
#include "server/connection/quiet.h"

#include "server/request/server_state.h"

static bool is_quiet(const duet_server *server)
{
    return server->counts.connections == 0 && server->lingering_count == 0;
}

void duet__quiet_look(duet_server *server)
{
    if (is_quiet(server))
        duet__wake_all(&server->quiet, 0);
}

int duet__quiet_wait(duet_server *server, duet_deadline deadline)
{
    duet__wait wait = {.what = "connections", .object = server};

    if (is_quiet(server))
        return 0;
    duet__list_push_back(&server->quiet, &wait.link);
    return duet__park(&wait, deadline);
}
