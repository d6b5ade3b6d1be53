/* SPDX-License-Identifier: MIT */
/* mode.h - reads mode texts such as "r+", and permissions. */
#ifndef DUET_FILE_BLOCKING_MODE_H
#define DUET_FILE_BLOCKING_MODE_H

/* The flags of open(2) that a mode text stands for: "r", "w", "a" or "x", then
 * "+" and "b" in any order, each at most once.
 *
 *   flags  set on success
 *
 * Returns 0; DUET_EINVAL with detail for any other text. */
int duet__mode_parse(const char *mode, int *flags);

/* The permissions that an option stands for: 0 is `standard`.
 *
 *   permissions  set on success
 *
 * Returns 0; DUET_EINVAL with detail for a value above 07777. */
int duet__permissions_read(unsigned value, unsigned standard,
                           unsigned *permissions);

#endif
