/* SPDX-License-Identifier: MIT */
/* suspend.c - suspending and resuming.
 *
 * Owns mhd.ended and mhd.suspended. Invariant: a request is in `ended` from the
 * end of its task to the next MHD_run, and its connection is suspended then. */
#include "server/mhd/suspend.h"

#include <microhttpd.h>

#include "base/check.h"
#include "server/request/request.h"
#include "server/request/server_state.h"

void duet__mhd_suspend(duet_request *request)
{
    duet__mhd *mhd = &request->server->mhd;

    DUET__CHECK(mhd->is_inside && mhd->answering == request->connection->mhd,
                "only the running connection is suspended");
    request->run.is_suspended = true;
    mhd->suspended++;
    MHD_suspend_connection(request->connection->mhd);
}

void duet__mhd_resume_ended(duet__mhd *mhd)
{
    duet__link *link;

    while ((link = duet__list_pop_front(&mhd->ended)) != NULL) {
        duet_request *request = DUET__MEMBER(link, duet_request, link);

        request->run.is_suspended = false;
        mhd->suspended--;
        MHD_resume_connection(request->connection->mhd);
    }
}
