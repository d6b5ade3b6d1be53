/* SPDX-License-Identifier: MIT */
/* option_value.c - strict: no signs, no spaces, nothing after the number. Owns
 * nothing. */
#include "tool/option_value.h"

#include <inttypes.h>

#include <duet/time.h>

#include "base/error.h"
#include "base/text.h"

enum { YEAR_S = 366 * 24 * 3600 };

int duet__option_number(const char *text, int64_t least, int64_t most,
                        int64_t *number)
{
    uint64_t value;

    if (!duet__text_to_number(duet__text_from(text), (uint64_t)most, &value) ||
        (int64_t)value < least)
        return duet__fail(DUET_EINVAL,
                          "'%.40s' is not a whole number from %" PRId64
                          " to %" PRId64,
                          text, least, most);
    *number = (int64_t)value;
    return 0;
}

int duet__option_seconds(const char *text, int64_t *ms)
{
    duet__text decimals = duet__text_from(text);
    duet__text whole = duet__text_cut(&decimals, '.');
    uint64_t seconds = 0;
    uint64_t part = 0;
    bool has_part = decimals.bytes != NULL;

    if (!duet__text_to_number(whole, YEAR_S, &seconds) ||
        (has_part &&
         (decimals.length > 3 || !duet__text_to_number(decimals, 999, &part))))
        return duet__fail(DUET_EINVAL,
                          "'%.40s' is not a number of seconds, such as 30 or "
                          "0.5 (0 for no limit)",
                          text);
    for (size_t i = decimals.length; has_part && i < 3; i++)
        part *= 10;
    *ms = (int64_t)(seconds * 1000 + part);
    if (*ms == 0)
        *ms = DUET_NO_LIMIT;
    return 0;
}

static int64_t factor_of(char suffix)
{
    switch (duet__ascii_lower(suffix)) {
    case 'k':
        return 1 << 10;
    case 'm':
        return 1 << 20;
    case 'g':
        return 1 << 30;
    case 't':
        return (int64_t)1 << 40;
    default:
        return 1;
    }
}

int duet__option_bytes(const char *text, int64_t *bytes)
{
    duet__text digits = duet__text_from(text);
    int64_t factor = 1;
    uint64_t number = 0;

    if (digits.length > 0)
        factor = factor_of(digits.bytes[digits.length - 1]);
    if (factor > 1)
        digits.length--;
    if (!duet__text_to_number(digits, (uint64_t)(INT64_MAX / factor),
                              &number) ||
        number == 0)
        return duet__fail(DUET_EINVAL,
                          "'%.40s' is not a number of bytes, such as 5000, "
                          "64k or 10M",
                          text);
    *bytes = (int64_t)number * factor;
    return 0;
}
