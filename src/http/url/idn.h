/* SPDX-License-Identifier: MIT */
/* idn.h - converts host names with letters outside ASCII to their DNS form.
 */
#ifndef DUET_HTTP_URL_IDN_H
#define DUET_HTTP_URL_IDN_H

#include "base/text.h"

/* Turns a name into its "xn--" form: IDNA 2008 by UTS 46, non-transitional, as
 * browsers do. The result must be checked like any other name.
 *
 *   name    UTF-8
 *   ascii   room for `room` bytes; NUL-terminated
 *
 * Returns NULL, or a constant sentence that says what is wrong with it. */
const char *duet__idn_to_ascii(duet__text name, char *ascii, size_t room);

#endif
