/* SPDX-License-Identifier: MIT */
/* text.c - comparing, cutting and reading borrowed text. Owns nothing. */
#include "base/text.h"

#include "base/byte_class.h"

int duet__ascii_hex_value(char byte)
{
    char lower = duet__ascii_lower(byte);

    if (duet__ascii_is_digit(byte))
        return byte - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool duet__text_equal_ignoring_case(duet__text a, duet__text b)
{
    if (a.length != b.length)
        return false;
    if (duet__text_equal(a, b)) /* mostly, and faster */
        return true;
    for (size_t i = 0; i < a.length; i++) {
        if (duet__ascii_lower(a.bytes[i]) != duet__ascii_lower(b.bytes[i]))
            return false;
    }
    return true;
}

size_t duet__text_find(duet__text text, char byte)
{
    const char *found =
        text.length > 0 ? memchr(text.bytes, byte, text.length) : NULL;

    return found != NULL ? (size_t)(found - text.bytes) : text.length;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

duet__text duet__text_trim(duet__text text)
{
    while (text.length > 0 && is_blank(text.bytes[0]))
        text = duet__text_skip(text, 1);
    while (text.length > 0 && is_blank(text.bytes[text.length - 1]))
        text.length--;
    return text;
}

duet__text duet__text_cut(duet__text *rest, char separator)
{
    size_t place = duet__text_find(*rest, separator);
    duet__text head = duet__text_of(rest->bytes, place);

    if (place == rest->length)
        *rest = duet__text_of(NULL, 0);
    else
        *rest = duet__text_skip(*rest, place + 1);
    return head;
}

bool duet__text_is_digits(duet__text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!duet__ascii_is_digit(text.bytes[i]))
            return false;
    }
    return text.length > 0;
}

bool duet__text_to_number(duet__text text, uint64_t maximum, uint64_t *number)
{
    uint64_t value = 0;

    for (size_t i = 0; i < text.length; i++) {
        uint64_t digit = (uint64_t)(text.bytes[i] - '0');

        if (!duet__ascii_is_digit(text.bytes[i]) ||
            value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (text.length == 0 || value > maximum)
        return false;
    *number = value;
    return true;
}

bool duet__text_is_token(duet__text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!duet__byte_is(text.bytes[i], DUET__BYTE_TOKEN))
            return false;
    }
    return text.length > 0;
}
