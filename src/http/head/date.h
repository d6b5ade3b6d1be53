/* SPDX-License-Identifier: MIT */
/* date.h - points in time as HTTP writes them (RFC 9110 5.6.7), in seconds
 * since 1970-01-01 00:00:00 UTC. Independent of clock, time zone and locale. */
#ifndef DUET_HTTP_HEAD_DATE_H
#define DUET_HTTP_HEAD_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Room for "Sun, 06 Nov 1994 08:49:37 GMT" with its NUL. */
enum { DUET__DATE_BYTES = 30 };

/* Reads one of the three forms:
 *
 *     Sun, 06 Nov 1994 08:49:37 GMT     IMF-fixdate
 *     Sunday, 06-Nov-94 08:49:37 GMT    RFC 850
 *     Sun Nov  6 08:49:37 1994          asctime
 *
 * Letters may have any case; the name of the day must be valid but is not
 * compared with the date; second 60 is accepted.
 *
 *   now      decides the century of RFC 850's years: the newest that is at most
 *            50 years ahead
 *   seconds  set on success
 *
 * Returns whether `text` is a date from year 1 to 9999. */
bool duet__date_parse(duet__text text, int64_t now, int64_t *seconds);

/* Writes the IMF-fixdate of `seconds` to `date`, which has room for
 * DUET__DATE_BYTES. Times outside the years 1 to 9999 give the nearest time
 * inside. */
void duet__date_format(int64_t seconds, char *date);

#endif
