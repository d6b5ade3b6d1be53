/* SPDX-License-Identifier: MIT */
/* retry_after.c - delay-seconds or HTTP-date. Owns nothing. */
#include "http/head/retry_after.h"

#include "http/head/date.h"

/* Reads "120", and "1.5" as 2: RFC 9110 allows whole seconds only, but servers
 * send fractions, and waiting less than asked for would be wrong. */
static bool read_number(duet__text text, int64_t longest, int64_t *seconds)
{
    duet__text fraction = text;
    duet__text whole = duet__text_cut(&fraction, '.');
    uint64_t number;

    if (!duet__text_is_digits(whole) ||
        (fraction.bytes != NULL && !duet__text_is_digits(fraction)))
        return false;
    *seconds = longest;
    if (!duet__text_to_number(whole, INT64_MAX - 1, &number))
        return true;
    *seconds = (int64_t)number;
    for (size_t i = 0; i < fraction.length; i++)
        if (fraction.bytes[i] != '0') {
            ++*seconds;
            break;
        }
    return true;
}

bool duet__retry_after_parse(duet__text value, int64_t now, int64_t longest,
                             int64_t *seconds)
{
    duet__text trimmed = duet__text_trim(value);
    int64_t wait;
    int64_t date;

    if (!read_number(trimmed, longest, &wait)) {
        if (!duet__date_parse(trimmed, now, &date))
            return false;
        if (__builtin_sub_overflow(date, now, &wait))
            wait = now < 0 ? longest : 0;
    }
    if (wait > longest)
        wait = longest;
    *seconds = wait > 0 ? wait : 0;
    return true;
}
