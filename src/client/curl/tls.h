/* SPDX-License-Identifier: MIT */
/* tls.h - does a TLS connection end as it should? */
#ifndef DUET_CLIENT_CURL_TLS_H
#define DUET_CLIENT_CURL_TLS_H

#include "client/curl/state.h"

/* Has each close_notify noted that comes for this handle.
 * Returns false if that is not possible. */
bool duet__curl_tls_install(CURL *easy);

/* Did a peer send close_notify, seen in this thread since the last call? */
bool duet__curl_tls_was_closed(void);

/* Is the body of this transfer complete only if close_notify ends it? */
bool duet__curl_tls_needs_close(const duet__transfer *transfer);

#endif
