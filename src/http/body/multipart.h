/* SPDX-License-Identifier: MIT */
/* multipart.h - takes a multipart body apart (RFC 2046 5.1), as its bytes come.
 *
 * Bytes are given in pieces of any size, and events come back: a part's head,
 * its bytes, its end. The bytes of parts are lent from the piece that was given
 * and never copied; of what was given before only the line of a head that is
 * not complete is kept. Time is linear in the length of the body, whatever it
 * holds.
 *
 * It is strict: lines end with CRLF, and behind a delimiter there is nothing
 * but blanks. What stands in a part is not looked at, be it multipart itself.
 *
 * Invariant: each call consumes bytes or returns an event other than MORE. */
#ifndef DUET_HTTP_BODY_MULTIPART_H
#define DUET_HTTP_BODY_MULTIPART_H

#include <stddef.h>

#include <duet/export.h>
#include <duet/fields.h>

#include "base/buffer.h"
#include "base/text.h"
#include "http/body/boundary.h"

typedef struct duet__multipart_limits {
    size_t parts_max;
    size_t fields_max;        /* of one part */
    size_t head_bytes_max;    /* of one part, with the blanks before it */
    size_t part_bytes_max;    /* of one part, without its head */
    size_t outside_bytes_max; /* before the first part and behind the last */
} duet__multipart_limits;

typedef enum duet__multipart_event {
    DUET__MULTIPART_MORE,     /* everything was consumed */
    DUET__MULTIPART_HEAD,     /* a part begins; `fields` are its head */
    DUET__MULTIPART_BYTES,    /* bytes of the part, at least one */
    DUET__MULTIPART_PART_END, /* the part is whole */
} duet__multipart_event;

typedef enum duet__multipart_state {
    DUET__MULTIPART_PREAMBLE,
    DUET__MULTIPART_DELIMITER, /* behind the boundary */
    DUET__MULTIPART_PADDING,   /* blanks behind it */
    DUET__MULTIPART_LINE_END,  /* its CR has come */
    DUET__MULTIPART_DASH,      /* one '-' has come: the last delimiter? */
    DUET__MULTIPART_FIELDS,
    DUET__MULTIPART_CONTENT,
    DUET__MULTIPART_CLOSED, /* behind the last delimiter */
    DUET__MULTIPART_CLOSED_LINE_END,
    DUET__MULTIPART_EPILOGUE,
} duet__multipart_state;

typedef struct duet__multipart_parser {
    duet__multipart_limits limits;
    duet__multipart_state state;
    int failure; /* what every call returns from now on; 0: none */
    char delimiter[DUET__BOUNDARY_MOST + 4]; /* CR, LF, "--", the boundary */
    size_t delimiter_length;
    size_t matched;    /* so much of the delimiter ends what was consumed */
    size_t imagined;   /* so much of that was matched without being content */
    duet__buffer line; /* of a head, not complete */
    /* Of the newest head; who takes them sets it to NULL. */
    duet_fields *fields;
    bool is_in_part;
    size_t parts;
    size_t head_bytes;
    size_t part_bytes;
    size_t outside_bytes;
} duet__multipart_parser;

/* Begins a body. The limits are at least 1. */
void duet__multipart_parser_init(duet__multipart_parser *parser,
                                 const duet__boundary *boundary,
                                 const duet__multipart_limits *limits);

/* Consumes bytes from the front of `*input` up to the next event.
 *
 *   event  the event
 *   bytes  with DUET__MULTIPART_BYTES: borrowed from `*input` or the parser,
 *          until the next call
 *
 * Returns 0, or with detail, at every further call too,
 *   DUET_EPROTOCOL  malformed
 *   DUET_ETOOLARGE  a limit; the detail names it
 *   DUET_ENOMEM */
DUET_MUST_USE int duet__multipart_parser_next(duet__multipart_parser *parser,
                                              duet__text *input,
                                              duet__multipart_event *event,
                                              duet__text *bytes);

/* The body has ended, and all of it was consumed.
 *
 * Returns 0 if the last delimiter has come; else DUET_ETRUNCATED with detail,
 * or the failure before. */
DUET_MUST_USE int duet__multipart_parser_finish(duet__multipart_parser *parser);

/* Releases what it holds. */
void duet__multipart_parser_free(duet__multipart_parser *parser);

#endif
