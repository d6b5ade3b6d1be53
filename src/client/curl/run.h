/* SPDX-License-Identifier: MIT */
/* run.h - carries out hops. */
#ifndef DUET_CLIENT_CURL_RUN_H
#define DUET_CLIENT_CURL_RUN_H

#include "client/curl/driver.h"
#include "client/hop/hop.h"

/* Carries out a hop.
 *
 *   hop  borrowed until return; the fields of the response are set, those of
 *        `incoming` also on failure
 *
 * Returns 0, or a code with detail and phase; see duet_fetch(). If the body
 * goes into a ring, 0 as soon as the head is there: then the hop is to be read
 * by duet__curl_read() (stream.h) or left by duet__curl_leave(). */
DUET_MUST_USE int duet__curl_run(duet__curl_driver *driver, duet__hop *hop,
                                 duet_deadline deadline);

#endif
