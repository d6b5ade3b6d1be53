/* SPDX-License-Identifier: MIT */
/* limit.h - reading limits out of options structs. */
#ifndef DUET_BASE_LIMIT_H
#define DUET_BASE_LIMIT_H

#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

/* The limit that an option stands for: 0 means `standard`, DUET_NO_LIMIT means
 * SIZE_MAX, any other value means itself.
 *
 *   option  the field's name, for the detail
 *   limit   set on success
 *
 * Returns 0; DUET_EINVAL with detail for another negative value. */
DUET_MUST_USE int duet__limit_read(const char *option, int64_t value,
                                   size_t standard, size_t *limit);

/* Converts milliseconds to nanoseconds; INT64_MAX if the result cannot be
 * represented. */
static inline int64_t duet__ns_of_ms(int64_t ms)
{
    int64_t ns;

    return __builtin_mul_overflow(ms, (int64_t)1000000, &ns) ? INT64_MAX : ns;
}

#endif
