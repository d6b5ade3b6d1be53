/* SPDX-License-Identifier: MIT */
/* reader.h - a reader as those know it that have one inside an object of
 * theirs, and what the ways to read are made of. */
#ifndef DUET_STREAM_CORE_READER_H
#define DUET_STREAM_CORE_READER_H

#include <duet/reader.h>

#include "base/buffer.h"
#include "base/life.h"

struct duet_reader {
    DUET__LIFE
    const duet_reader_functions *functions;
    void *context;
    char *piece;         /* what the source lends, without what is consumed */
    size_t piece_length; /* 0: the source may be asked */
    duet__buffer held;   /* what was taken over from pieces before `piece` */
    size_t held_used;    /* of `held`, consumed */
    size_t line_limit;
    uint64_t count; /* bytes consumed */
    int failure;    /* the code of each call from now on; 0: none */
    bool is_busy;   /* a task is in a call */
    bool is_inner;  /* a part of an object that outlives it */
    bool is_apart;  /* allocated apart from its source */
    bool is_closed;
};

/* Makes a reader that is a member of its source, which outlives it: close() is
 * called once, and closing it again does nothing. */
void duet__reader_init(duet_reader *reader,
                       const duet_reader_functions *functions, void *context);

/* The same for one whose close() frees it with its source. */
void duet__reader_init_owner(duet_reader *reader,
                             const duet_reader_functions *functions,
                             void *context);

/* Begins a call on the reader; if it returned 0, duet__reader_leave() ends it.
 *
 * Returns 0, DUET_EBUSY, DUET_ECLOSED, or the failure of an earlier call. */
DUET_MUST_USE int duet__reader_enter(duet_reader *reader);
void duet__reader_leave(duet_reader *reader);

/* Before leaving a call that lends bytes: `status`, or DUET_ECLOSED if another
 * task has closed the reader meanwhile, so that the bytes are about to go. */
DUET_MUST_USE int duet__reader_lends(const duet_reader *reader, int status);

/* Waits until there are bytes that are not consumed: the held ones if there
 * are any, else those of the source's piece.
 *
 *   bytes   borrowed until the source is asked again or bytes are held
 *   length  at least 1 on success
 *
 * Returns 0 or the codes of duet_read_next(). */
DUET_MUST_USE int duet__reader_fill(duet_reader *reader, char **bytes,
                                    size_t *length, duet_deadline deadline);

/* Consumes the first of these bytes. */
void duet__reader_consume(duet_reader *reader, size_t length);

/* How many bytes are held and not consumed. */
size_t duet__reader_held(const duet_reader *reader);

/* Takes the first `length` bytes of the piece over, behind the held ones.
 *
 * Returns 0 or DUET_ENOMEM. */
DUET_MUST_USE int duet__reader_hold(duet_reader *reader, size_t length);

/* Asks the source for the next piece; there must be none. */
DUET_MUST_USE int duet__reader_ask(duet_reader *reader, duet_deadline deadline);

/* Takes bytes back that were consumed: they come next. Nothing may be held, and
 * there may be no piece. Without memory for them the reader fails from now
 * on. */
void duet__reader_take_back(duet_reader *reader, const void *bytes,
                            size_t length);

#endif
