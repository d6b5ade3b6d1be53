/* SPDX-License-Identifier: MIT */
/* json.h - reads, writes and frees JSON with a bounded recursion depth.
 *
 * jansson calls itself once for each level of nesting, reading, writing and
 * freeing: about 80, 310 and 80 bytes of stack a level. So input is checked
 * before it is read, writing stops at the level that is too deep, and a value
 * that is too deep is freed level by level. */
#ifndef DUET_HTTP_BODY_JSON_H
#define DUET_HTTP_BODY_JSON_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

struct json_t;

/* The deepest nesting allowed, and the end of the stack. */
typedef struct duet__json_limits {
    size_t depth_max;      /* "[1]" is 1 deep; at most DUET__JSON_DEPTH_MOST */
    uintptr_t stack_floor; /* the lowest byte of the stack; 0: far away */
} duet__json_limits;

/* jansson reads no deeper. */
enum { DUET__JSON_DEPTH_MOST = 2048 };

/* The depth that the option json_depth_max stands for; 0 means 128.
 *
 * Returns 0; DUET_EINVAL with detail if it is not from 1 to
 * DUET__JSON_DEPTH_MOST. */
DUET_MUST_USE int duet__json_depth_read(int64_t wanted, size_t *depth_max);

/* Reads any value (RFC 8259; duplicate names refused).
 *
 *   out_json  returned-owned; NULL on failure
 *
 * Returns 0, or
 *   DUET_EJSON      malformed, or deeper than depth_max; the detail says where
 *   DUET_ETOOLARGE  the stack that is left does not hold its depth
 *   DUET_ENOMEM */
DUET_MUST_USE int duet__json_read(duet__text text,
                                  const duet__json_limits *limits,
                                  struct json_t **out_json);

/* Appends a value in its shortest form.
 *
 * Returns 0, or
 *   DUET_EJSON      it cannot be written: it is deeper than depth_max, contains
 *                   itself, or a text in it is not UTF-8; the detail says which
 *   DUET_ETOOLARGE  the stack that is left does not hold its depth
 *   DUET_ENOMEM
 * and then the buffer's content is of no use. */
DUET_MUST_USE int duet__json_write(duet__buffer *buffer,
                                   const struct json_t *json,
                                   const duet__json_limits *limits);

/* Appends a value, and releases it whatever happens.
 *
 *   json  taken
 *
 * Returns also DUET_ENOMEM if it is NULL. */
DUET_MUST_USE int duet__json_spend(duet__buffer *buffer, struct json_t *json,
                                   const duet__json_limits *limits);

/* Releases a reference to a value of any depth; NULL does nothing. If memory is
 * short, a part that is too deep for the stack leaks. */
void duet__json_free(struct json_t *json);

#endif
