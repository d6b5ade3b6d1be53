/* SPDX-License-Identifier: MIT */
/* decoding.h - a decoder between a source of bytes and a reader. */
#ifndef DUET_STREAM_CODING_DECODING_H
#define DUET_STREAM_CODING_DECODING_H

#include <duet/time.h>

#include "http/body/decoder.h"

typedef struct duet__decoding {
    duet__decoder *decoder;
    /* The source, as in duet_reader_functions; asked only when the decoder has
     * consumed what it has lent. */
    int (*next)(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline);
    void *context;
    size_t done; /* work since the last pause */
} duet__decoding;

/* What next() of a reader returns: bytes, at least one, or a code of the source
 * or of the decoder. */
DUET_MUST_USE int duet__decoding_next(duet__decoding *self,
                                      const char **out_bytes,
                                      size_t *out_length,
                                      duet_deadline deadline);

#endif
