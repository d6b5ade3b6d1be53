/* SPDX-License-Identifier: MIT */
/* byte_class.h - the classes of bytes that HTTP and URLs are made of.
 *
 * One table answers for all of them, a bit each; no byte above 0x7f is in any.
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
    /* What stays as it is in a part of a URL: visible, but for "<>\^`{|}. What
     * separates the parts is not asked for; '%' is either an escape already or
     * no business of ours. */
    DUET__BYTE_URL = 8,
    /* The bytes that application/x-www-form-urlencoded leaves alone (WHATWG
     * URL 5.2), and the blank: letters, digits and *-._ */
    DUET__BYTE_FORM = 16,
    /* What a request target may have: visible, but for <> */
    DUET__BYTE_TARGET = 32,
};

extern const unsigned char duet__byte_classes[256];

/* Is the byte in one of the classes? */
static inline bool duet__byte_is(char byte, unsigned classes)
{
    return (duet__byte_classes[(unsigned char)byte] & classes) != 0;
}

#endif
