/* SPDX-License-Identifier: MIT */
/* quiet.c - the tasks in connections->quiet, and when they are woken. */
#include "server/connection/quiet.h"

#include "runtime/core/wait.h"

static bool is_quiet(const duet__connections *connections)
{
    return connections->count == 0 && connections->lingering_count == 0;
}

void duet__quiet_look(duet__connections *connections)
{
    if (is_quiet(connections))
        duet__wake_all(&connections->quiet, 0);
}

int duet__quiet_wait(duet__connections *connections, duet_deadline deadline)
{
    duet__wait wait = {.what = "connections", .object = connections};

    if (is_quiet(connections))
        return 0;
    duet__list_push_back(&connections->quiet, &wait.link);
    return duet__park(&wait, deadline);
}
