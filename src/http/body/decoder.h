/* SPDX-License-Identifier: MIT */
/* decoder.h - undoes the codings of a body, step by step.
 *
 *     while ((status = duet__decoder_next(decoder, &bytes, &length)) != ...)
 *         0            use the bytes; `length` may be 0: call again
 *         DUET_EAGAIN  duet__decoder_feed() or duet__decoder_finish()
 *         DUET_EEMPTY  the body is whole
 *
 * Invariant: one call does a bounded amount of work and returns 32 KiB at most,
 * however far the bytes expand. What was decoded before a fault is returned
 * before the fault's code; from then on each call returns that code. */
#ifndef DUET_HTTP_BODY_DECODER_H
#define DUET_HTTP_BODY_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

#include "base/text.h"

enum {
    DUET__DECODER_OUT_BYTES = 32768,
    DUET__DECODER_CODINGS_MAX = 4,
};

typedef struct duet__decoder duet__decoder;

typedef struct duet__decoder_options {
    uint64_t bytes_max;  /* of the decoded body */
    bool ignores_excess; /* bytes behind the end of a coding are dropped, as
                            browsers do, and no error */
} duet__decoder_options;

/* Makes a decoder.
 *
 *   codings  the value of Content-Encoding: names in the order in which they
 *            were applied, "gzip, br"; "identity" and empty members count for
 *            nothing
 *   options  copied
 *   decoder  owned (duet__decoder_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ECODING  a coding is not supported, or there are more than
 *                 DUET__DECODER_CODINGS_MAX
 *   DUET_ENOMEM */
DUET_MUST_USE int duet__decoder_new(duet__text codings,
                                    const duet__decoder_options *options,
                                    duet__decoder **decoder);

/* Gives it the next coded bytes; only before the first call of
 * duet__decoder_next(), and after it has returned DUET_EAGAIN.
 *
 *   bytes  borrowed until it returns DUET_EAGAIN again */
void duet__decoder_feed(duet__decoder *decoder, const char *bytes,
                        size_t length);

/* No more coded bytes follow; when duet__decoder_feed() may be called. */
void duet__decoder_finish(duet__decoder *decoder);

/* Returns the next decoded bytes, borrowed until the next call on the decoder;
 * with no coding at all they are those that were fed.
 *
 * Returns 0, DUET_EAGAIN, DUET_EEMPTY as above, or
 *   DUET_ECODING     the bytes are malformed, or others follow their end; the
 *                    detail says what and where
 *   DUET_ETRUNCATED  they end inside a coding. No bytes at all are an empty
 *                    body, whatever the codings
 *   DUET_ETOOLARGE   the body is larger than bytes_max
 *   DUET_ENOMEM */
DUET_MUST_USE int duet__decoder_next(duet__decoder *decoder, const char **bytes,
                                     size_t *length);

/* After DUET_ECODING: what is wrong, in a few constant words. */
const char *duet__decoder_flaw(const duet__decoder *decoder);

/* Is there any coding to undo? If so, the bytes that duet__decoder_next()
 * returns may be changed. */
bool duet__decoder_has_codings(const duet__decoder *decoder);

/* NULL does nothing. */
void duet__decoder_free(duet__decoder *decoder);

#endif
