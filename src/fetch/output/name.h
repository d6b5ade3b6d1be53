/* SPDX-License-Identifier: MIT */
/* name.h - file names for bodies, safe for any URL.
 *
 *     http://example.org:8080/a/b.html?x=1
 *     example.org_8080_a_b.html_x_1-9c3e81f20b6d4a57.html
 *
 * A name holds letters, digits and "._-~" only, begins with a letter, a digit
 * or '_', is not a name that an operating system reserves, and is at most 255
 * bytes long. It holds the URL's path and query, never its user info, as far as
 * they fit; then a hash of the whole URL, the same in each run; then the
 * extension of the path, if that has one. */
#ifndef DUET_FETCH_OUTPUT_NAME_H
#define DUET_FETCH_OUTPUT_NAME_H

#include <stdint.h>

#include "base/text.h"

/* Room for any name, with its NUL. */
enum { DUET__OUTPUT_NAME_BYTES = 256 };

/* Makes a name.
 *
 *   url      any bytes
 *   index    the URL's number in the input
 *   variant  0 for the name itself; 1 for one with `index` in it, 2 and more
 *            for further ones, to be used when the one before is taken
 *   name     room for DUET__OUTPUT_NAME_BYTES; set, NUL-terminated */
void duet__output_name(duet__text url, uint64_t index, unsigned variant,
                       char *name);

#endif
