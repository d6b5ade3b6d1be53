/* SPDX-License-Identifier: MIT */
/* idn.c - the only file that uses libidn2. Owns nothing. */
#include "http/url/idn.h"

#include <idn2.h>
#include <string.h>

/* A longer name cannot become one of 253 bytes. */
enum { NAME_BYTES_MAX = 4 * 253 };

const char *duet__idn_to_ascii(duet__text name, char *ascii, size_t room)
{
    char text[NAME_BYTES_MAX + 1];
    char *found = NULL;
    size_t length;
    int result;

    if (name.length > NAME_BYTES_MAX)
        return "is longer than 253 bytes";
    if (memchr(name.bytes, '\0', name.length) != NULL)
        return "has a character that no host name has";
    memcpy(text, name.bytes, name.length);
    text[name.length] = '\0';
    result =
        idn2_to_ascii_8z(text, &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (result == IDN2_MALLOC)
        return "found no memory for its xn-- form";
    if (result == IDN2_ENCODING_ERROR)
        return "is not UTF-8";
    if (result == IDN2_TOO_BIG_LABEL || result == IDN2_PUNYCODE_BIG_OUTPUT)
        return "has a part longer than 63 bytes";
    if (result == IDN2_TOO_BIG_DOMAIN)
        return "is longer than 253 bytes";
    if (result != IDN2_OK)
        return "has a letter where none of its kind may stand (IDNA 2008)";
    length = strlen(found);
    if (length < room)
        memcpy(ascii, found, length + 1);
    idn2_free(found);
    return length < room ? NULL : "is longer than 253 bytes";
}
