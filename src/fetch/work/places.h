/* SPDX-License-Identifier: MIT */
/* places.h - the tasks of a fetcher: workers that transfer a URL, the reader
 * that fills the frontier, and look-ups of names. */
#ifndef DUET_FETCH_WORK_PLACES_H
#define DUET_FETCH_WORK_PLACES_H

#include "fetch/work/fetcher_state.h"

/* Starts workers while there are places and URLs for them; if there are too few
 * URLs, starts look-ups and wakes the reader. */
void duet__fetch_fill_places(duet__fetcher *fetcher);

/* Is there work left? */
bool duet__fetch_goes_on(const duet__fetcher *fetcher);

/* When the next event is due, here or in the frontier. */
duet_deadline duet__fetch_due(duet__fetcher *fetcher);

/* Returns the URLs of workers that were cancelled before they ran to the
 * frontier, and the hosts of such look-ups. Called when all have ended. */
void duet__fetch_take_back(duet__fetcher *fetcher);

/* The task that reads the input to its end.
 *
 *   argument  the fetcher */
int duet__fetch_read_input(void *argument);

#endif
