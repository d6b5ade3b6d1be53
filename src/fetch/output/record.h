/* SPDX-License-Identifier: MIT */
/* record.h - the result of one URL, as one line of JSON (RFC 8259).
 *
 * Every record has every member, in the same order; unknown values are null.
 * The line is valid JSON and valid UTF-8 whatever bytes the texts hold: each
 * byte that is not part of valid UTF-8 becomes U+FFFD, and a URL with such
 * bytes is written a second time, with these percent-encoded. Passwords in URLs
 * are not written. */
#ifndef DUET_FETCH_OUTPUT_RECORD_H
#define DUET_FETCH_OUTPUT_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <duet/export.h>

#include "base/buffer.h"
#include "base/text.h"

/* Durations in nanoseconds; negative: there was no such phase. */
typedef struct duet__record_timings {
    int64_t queue_ns;      /* until a connection was allowed */
    int64_t resolve_ns;    /* name to addresses */
    int64_t connect_ns;    /* TCP */
    int64_t tls_ns;        /* handshake */
    int64_t first_byte_ns; /* from the request to the first byte */
    int64_t body_ns;       /* the rest */
    int64_t total_ns;      /* all attempts and the waits between them */
} duet__record_timings;

typedef struct duet__record {
    duet__text url;           /* as it was in the input */
    const char *final_url;    /* after redirects; NULL: not known */
    int http_status;          /* 0: there was no response */
    int error;                /* 0: fetched, or skipped */
    bool is_skipped;          /* its file existed already */
    const char *error_phase;  /* NULL: none */
    const char *error_detail; /* NULL or "": none */
    bool has_body;            /* bytes and sha256 are those of a whole body */
    uint64_t bytes;           /* of the body that arrived */
    const char *sha256;       /* hexadecimal; used if has_body */
    const char *content_type; /* NULL: not known */
    duet__record_timings timings;
    bool reused; /* the last exchange ran on a connection that was open */
    int attempts;
    const char *directory; /* of `file`, as it was named; used if `file` is */
    const char *file;      /* NULL: none was kept */
    const char *source;    /* of the URL: a file, "-", "arguments" */
    uint64_t line;         /* 0: not from a file */
    uint64_t index;        /* from 1, in the order of the input */
} duet__record;

/* Appends the record as one line.
 *
 * Returns 0, DUET_ETOOLARGE, DUET_ENOMEM; on failure the buffer is as before.
 */
DUET_MUST_USE int duet__record_append(const duet__record *record,
                                      duet__buffer *buffer);

#endif
