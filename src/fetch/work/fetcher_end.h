/* SPDX-License-Identifier: MIT */
/* fetcher_end.h - ending a run before its input is over. */
#ifndef DUET_FETCH_WORK_FETCHER_END_H
#define DUET_FETCH_WORK_FETCHER_END_H

#include "fetch/work/fetcher.h"

/* Takes no further URL: duet__fetcher_run() returns when what is in flight has
 * ended and those that wait have a record that says so. Must not be called by a
 * task of the fetcher. */
void duet__fetcher_stop(duet__fetcher *fetcher);

/* Cancels what is in flight, too; each gets its record, if the reader takes it
 * within a second. */
void duet__fetcher_abort(duet__fetcher *fetcher);

/* Nothing more can be done: ends all that runs, and the run with this status
 * and duet_error_message(status), unless it had ended before. */
void duet__fetcher_give_up(duet__fetcher *fetcher, int status);

#endif
