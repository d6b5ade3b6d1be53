/* SPDX-License-Identifier: MIT */
/* request_cancel.c - counting and cancelling. */
#include "server/request_cancel.h"

#include "server/server.h"

void duet__request_peer_gone(duet_request *request)
{
    request->server->counts.disconnected++;
    if (!request->keeps_on_disconnect)
        duet_task_cancel(request->task);
}

void duet__request_timed_out(duet_request *request)
{
    request->has_timed_out = true;
    request->server->counts.handlers_timed_out++;
    duet_task_cancel(request->task);
}
