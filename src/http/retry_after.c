/* SPDX-License-Identifier: MIT */
/* retry_after.c - delay-seconds or HTTP-date. Owns nothing. */
#include "http/retry_after.h"

#include "http/date.h"

bool duet__retry_after_parse(duet__text value, int64_t now, int64_t longest,
                             int64_t *seconds)
{
    duet__text trimmed = duet__text_trim(value);
    uint64_t number;
    int64_t wait = longest;
    int64_t date;

    if (duet__text_is_digits(trimmed)) {
        if (duet__text_to_number(trimmed, INT64_MAX, &number))
            wait = (int64_t)number;
    } else if (!duet__date_parse(trimmed, now, &date)) {
        return false;
    } else if (__builtin_sub_overflow(date, now, &wait)) {
        wait = now < 0 ? longest : 0;
    }
    if (wait > longest)
        wait = longest;
    *seconds = wait > 0 ? wait : 0;
    return true;
}
