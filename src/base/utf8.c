/* SPDX-License-Identifier: MIT */
/* utf8.c - table 3-7 of the Unicode standard, row by row. Owns nothing. */
#include "base/utf8.h"

static bool is_between(unsigned char byte, int low, int high)
{
    return byte >= low && byte <= high;
}

/* May `second` follow `first` in a character of more than one byte? */
static bool is_second(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0:
        return is_between(second, 0xA0, 0xBF);
    case 0xED:
        return is_between(second, 0x80, 0x9F);
    case 0xF0:
        return is_between(second, 0x90, 0xBF);
    case 0xF4:
        return is_between(second, 0x80, 0x8F);
    default:
        return is_between(second, 0x80, 0xBF);
    }
}

size_t duet__utf8_length(duet__text text)
{
    const unsigned char *bytes = (const unsigned char *)text.bytes;
    size_t length;

    if (text.length == 0)
        return 0;
    if (bytes[0] < 0x80)
        return 1;
    if (is_between(bytes[0], 0xC2, 0xDF))
        length = 2;
    else if (is_between(bytes[0], 0xE0, 0xEF))
        length = 3;
    else if (is_between(bytes[0], 0xF0, 0xF4))
        length = 4;
    else
        return 0;
    if (text.length < length || !is_second(bytes[0], bytes[1]))
        return 0;
    for (size_t i = 2; i < length; i++) {
        if (!is_between(bytes[i], 0x80, 0xBF))
            return 0;
    }
    return length;
}
