/* SPDX-License-Identifier: MIT */
/* places.h - who is at work: workers that have a URL on the wire, the
 * reader that fills the frontier, and look-ups of names. */
#ifndef DUET_FETCH_WORK_PLACES_H
#define DUET_FETCH_WORK_PLACES_H

#include "fetch/work/fetcher_state.h"

/* Starts workers while there are places and URLs for them, and sees to it that
 * there will be some. */
void duet__fetch_fill_places(duet__fetcher *fetcher);

/* Is there something left to be done? */
bool duet__fetch_goes_on(const duet__fetcher *fetcher);

/* When something comes due, here or in the frontier. */
duet_deadline duet__fetch_due(duet__fetcher *fetcher);

/* Gives the URLs of workers that were cancelled before they ran back to the
 * frontier, and the hosts of such look-ups. Called when all have ended. */
void duet__fetch_take_back(duet__fetcher *fetcher);

/* The task that reads the input, for as long as there is some.
 *
 *   argument  the fetcher */
int duet__fetch_read_input(void *argument);

#endif
