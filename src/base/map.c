/* SPDX-License-Identifier: MIT */
/* map.c - chained buckets, doubled when there is one entry for each. */
#include "base/map.h"

#include <stdlib.h>

#include "base/error.h"

enum { FIRST_BUCKET_COUNT = 16 };

void duet__map_init(duet__map *map, size_t limit)
{
    *map = (duet__map){.limit = limit, .hash_key = duet__hash_key_random()};
    duet__link_init(&map->order);
}

static duet__map_entry *entry_of(duet__link *link)
{
    return DUET__MEMBER(link, duet__map_entry, order);
}

static duet__map_entry **bucket_of(const duet__map *map, uint64_t hash)
{
    return &map->buckets[hash & (map->bucket_count - 1)];
}

static void chain(duet__map *map, duet__map_entry *entry)
{
    duet__map_entry **bucket = bucket_of(map, entry->hash);

    entry->next = *bucket;
    *bucket = entry;
}

/* Makes room for one more entry; a table that cannot grow stays in use as it
 * is. */
static int grow(duet__map *map)
{
    size_t count =
        map->bucket_count > 0 ? map->bucket_count * 2 : FIRST_BUCKET_COUNT;
    duet__map_entry **buckets;

    if (map->count < map->bucket_count)
        return 0;
    buckets = calloc(count, sizeof(duet__map_entry *));
    if (buckets == NULL)
        return map->bucket_count > 0 ? 0 : DUET_ENOMEM;
    free(map->buckets);
    map->buckets = buckets;
    map->bucket_count = count;
    for (duet__link *link = map->order.next; link != &map->order;
         link = link->next)
        chain(map, entry_of(link));
    return 0;
}

static duet__map_entry *find_hashed(const duet__map *map, duet__text key,
                                    uint64_t hash)
{
    duet__map_entry *entry = map->count > 0 ? *bucket_of(map, hash) : NULL;

    while (
        entry != NULL &&
        (entry->hash != hash ||
         !duet__text_equal(duet__text_of(entry->key, entry->key_length), key)))
        entry = entry->next;
    return entry;
}

static duet__map_entry *new_entry(duet__text key, uint64_t hash, void *value)
{
    duet__map_entry *entry;

    if (key.length > SIZE_MAX - sizeof *entry - 1)
        return NULL;
    entry = malloc(sizeof *entry + key.length + 1);
    if (entry == NULL)
        return NULL;
    entry->hash = hash;
    entry->value = value;
    entry->key_length = key.length;
    if (key.length > 0)
        memcpy(entry->key, key.bytes, key.length);
    entry->key[key.length] = '\0';
    return entry;
}

int duet__map_insert(duet__map *map, duet__text key, void *value)
{
    uint64_t hash = duet__hash(map->hash_key, key);
    duet__map_entry *entry;
    int status;

    if (find_hashed(map, key, hash) != NULL)
        return DUET_EEXIST;
    if (map->count >= map->limit)
        return DUET_EFULL;
    status = grow(map);
    if (status != 0)
        return status;
    entry = new_entry(key, hash, value);
    if (entry == NULL)
        return DUET_ENOMEM;
    chain(map, entry);
    duet__list_push_back(&map->order, &entry->order);
    map->count++;
    return 0;
}

duet__map_entry *duet__map_find(const duet__map *map, duet__text key)
{
    const duet__link *newest = map->order.previous;

    /* Repeated look-ups of the most recently used key need no hash. */
    if (newest != &map->order) {
        duet__map_entry *entry = entry_of(map->order.previous);

        if (duet__text_equal(duet__text_of(entry->key, entry->key_length), key))
            return entry;
    }
    return find_hashed(map, key, duet__hash(map->hash_key, key));
}

void *duet__map_get(const duet__map *map, duet__text key)
{
    duet__map_entry *entry = duet__map_find(map, key);

    return entry != NULL ? entry->value : NULL;
}

void duet__map_remove_entry(duet__map *map, duet__map_entry *entry)
{
    duet__map_entry **place = bucket_of(map, entry->hash);

    while (*place != entry)
        place = &(*place)->next;
    *place = entry->next;
    duet__list_remove(&entry->order);
    map->count--;
    free(entry);
}

void *duet__map_remove(duet__map *map, duet__text key)
{
    duet__map_entry *entry = duet__map_find(map, key);
    void *value = entry != NULL ? entry->value : NULL;

    if (entry != NULL)
        duet__map_remove_entry(map, entry);
    return value;
}

duet__map_entry *duet__map_first(const duet__map *map)
{
    return map->count > 0 ? entry_of(map->order.next) : NULL;
}

duet__map_entry *duet__map_next(const duet__map *map,
                                const duet__map_entry *entry)
{
    return entry->order.next != &map->order ? entry_of(entry->order.next)
                                            : NULL;
}

void duet__map_touch(duet__map *map, duet__map_entry *entry)
{
    duet__list_remove(&entry->order);
    duet__list_push_back(&map->order, &entry->order);
}

void duet__map_free(duet__map *map)
{
    while (map->count > 0)
        duet__map_remove_entry(map, duet__map_first(map));
    free(map->buckets);
    map->buckets = NULL;
    map->bucket_count = 0;
}
