/* SPDX-License-Identifier: MIT */
/* options.h - what an exchange is asked for. */
#ifndef DUET_CLIENT_EXCHANGE_OPTIONS_H
#define DUET_CLIENT_EXCHANGE_OPTIONS_H

#include "client/exchange/exchange.h"

/* Checks method, URL and options, and sets what follows from them.
 *
 * Returns 0 or a code with detail. */
DUET_MUST_USE int duet__exchange_read(duet__exchange *self, const char *url);

/* Makes the fields of all hops, if they are not just the session's.
 *
 *   fields  the request's own; NULL: none */
DUET_MUST_USE int duet__exchange_merge_fields(duet__exchange *self,
                                              const duet_fields *fields);

#endif
