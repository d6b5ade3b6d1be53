/* SPDX-License-Identifier: MIT */
/* silence.h - keeps silent servers from delaying the others: while all places
 * are taken and another URL could begin, the place of a transfer that has
 * received nothing for a second is lent, that is, not counted any more. The
 * same applies to look-ups of names.
 *
 * The number of places lent at once depends on the limit on descriptors. */
#ifndef DUET_FETCH_WORK_SILENCE_H
#define DUET_FETCH_WORK_SILENCE_H

#include "fetch/work/fetcher_state.h"

/* How many places may be lent in a process with this limit on open files. */
int64_t duet__fetch_lent_max(const duet__fetcher_options *options,
                             int64_t descriptors);

/* The transfer of a job begins and ends. */
void duet__fetch_silence_begin(duet__fetcher *fetcher, duet__fetch_job *job);
void duet__fetch_silence_end(duet__fetch_job *job);

/* The job's worker ends: returns its place, or takes it off those lent. */
void duet__fetch_place_left(duet__fetcher *fetcher, duet__fetch_job *job);

/* A look-up of a name begins and ends. */
void duet__fetch_look_up_begins(duet__fetcher *fetcher,
                                duet__frontier_host *host);
void duet__fetch_look_up_ends(duet__fetcher *fetcher,
                              duet__frontier_host *host);
bool duet__fetch_may_look_up(const duet__fetcher *fetcher);

/* When duet__fetch_silence_lend() is to be called; DUET_NEVER if nothing else
 * could begin. */
duet_deadline duet__fetch_silence_due(duet__fetcher *fetcher);

/* Lends the places of transfers that have been silent for long enough. */
void duet__fetch_silence_lend(duet__fetcher *fetcher);

#endif
