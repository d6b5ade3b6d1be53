/* SPDX-License-Identifier: MIT */
/* coded.h - coded bodies, made by other programs (coded/make.py), and a way to
 * decode them in pieces. */
#ifndef DUET_TEST_SUPPORT_CODED_H
#define DUET_TEST_SUPPORT_CODED_H

#include "base/buffer.h"
#include "http/body/coder.h"
#include "http/body/decoder.h"

typedef struct coded_sample {
    const char *name; /* of its file */
    const char *codings;
    size_t copies;     /* of the plain text, that it decodes to */
    bool has_checksum; /* of all that it decodes to */
    size_t wholes[3];  /* beginnings that are whole bodies, too; 0: no more */
    char *bytes;       /* set by coded_set_up() */
    size_t length;
} coded_sample;

enum { CODED_SAMPLES = 22 };
extern coded_sample coded_samples[CODED_SAMPLES];

/* The text that all of them are made of; set by coded_set_up(). */
extern char *coded_plain;
extern size_t coded_plain_length;

/* cmocka's set-up and tear-down of a group that uses the samples. */
int coded_set_up(void **state);
int coded_tear_down(void **state);

typedef struct coded_result {
    int status;  /* DUET_EEMPTY for a whole body */
    char *bytes; /* owned (free()) */
    size_t length;
    size_t calls;   /* of duet__decoder_next() */
    size_t longest; /* piece that it returned */
} coded_result;

/* Decodes bytes that are fed in pieces of `piece` bytes, each in memory of just
 * that size.
 *
 *   options  NULL for no limit */
coded_result coded_decode(const char *codings, const char *bytes, size_t length,
                          size_t piece, const duet__decoder_options *options);

/* The same in two pieces. */
coded_result coded_decode_cut(const char *codings, const char *bytes,
                              size_t length, size_t cut);

/* Runs a coder on all of the bytes, with `room` bytes of room for each step,
 * until the operation is done (DUET_EEMPTY, and all was consumed), or, for
 * DUET__CODER_RUN, until it has no more to write.
 *
 *   reason  may be NULL
 *
 * Returns DUET_EEMPTY, 0 after DUET__CODER_RUN, or the code of a failure. */
int coded_run(const duet__coder *coder, const char *bytes, size_t length,
              size_t room, duet__coder_operation operation, duet__buffer *out,
              const char **reason);

#endif
