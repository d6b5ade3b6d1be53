/* SPDX-License-Identifier: MIT */
/* result.h - how a transfer ended: its code, and its detail in words. */
#ifndef DUET_CLIENT_CURL_RESULT_H
#define DUET_CLIENT_CURL_RESULT_H

#include "client/curl/state.h"

/* The detail for a transfer that ended because nothing happened in `phase` for
 * too long; a constant. */
const char *duet__transfer_silence(duet_phase phase);

/* The code of a transfer that has ended, 0 or one with detail and phase. */
int duet__transfer_judge(duet__transfer *transfer);

/* The same, also for one whose session was closed; the transfer is no longer to
 * be used. */
int duet__curl_result(duet__transfer *transfer);

#endif
