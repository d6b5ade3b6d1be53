/* SPDX-License-Identifier: MIT */
/* row_store.c - two arrays that grow by half. */
#include "database/value/row_store.h"

#include <stdlib.h>
#include <string.h>

#include <duet/error.h>

#include "database/value/value.h"

enum { FIRST_VALUES = 16, FIRST_BYTES = 256 };

void duet__row_store_clear(duet__row_store *store)
{
    store->value_count = 0;
    store->byte_count = 0;
}

void duet__row_store_free(duet__row_store *store)
{
    free(store->values);
    free(store->bytes);
    *store = (duet__row_store){.bytes_max = store->bytes_max};
}

/* Makes room for `more` elements. */
static int make_room(void **array, size_t *room, size_t count, size_t more,
                     size_t element_bytes)
{
    size_t wanted = *room + *room / 2;
    void *grown;

    if (more <= *room - count)
        return 0;
    if (wanted < count + more)
        wanted = count + more;
    grown = reallocarray(*array, wanted, element_bytes);
    if (grown == NULL)
        return DUET_ENOMEM;
    *array = grown;
    *room = wanted;
    return 0;
}

static bool fits(const duet__row_store *store, size_t text_bytes)
{
    uint64_t taken =
        (store->value_count + 1) * sizeof *store->values + store->byte_count;

    return store->bytes_max < 0 ||
           (taken <= (uint64_t)store->bytes_max &&
            text_bytes <= (uint64_t)store->bytes_max - taken);
}

static int add(duet__row_store *store, duet_value value, size_t text_bytes)
{
    void *values = store->values, *bytes = store->bytes;
    int status = 0;

    if (!fits(store, text_bytes))
        return duet_fail(DUET_ETOOLARGE, "rows take more than %lld bytes",
                         (long long)store->bytes_max);
    status = make_room(&values, &store->value_room, store->value_count,
                       store->value_room == 0 ? FIRST_VALUES : 1,
                       sizeof *store->values);
    store->values = values;
    if (status == 0 && text_bytes > 0)
        status = make_room(&bytes, &store->byte_room, store->byte_count,
                           store->byte_room == 0 && text_bytes < FIRST_BYTES
                               ? FIRST_BYTES
                               : text_bytes,
                           1);
    store->bytes = bytes;
    if (status == 0)
        store->values[store->value_count++] = value;
    return status;
}

int duet__row_store_add_room(duet__row_store *store, duet_value_type type,
                             size_t count, char **out_bytes)
{
    duet_value value = {.type = type};
    size_t at = store->byte_count;
    int status;

    value.text.bytes = (const char *)(uintptr_t)at;
    value.text.count = count;
    status = count < SIZE_MAX ? add(store, value, count + 1) : DUET_ETOOLARGE;
    *out_bytes = NULL;
    if (status != 0)
        return status;
    *out_bytes = store->bytes + at;
    store->bytes[at + count] = '\0';
    store->byte_count = at + count + 1;
    return 0;
}

int duet__row_store_add(duet__row_store *store, duet_value value)
{
    char *bytes;
    int status;

    if (!duet__value_is_text(&value))
        return add(store, value, 0);
    status =
        duet__row_store_add_room(store, value.type, value.text.count, &bytes);
    if (status == 0 && value.text.count > 0)
        memcpy(bytes, value.text.bytes, value.text.count);
    return status;
}

duet_value duet__row_store_get(const duet__row_store *store, size_t number)
{
    duet_value value = store->values[number];

    if (duet__value_is_text(&value))
        value.text.bytes = store->bytes + (uintptr_t)value.text.bytes;
    return value;
}
