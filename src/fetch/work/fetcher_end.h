/* SPDX-License-Identifier: MIT */
/* fetcher_end.h - ends a run before the end of its input. */
#ifndef DUET_FETCH_WORK_FETCHER_END_H
#define DUET_FETCH_WORK_FETCHER_END_H

#include "fetch/work/fetcher.h"

/* Begins no more URLs: duet__fetcher_run() returns when those in flight have
 * ended and each waiting one has a record that says it was cancelled. Must not
 * be called by a task of the fetcher. */
void duet__fetcher_stop(duet__fetcher *fetcher);

/* Also cancels the URLs in flight; each gets its record if the reader accepts
 * it within a second. */
void duet__fetcher_abort(duet__fetcher *fetcher);

/* Ends the run after a fatal failure: cancels everything that runs; the run's
 * result is this status and duet_error_message(status), unless it had ended
 * before. */
void duet__fetcher_give_up(duet__fetcher *fetcher, int status);

#endif
