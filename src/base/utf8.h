/* SPDX-License-Identifier: MIT */
/* utf8.h - recognizes well-formed UTF-8 (RFC 3629, Unicode table 3-7). */
#ifndef DUET_BASE_UTF8_H
#define DUET_BASE_UTF8_H

#include <stddef.h>

#include "base/text.h"

/* How many bytes, 1 to 4, the character at the beginning of `text` has; 0 if it
 * does not begin with a complete well-formed character, or is empty. Overlong
 * forms, surrogates and characters above U+10FFFF are not well-formed. */
size_t duet__utf8_length(duet__text text);

#endif
