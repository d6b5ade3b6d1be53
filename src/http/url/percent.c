/* SPDX-License-Identifier: MIT */
/* percent.c - escaping and unescaping. Owns nothing. */
#include "http/url/percent.h"

#include "base/byte_class.h"

/* The byte that the escape at the start of `text` stands for; -1 if there is
 * no escape. */
static int escaped_byte(duet__text text)
{
    int high;
    int low;

    if (text.length < 3 || text.bytes[0] != '%')
        return -1;
    high = duet__ascii_hex_value(text.bytes[1]);
    low = duet__ascii_hex_value(text.bytes[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool duet__percent_is_valid(duet__text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] == '%' && escaped_byte(duet__text_skip(text, i)) < 0)
            return false;
    }
    return true;
}

int duet__percent_next(duet__text *rest)
{
    int byte = escaped_byte(*rest);

    if (byte >= 0) {
        *rest = duet__text_skip(*rest, 3);
        return byte;
    }
    if (rest->length == 0)
        return -1;
    byte = (unsigned char)rest->bytes[0];
    *rest = duet__text_skip(*rest, 1);
    return byte;
}

size_t duet__percent_decode(duet__text text, char *to)
{
    size_t length = 0;
    int byte;

    while ((byte = duet__percent_next(&text)) >= 0)
        to[length++] = (char)byte;
    return length;
}

size_t duet__percent_length(duet__text text, unsigned keep)
{
    size_t length = text.length;

    for (size_t i = 0; i < text.length; i++)
        if (!duet__byte_is(text.bytes[i], keep))
            length += 2;
    return length;
}

char *duet__percent_write(char *to, duet__text text, unsigned keep)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];

        if (duet__byte_is(text.bytes[i], keep)) {
            *to++ = (char)byte;
        } else {
            *to++ = '%';
            *to++ = digits[byte >> 4];
            *to++ = digits[byte & 15];
        }
    }
    return to;
}

int duet__percent_encode(duet__buffer *buffer, duet__text text, unsigned keep)
{
    size_t length = duet__percent_length(text, keep);
    int status = duet__buffer_reserve(buffer, length);

    if (status != 0)
        return status;
    *duet__percent_write(buffer->bytes + buffer->length, text, keep) = '\0';
    buffer->length += length;
    return 0;
}
