/* SPDX-License-Identifier: MIT */
/* encoder.h - makes the coder that a coding is written with. */
#ifndef DUET_HTTP_BODY_ENCODER_H
#define DUET_HTTP_BODY_ENCODER_H

#include "http/body/coder.h"
#include "http/head/coding.h"

/* Makes an encoder.
 *
 *   coding  not DUET__CODING_IDENTITY
 *   level   1, the fastest, to 9 (gzip, deflate), 11 (br) or 19 (zstd), the
 *           smallest; 0 for the default, which is 6, 5 and 3
 *   coder   owned (duet__coder_free()); untouched on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  the level is out of range
 *   DUET_ENOMEM */
DUET_MUST_USE int duet__encoder_new(duet__coding coding, int level,
                                    duet__coder *coder);

/* The same for the coding of that name.
 *
 *   name  may be NULL, which is no coding
 *
 * Returns 0, the codes of duet__encoder_new(), or
 *   DUET_ECODING  it is none that is written */
DUET_MUST_USE int duet__encoder_named(const char *name, int level,
                                      duet__coder *coder);

/* Lets an encoder work, on 16 KiB of input at most, so that a step takes
 * milliseconds even at slow levels.
 *
 *   operation  done when all of the input was consumed and DUET_EEMPTY is
 *              returned
 *
 * Returns 0, DUET_EEMPTY, DUET_ENOMEM as a coder does. */
DUET_MUST_USE int duet__encoder_step(const duet__coder *coder,
                                     duet__coder_io *io,
                                     duet__coder_operation operation);

#endif
