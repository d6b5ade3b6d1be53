/* SPDX-License-Identifier: MIT */
/* work.h - one URL on the wire: an attempt, what is learnt from it, and
 * its record, or its way back into the frontier. */
#ifndef DUET_FETCH_WORK_WORK_H
#define DUET_FETCH_WORK_WORK_H

#include "fetch/work/fetcher_state.h"

/* Fetches a URL that the frontier gave out, and gives it back. Suspends.
 *
 *   job  idle; borrowed until return */
void duet__fetch_work(duet__fetcher *fetcher, duet__fetch_job *job,
                      duet__fetch_url *url);

/* With options.skip_existing: does the URL's file exist already? Then this was
 * its record. Suspends. */
bool duet__fetch_skips(duet__fetcher *fetcher, const duet__input_item *item);

/* Writes the record of a line of the input that is no URL. Suspends. */
void duet__fetch_report_line(duet__fetcher *fetcher,
                             const duet__input_item *item);

/* Writes the record of a URL that the run has no time for any more. Suspends.
 */
void duet__fetch_report_unfinished(duet__fetcher *fetcher,
                                   const duet__fetch_url *url);

#endif
