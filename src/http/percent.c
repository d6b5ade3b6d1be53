/* SPDX-License-Identifier: MIT */
/* percent.c - escaping and unescaping. Owns nothing. */
#include "http/percent.h"

bool duet__percent_is_unreserved(unsigned char byte)
{
    return duet__ascii_is_letter((char)byte) ||
           duet__ascii_is_digit((char)byte) || byte == '-' || byte == '.' ||
           byte == '_' || byte == '~';
}

bool duet__percent_is_sub_delimiter(unsigned char byte)
{
    return byte != 0 && strchr("!$&'()*+,;=", byte) != NULL;
}

bool duet__percent_is_path_byte(unsigned char byte)
{
    return duet__percent_is_unreserved(byte) ||
           duet__percent_is_sub_delimiter(byte) || byte == ':' || byte == '@';
}

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

int duet__percent_encode(duet__buffer *buffer, duet__text text,
                         duet__percent_keep *keep)
{
    static const char digits[] = "0123456789ABCDEF";
    int status = 0;

    while (text.length > 0 && status == 0) {
        size_t kept = 0;
        unsigned char byte;

        while (kept < text.length && keep((unsigned char)text.bytes[kept]))
            kept++;
        status = duet__buffer_append(buffer, text.bytes, kept);
        text = duet__text_skip(text, kept);
        if (status != 0 || text.length == 0)
            break;
        byte = (unsigned char)text.bytes[0];
        status = duet__buffer_append(
            buffer, (char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3);
        text = duet__text_skip(text, 1);
    }
    return status;
}
