/* SPDX-License-Identifier: MIT */
/* fold.h - protection from a field that continues one of another
 * response. */
#ifndef DUET_CLIENT_CURL_FOLD_H
#define DUET_CLIENT_CURL_FOLD_H

#include "client/curl/state.h"

/* A status line has come: guards the next line. */
void duet__curl_fold_begin(duet__transfer *transfer);

/* Another line has come: guards no longer. */
void duet__curl_fold_end(duet__transfer *transfer);

/* Is shown a line of a head before libcurl takes it; may change it. */
void duet__curl_fold_guard(duet__transfer *transfer, char *line, size_t length);

#endif
