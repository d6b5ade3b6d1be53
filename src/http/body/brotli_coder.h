/* SPDX-License-Identifier: MIT */
/* brotli_coder.h - the coding br (RFC 7932).
 *
 * A decoder takes up to 16 MiB, the largest window of the format, as far as
 * there is output to fill it; windows beyond the format ("large window") are
 * refused. An encoder has a window of 512 KiB. */
#ifndef DUET_HTTP_BODY_BROTLI_CODER_H
#define DUET_HTTP_BODY_BROTLI_CODER_H

#include "http/body/coder.h"

/*   coder  owned (duet__coder_free()); untouched on failure
 *
 * Returns 0, DUET_ENOMEM. */
DUET_MUST_USE int duet__brotli_decoder_new(duet__coder *coder);

/* The same for encoding.
 *
 *   level  1 to 11 */
DUET_MUST_USE int duet__brotli_encoder_new(int level, duet__coder *coder);

#endif
