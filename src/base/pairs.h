/* SPDX-License-Identifier: MIT */
/* pairs.h - an ordered list of (name, value) in one growing piece of memory:
 * what header fields and query parameters are made of.
 *
 * Invariant: the bytes of pair i + 1 follow those of pair i without a gap, each
 * name and each value followed by a NUL that is not counted in its length.
 * Views are valid until the next change of the pairs. */
#ifndef DUET_BASE_PAIRS_H
#define DUET_BASE_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

#include "base/text.h"

typedef struct duet__pair_place {
    size_t offset; /* of the name in the bytes */
    size_t name_length;
    size_t value_length;
    bool is_marked; /* removed by the next sweep */
} duet__pair_place;

typedef struct duet__pairs {
    char *bytes; /* malloc'ed or lent; NULL until the first pair */
    size_t length;
    size_t capacity;
    duet__pair_place *places; /* malloc'ed or lent, one for each pair */
    size_t count;
    size_t places_capacity;
    bool bytes_are_lent;
    bool places_are_lent;
    size_t count_max; /* the most pairs */
    size_t
        bytes_max; /* the most bytes of all names and values, and two a pair */
} duet__pairs;

/* Makes an empty list that allocates nothing yet. */
void duet__pairs_init(duet__pairs *pairs, size_t count_max, size_t bytes_max);

/* The same for limits out of an options struct with the fields count_max and
 * bytes_max, where 0 is a default and DUET_NO_LIMIT is none.
 *
 * Returns 0; DUET_EINVAL with detail for another negative value. */
DUET_MUST_USE int duet__pairs_init_from(duet__pairs *pairs, int64_t count_max,
                                        size_t default_count_max,
                                        int64_t bytes_max,
                                        size_t default_bytes_max);

/* Lends memory to a list that has none yet: a a few pairs then allocate
 * nothing. The memory must stay valid until duet__pairs_free(), and the list
 * must not be copied. */
void duet__pairs_lend(duet__pairs *pairs, duet__pair_place *places,
                      size_t places_capacity, char *bytes, size_t capacity);

/* Appends copies of `name` and `value`, which may lie in the pairs themselves.
 *
 * Returns 0; DUET_ETOOLARGE at a limit, DUET_ENOMEM. A failed call changes
 * nothing. */
DUET_MUST_USE int duet__pairs_add(duet__pairs *pairs, duet__text name,
                                  duet__text value);

/* Appends a space and `text` to the value of the last pair; there must be one.
 *
 * Returns the codes of duet__pairs_add(). */
DUET_MUST_USE int duet__pairs_extend(duet__pairs *pairs, duet__text text);

/* The name and the value of pair `index`, which must be below pairs->count. */
duet__text duet__pairs_name(const duet__pairs *pairs, size_t index);
duet__text duet__pairs_value(const duet__pairs *pairs, size_t index);

/* Removes all pairs whose is_marked is set; the others move up. Marking first
 * and moving later lets the caller compare with a text in the pairs.
 *
 * Returns how many were removed. */
size_t duet__pairs_sweep(duet__pairs *pairs);

/* Releases the memory; the list is empty and usable again. */
void duet__pairs_free(duet__pairs *pairs);

#endif
