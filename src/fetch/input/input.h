/* SPDX-License-Identifier: MIT */
/* input.h - the URLs to fetch, one after the other, from arguments and files.
 *
 * Files are read as streams, block by block as items are asked for: memory does
 * not grow with their length. A line is a URL; whitespace around it and a CR at
 * its end are dropped; empty lines and lines that begin with '#' are skipped. A
 * line with a space inside is not a URL, nor is text in UTF-16. */
#ifndef DUET_FETCH_INPUT_INPUT_H
#define DUET_FETCH_INPUT_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/time.h>

#include "base/text.h"

typedef struct duet__input_source duet__input_source;

typedef struct duet__input {
    duet__input_source *sources;
    size_t count;
    size_t room;
    size_t current; /* the source that is read */
    char *block;    /* read and not returned yet: [begin, end) */
    size_t begin;
    size_t end;
    bool is_read_up;  /* the current source has no more bytes */
    bool is_skipping; /* the rest of a line that was too long comes next */
    uint64_t line;    /* of the current source, the last one seen */
    uint64_t index;   /* items returned */
    uint64_t bytes_taken;
    uint64_t bytes_known; /* of all sources; meaningless if is_endless */
    bool is_endless;      /* a source's length is not known */
} duet__input;

/* One URL of the input. */
typedef struct duet__input_item {
    duet__text url;     /* borrowed until the next call; may hold any byte */
    const char *source; /* the file as it was named, "-"; "arguments" */
    uint64_t line;      /* from 1; 0 for an argument */
    uint64_t index;     /* from 1, in the order of the input */
    int status;         /* 0; else the line cannot be a URL: DUET_ETOOLARGE,
                         * DUET_EURL, and `url` is its first bytes */
    const char *detail; /* for messages; NULL if status is 0 */
} duet__input_item;

void duet__input_init(duet__input *input);

/* Closes the files, except standard input. */
void duet__input_free(duet__input *input);

/* Appends a URL.
 *
 *   url  borrowed until duet__input_free()
 *
 * Returns 0 or DUET_ENOMEM. */
DUET_MUST_USE int duet__input_add_url(duet__input *input, const char *url);

/* Opens a file and appends its lines.
 *
 *   name  borrowed until duet__input_free(); "-" is standard input
 *
 * Returns 0, DUET_ENOMEM, DUET_EISDIR, or the code of open(2)'s error, with
 * detail. */
DUET_MUST_USE int duet__input_add_file(duet__input *input, const char *name);

/* The next item. One task at a time.
 *
 *   item  set on success
 *
 * Returns 0, or
 *   DUET_EEMPTY there are no more items
 *   DUET_ETIMEDOUT  the deadline passed
 *   DUET_ECANCELED  the task was cancelled; nothing is lost
 *   DUET_ENOMEM     out of memory
 *   DUET_EINVAL     the file is UTF-16, with detail
 *   and what read(2) reports, with detail */
DUET_MUST_USE int duet__input_next(duet__input *input, duet__input_item *item,
                                   duet_deadline deadline);

/* How much of the input was returned, from 0 to 1; -1 if unknown, as for a
 * pipe. */
double duet__input_fraction(const duet__input *input);

#endif
