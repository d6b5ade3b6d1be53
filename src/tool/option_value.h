/* SPDX-License-Identifier: MIT */
/* option_value.h - reads the values of options. Each function returns 0, or
 * DUET_EINVAL with a detail that says what is valid. */
#ifndef DUET_TOOL_OPTION_VALUE_H
#define DUET_TOOL_OPTION_VALUE_H

#include <stdint.h>

#include <duet/export.h>

/* A whole number in decimal digits, from `least` to `most`. */
DUET_MUST_USE int duet__option_number(const char *text, int64_t least,
                                      int64_t most, int64_t *number);

/* Seconds with up to three decimals, "2", "0.5"; "0" for no limit, which gives
 * DUET_NO_LIMIT. At most a year. */
DUET_MUST_USE int duet__option_seconds(const char *text, int64_t *ms);

/* Bytes: "500", "64k", "10M", "2G", in powers of 1024. At least 1. */
DUET_MUST_USE int duet__option_bytes(const char *text, int64_t *bytes);

#endif
