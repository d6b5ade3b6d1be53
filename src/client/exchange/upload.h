/* SPDX-License-Identifier: MIT */
/* upload.h - the body of a request out of a reader. */
#ifndef DUET_CLIENT_EXCHANGE_UPLOAD_H
#define DUET_CLIENT_EXCHANGE_UPLOAD_H

#include <duet/reader.h>
#include <duet/time.h>

#include "client/hop/hop_body.h"

typedef struct duet__upload duet__upload;

/* Makes one of what `reader` still has, which is borrowed until
 * duet__upload_end(). Nothing is read before libcurl asks for it.
 *
 * Returns 0, or DUET_ENOMEM. */
DUET_MUST_USE int duet__upload_new(duet_reader *reader,
                                   duet__upload **out_upload);

/* What libcurl takes; borrowed. */
duet__hop_body *duet__upload_outgoing(duet__upload *upload);

/* Can all of it be sent (again)? */
bool duet__upload_can_begin(const duet__upload *upload);

/* Sees to it that all of it is sent by the next request: rewinds the reader if
 * anything was taken. Suspends.
 *
 * Returns 0, or
 *   DUET_ENOTSUP  the reader can be read once only; with detail
 *   or what the reader returned */
DUET_MUST_USE int duet__upload_begin(duet__upload *upload,
                                     duet_deadline deadline);

/* Ends it. Suspends if the reader is being read: that is cancelled and waited
 * for. NULL does nothing. */
void duet__upload_end(duet__upload *upload);

#endif
