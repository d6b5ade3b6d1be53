/* SPDX-License-Identifier: MIT */
/* byte_class.h - the classes of bytes that HTTP and URLs are made of.
 *
 * One table holds all classes, one bit for each; no byte above 0x7f is in any
 * class.
 */
#ifndef DUET_BASE_BYTE_CLASS_H
#define DUET_BASE_BYTE_CLASS_H

#include <stdbool.h>

enum {
    /* tchar, RFC 9110 5.6.2: letters, digits and !#$%&'*+-.^_`|~ */
    DUET__BYTE_TOKEN = 1,
    /* RFC 3986 2.3: letters, digits and -._~ */
    DUET__BYTE_UNRESERVED = 2,
    /* sub-delims, RFC 3986 2.2: !$&'()*+,;= */
    DUET__BYTE_SUB_DELIMITER = 4,
    /* The bytes that are not escaped in a part of a URL: visible, except
     * "<>\^`{|}. Delimiters are included, as the parts are split before; '%' is
     * included, as it is part of an escape already or is left as it is. */
    DUET__BYTE_URL = 8,
    /* The bytes that application/x-www-form-urlencoded leaves alone (WHATWG
     * URL 5.2), and the blank: letters, digits and *-._ */
    DUET__BYTE_FORM = 16,
    /* The bytes allowed in a request target: visible, except <> */
    DUET__BYTE_TARGET = 32,
};

extern const unsigned char duet__byte_classes[256];

/* Is the byte in one of the classes? */
static inline bool duet__byte_is(char byte, unsigned classes)
{
    return (duet__byte_classes[(unsigned char)byte] & classes) != 0;
}

#endif
