/* SPDX-License-Identifier: MIT */
/* zlib_coder.h - the codings gzip and deflate.
 *
 * Several members of gzip behind each other are one body (RFC 1952 2.2).
 * "deflate" is written in zlib's format, as RFC 9110 says, and read in that
 * format or without its header, as some servers send it. The first byte tells
 * which: as the first one of a bare deflate stream, a byte like zlib's would
 * begin a stored block and have bits set where every encoder writes zeros.
 *
 * A decoder takes 40 KiB, an encoder 270 KiB. */
#ifndef DUET_HTTP_BODY_ZLIB_CODER_H
#define DUET_HTTP_BODY_ZLIB_CODER_H

#include "http/body/coder.h"
#include "http/head/coding.h"

/*   coding  DUET__CODING_GZIP or DUET__CODING_DEFLATE
 *   coder   owned (duet__coder_free()); untouched on failure
 *
 * Returns 0, DUET_ENOMEM. */
DUET_MUST_USE int duet__zlib_decoder_new(duet__coding coding,
                                         duet__coder *coder);

/* The same for encoding.
 *
 *   level  1 to 9 */
DUET_MUST_USE int duet__zlib_encoder_new(duet__coding coding, int level,
                                         duet__coder *coder);

#endif
