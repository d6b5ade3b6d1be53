/* SPDX-License-Identifier: MIT */
/* retry_after.h - reads how long a server asks the client to wait (RFC 9110
 * 10.2.3). */
#ifndef DUET_HTTP_HEAD_RETRY_AFTER_H
#define DUET_HTTP_HEAD_RETRY_AFTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Reads the value of Retry-After: "120", an HTTP date, or "1.5", which is
 * rounded up.
 *
 *   now      seconds since 1970, which the date is compared with
 *   longest  the most seconds to return; longer times, even beyond 64 bits,
 *            give this
 *   seconds  set on success; 0 for a date that has passed
 *
 * Returns whether `value` is one of these forms. */
bool duet__retry_after_parse(duet__text value, int64_t now, int64_t longest,
                             int64_t *seconds);

#endif
