/* SPDX-License-Identifier: MIT */
/* descriptors.h - how many connections and files a fetcher has open. */
#ifndef DUET_FETCH_WORK_DESCRIPTORS_H
#define DUET_FETCH_WORK_DESCRIPTORS_H

#include "fetch/work/fetcher.h"

/* The most connections that the session keeps open, including those in use. */
int64_t duet__fetch_kept_max(int64_t at_once);

/* How many descriptors a fetcher with these options may need in addition to
 * those already open; `at_once` must not be 0. */
int64_t duet__fetcher_descriptors(const duet__fetcher_options *options);

#endif
