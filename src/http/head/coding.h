/* SPDX-License-Identifier: MIT */
/* coding.h - the content codings and their names (RFC 9110 8.4.1). */
#ifndef DUET_HTTP_HEAD_CODING_H
#define DUET_HTTP_HEAD_CODING_H

#include <stdbool.h>

#include "base/text.h"

typedef enum duet__coding {
    DUET__CODING_IDENTITY, /* the bytes as they are */
    DUET__CODING_GZIP,     /* RFC 1952; also named x-gzip */
    DUET__CODING_DEFLATE,  /* zlib's format, RFC 1950 */
    DUET__CODING_BROTLI,   /* br, RFC 7932 */
    DUET__CODING_ZSTD,     /* RFC 8878 */
    DUET__CODINGS,         /* how many there are */
} duet__coding;

/* Finds a coding by its name, in any case.
 *
 *   coding  set on success
 *
 * Returns false if no coding here is called that; x-compress and compress are
 * not supported. */
bool duet__coding_find(duet__text name, duet__coding *coding);

/* The name that is sent. Borrowed, constant. */
const char *duet__coding_name(duet__coding coding);

#endif
