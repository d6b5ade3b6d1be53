/* SPDX-License-Identifier: MIT */
/* coder.h - one content coding in one direction, bytes in, bytes out.
 *
 * A coder is fed in steps of any size and gives its output in steps of any
 * size; its memory is that of its library, about a window of the coding. */
#ifndef DUET_HTTP_BODY_CODER_H
#define DUET_HTTP_BODY_CODER_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>

/* What a step works on; it advances all four. */
typedef struct duet__coder_io {
    const char *in; /* bytes to consume */
    size_t in_length;
    char *out; /* where to write */
    size_t room;
} duet__coder_io;

typedef enum duet__coder_operation {
    DUET__CODER_RUN,   /* more input follows */
    DUET__CODER_FLUSH, /* what was fed shall be decodable; for encoders */
    DUET__CODER_END,   /* no input follows */
} duet__coder_operation;

typedef struct duet__coder_functions {
    /* Consumes input and writes output, as much as it can of either. If it
     * fills the room it may have more output: it is to be called again, even
     * with no input. An operation that was begun is repeated until it is done
     * before another one begins.
     *
     *   reason  set if the code is DUET_ECODING: what is wrong, borrowed for as
     *           long as the coder
     *
     * Returns 0, or
     *   DUET_EEMPTY      FLUSH or END is done. A decoder returns it, whatever
     *                    the operation, if what is coded has ended and the rest
     *                    of the input is not part of it
     *   DUET_ETRUNCATED  END, and what is coded has not ended
     *   DUET_ECODING     it is malformed
     *   DUET_ENOMEM */
    int (*step)(void *state, duet__coder_io *io,
                duet__coder_operation operation, const char **reason);
    void (*free)(void *state);
} duet__coder_functions;

typedef struct duet__coder {
    const duet__coder_functions *functions; /* NULL: there is no coder */
    void *state;
} duet__coder;

DUET_MUST_USE static inline int
duet__coder_step(const duet__coder *coder, duet__coder_io *io,
                 duet__coder_operation operation, const char **reason)
{
    return coder->functions->step(coder->state, io, operation, reason);
}

static inline void duet__coder_free(duet__coder *coder)
{
    if (coder->functions != NULL)
        coder->functions->free(coder->state);
    *coder = (duet__coder){NULL, NULL};
}

#endif
