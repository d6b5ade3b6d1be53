/* SPDX-License-Identifier: MIT */
/* zstd_coder.h - the coding zstd (RFC 8878).
 *
 * Several frames behind each other are one body, and skippable ones are
 * skipped. Windows of more than 8 MiB are refused (RFC 9659), and so are frames
 * of the formats before version 1.
 *
 * A decoder takes up to 8 MiB, the largest window, as far as there is output to
 * fill it. An encoder has a window of 512 KiB. */
#ifndef DUET_HTTP_BODY_ZSTD_CODER_H
#define DUET_HTTP_BODY_ZSTD_CODER_H

#include "http/body/coder.h"

/*   coder  owned (duet__coder_free()); untouched on failure
 *
 * Returns 0, DUET_ENOMEM. */
DUET_MUST_USE int duet__zstd_decoder_new(duet__coder *coder);

/* The same for encoding.
 *
 *   level  1 to 19 */
DUET_MUST_USE int duet__zstd_encoder_new(int level, duet__coder *coder);

#endif
