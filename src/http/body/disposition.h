/* SPDX-License-Identifier: MIT */
/* disposition.h - Content-Disposition: the name of a part of a form and of the
 * file in it (RFC 6266, RFC 7578 4.2, RFC 8187).
 *
 * Names are read and written as browsers do: in UTF-8, with %22 for a quote,
 * %0D for CR and %0A for LF, and no other escape but a backslash before a
 * quote, a backslash or a blank. */
#ifndef DUET_HTTP_BODY_DISPOSITION_H
#define DUET_HTTP_BODY_DISPOSITION_H

#include <duet/export.h>

#include "base/buffer.h"
#include "base/text.h"

typedef struct duet__disposition {
    char *name;     /* owned; NULL: none, or the type is not form-data */
    char *filename; /* owned; NULL: none. No '/', no '\', not "." or ".."; "" if
                       the sender chose no file */
} duet__disposition;

/* Reads a value. Of a file name that is a path only the last component is
 * taken. A filename* that can be read goes before a filename, and so does
 * name*, which is in no standard but is what aiohttp sends.
 *
 *   disposition  duet__disposition_free() releases what it holds; nothing on
 *                failure
 *
 * Returns 0, DUET_ENOMEM, or with detail
 *   DUET_EPROTOCOL  malformed, or the same parameter twice, or the file name is
 *                   the name of a folder */
DUET_MUST_USE int duet__disposition_read(duet__text value,
                                         duet__disposition *disposition);

void duet__disposition_free(duet__disposition *disposition);

/* Appends `form-data; name="..."; filename="..."`.
 *
 *   filename  NULL: none
 *
 * Returns 0; DUET_ETOOLARGE, DUET_ENOMEM; DUET_EFIELD with detail if a name has
 * a control character other than the tab, CR and LF. */
DUET_MUST_USE int duet__disposition_write(duet__buffer *buffer, duet__text name,
                                          const duet__text *filename);

#endif
