/* SPDX-License-Identifier: MIT */
/* hop_body.h - the body of a request that comes from a reader, piece by
 * piece.
 *
 * A task reads ahead by one piece, which libcurl's buffer takes straight from
 * where the reader lends it. */
#ifndef DUET_CLIENT_HOP_HOP_BODY_H
#define DUET_CLIENT_HOP_HOP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

#include "base/list.h"

typedef struct duet__hop_body duet__hop_body;

struct duet__hop_body {
    int64_t length;    /* as announced; -1: unknown */
    uint64_t taken;    /* bytes that libcurl has taken */
    const char *piece; /* lent by the reader, until libcurl has taken it */
    size_t piece_length;
    bool is_whole;      /* behind the piece comes no other */
    bool is_taken;      /* libcurl has all, and knows it */
    int error;          /* why no more comes; 0: it may */
    char flaw[160];     /* the same in words */
    duet__list waiters; /* duet__wait of the task, until the piece is taken */
    /* Begins to read. Called when libcurl asks for the first piece, on the
     * loop's stack. Returns 0 or DUET_ENOMEM. */
    int (*start)(duet__hop_body *outgoing);
    bool is_started;
    struct duet__transfer *transfer; /* that takes it; NULL: none now */
};

/* Copies what there is of the piece to `buffer`, and asks for the next.
 *
 * Returns how many bytes; 0: none are there now, unless `is_taken` or `error`
 * is set. */
size_t duet__hop_body_take(duet__hop_body *outgoing, char *buffer, size_t size);

/* Is there something that libcurl has to be told? */
bool duet__hop_body_has_news(const duet__hop_body *outgoing);

/* It cannot go on, for the reason `code`; `flaw` is copied. */
void duet__hop_body_fail(duet__hop_body *outgoing, int code, const char *flaw);

#endif
