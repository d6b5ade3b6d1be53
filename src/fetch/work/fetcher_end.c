/* SPDX-License-Identifier: MIT */
/* fetcher_end.c - ending a run. Owns nothing. */
#include "fetch/work/fetcher_end.h"

#include <stdio.h>

#include <duet/error.h>

#include "fetch/work/fetcher_state.h"

enum { ABORTED_READER_MS = 1000 };

void duet__fetcher_stop(duet__fetcher *fetcher)
{
    fetcher->is_stopped = true;
    if (fetcher->helpers != NULL)
        duet_group_cancel(fetcher->helpers);
    duet__wake_first(&fetcher->main, 0);
}

void duet__fetcher_abort(duet__fetcher *fetcher)
{
    if (fetcher->is_aborted)
        return;
    fetcher->is_aborted = true;
    fetcher->output.give_up = duet_in_ms(ABORTED_READER_MS);
    duet__fetcher_stop(fetcher);
    if (fetcher->workers != NULL)
        duet_group_cancel(fetcher->workers);
}

void duet__fetcher_give_up(duet__fetcher *fetcher, int status)
{
    if (fetcher->status == 0) {
        fetcher->status = status;
        snprintf(fetcher->detail, sizeof fetcher->detail, "%s",
                 duet_error_message(status));
    }
    duet__fetcher_abort(fetcher);
}
