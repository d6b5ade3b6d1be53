/* SPDX-License-Identifier: MIT */
/* row_store.h - stores the values of rows with the bytes of their texts.
 *
 * Invariant: `value_count` is a multiple of the number of columns once a row is
 * complete. A stored text has an offset, not an address, as the bytes move when
 * they grow. */
#ifndef DUET_DATABASE_VALUE_ROW_STORE_H
#define DUET_DATABASE_VALUE_ROW_STORE_H

#include <duet/database.h>

typedef struct duet__row_store {
    duet_value *values; /* texts: .bytes is an offset in `bytes` */
    size_t value_count;
    size_t value_room;
    char *bytes;
    size_t byte_count;
    size_t byte_room;
    int64_t bytes_max; /* of both together; negative: no limit */
} duet__row_store;

/* Removes all rows, keeps the memory. */
void duet__row_store_clear(duet__row_store *store);
void duet__row_store_free(duet__row_store *store);

/* Appends a value; a text is copied, and a NUL added.
 *
 * Returns 0, or
 *   DUET_ETOOLARGE  bytes_max is reached
 *   DUET_ENOMEM     no memory */
int duet__row_store_add(duet__row_store *store, duet_value value);

/* Appends a text whose bytes the caller fills in.
 *
 *   type, count  of the text
 *   out_bytes    `count` bytes, valid until the next call here
 *
 * Returns as duet__row_store_add() */
int duet__row_store_add_room(duet__row_store *store, duet_value_type type,
                             size_t count, char **out_bytes);

/* A value, counted from the first of the first row; it must be there. */
duet_value duet__row_store_get(const duet__row_store *store, size_t number);

#endif
