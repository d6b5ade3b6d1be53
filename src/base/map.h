/* SPDX-License-Identifier: MIT */
/* map.h - a table from bytes to pointers that keeps the order of insertion.
 *
 * Keys are copied, values are borrowed: the map never frees what they point to.
 * Invariant: an entry is in exactly one bucket's chain and once in `order`; an
 * entry keeps its address until it is removed. */
#ifndef DUET_BASE_MAP_H
#define DUET_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

#include "base/hash.h"
#include "base/list.h"
#include "base/text.h"

typedef struct duet__map_entry {
    duet__link order;             /* in the map's order */
    struct duet__map_entry *next; /* in the same bucket */
    uint64_t hash;
    void *value; /* the caller's; may be changed in place */
    size_t key_length;
    char key[]; /* NUL-terminated copy */
} duet__map_entry;

typedef struct duet__map {
    duet__map_entry **buckets; /* bucket_count chains; NULL while empty */
    size_t bucket_count;       /* 0 or a power of two */
    size_t count;              /* entries */
    size_t limit;              /* the most entries */
    duet__list order;          /* all entries, oldest first */
    duet__hash_key hash_key;   /* this map's own secret */
} duet__map;

/* Makes an empty map that allocates nothing yet. It must not be moved.
 *
 *   limit  the most entries it may hold; SIZE_MAX for no limit */
void duet__map_init(duet__map *map, size_t limit);

/* Inserts `value` under a copy of `key`.
 *
 * Returns 0; DUET_EEXIST if the key is there (its value stays), DUET_EFULL at
 * the limit, DUET_ENOMEM. A failed call changes nothing. */
DUET_MUST_USE int duet__map_insert(duet__map *map, duet__text key, void *value);

/* The entry of `key`, NULL if there is none; valid until it is removed. */
duet__map_entry *duet__map_find(const duet__map *map, duet__text key);

/* The value of `key`, NULL if there is none. */
void *duet__map_get(const duet__map *map, duet__text key);

/* Takes `key` out and returns its value, NULL if there is none. */
void *duet__map_remove(duet__map *map, duet__text key);

/* Takes out an entry that is in the map, and frees it. */
void duet__map_remove_entry(duet__map *map, duet__map_entry *entry);

/* The oldest entry, NULL if the map is empty. To go through all, also if the
 * body removes `entry` when `next` was read before:
 *     for (entry = duet__map_first(map); entry != NULL; entry = next) {
 *         next = duet__map_next(map, entry); */
duet__map_entry *duet__map_first(const duet__map *map);

/* The entry that was inserted after `entry`, NULL if it is the newest. */
duet__map_entry *duet__map_next(const duet__map *map,
                                const duet__map_entry *entry);

/* Makes `entry` the newest one; if each use does so, duet__map_first() is the
 * least recently used one. */
void duet__map_touch(duet__map *map, duet__map_entry *entry);

/* Frees all entries, not their values; the map is empty and usable again. */
void duet__map_free(duet__map *map);

#endif
