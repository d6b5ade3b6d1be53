/* SPDX-License-Identifier: MIT */
/* request_cancel.c - counting, cancelling, and what does not cancel. */
#include "server/request/request_cancel.h"

#include "server/request/server_state.h"

void duet__request_peer_gone(duet_request *request)
{
    request->server->counts.disconnected++;
    if (!request->run.keeps_on_disconnect)
        duet_task_cancel(request->run.task);
}

void duet__request_timed_out(duet_request *request)
{
    request->run.has_timed_out = true;
    request->server->counts.handlers_timed_out++;
    duet_task_cancel(request->run.task);
}

bool duet__request_survives_half_close(const duet_request *request)
{
    duet_half_close choice = request->run.match.route->half_close;

    if (choice == DUET_HALF_CLOSE_DEFAULT)
        choice = request->server->settings.half_close;
    return choice == DUET_HALF_CLOSE_ANSWERS;
}
