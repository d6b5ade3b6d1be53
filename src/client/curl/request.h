/* SPDX-License-Identifier: MIT */
/* request.h - a request as options of an easy handle. */
#ifndef DUET_CLIENT_CURL_REQUEST_H
#define DUET_CLIENT_CURL_REQUEST_H

#include "client/curl/state.h"

/* Tells the handle what the hop is.
 * Returns 0, DUET_ENOMEM, or DUET_EURL if libcurl reads URLs otherwise. */
DUET_MUST_USE int duet__transfer_prepare(duet__transfer *transfer);

#endif
