/* SPDX-License-Identifier: MIT */
/* work.h - the work on one URL: an attempt, what it shows about the host, and
 * the record or the return to the frontier. */
#ifndef DUET_FETCH_WORK_WORK_H
#define DUET_FETCH_WORK_WORK_H

#include "fetch/work/fetcher_state.h"

/* Fetches a URL that the frontier returned, and gives it back. Suspends.
 *
 *   job  idle; borrowed until return */
void duet__fetch_work(duet__fetcher *fetcher, duet__fetch_job *job,
                      duet__fetch_url *url);

/* With options.skip_existing: if the URL's file exists already, writes its
 * record and returns true. Suspends. */
bool duet__fetch_skips(duet__fetcher *fetcher, const duet__input_item *item);

/* Writes the record of a line of the input that is not a URL. Suspends. */
void duet__fetch_report_line(duet__fetcher *fetcher,
                             const duet__input_item *item);

/* Writes the record of a URL that is cancelled by the end of the run. Suspends.
 */
void duet__fetch_report_unfinished(duet__fetcher *fetcher,
                                   const duet__fetch_url *url);

#endif
