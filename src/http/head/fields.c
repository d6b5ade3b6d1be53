/* SPDX-License-Identifier: MIT */
/* fields.c - header fields: pairs that are validated when they are added. */
#include "http/head/fields.h"

#include <stdlib.h>

#include <duet/limit.h>

#include "base/error.h"
#include "base/life.h"
#include "base/pairs.h"

enum { DEFAULT_COUNT_MAX = 256, DEFAULT_BYTES_MAX = 65536 };

const duet_fields_options duet__fields_unlimited = {.count_max = DUET_NO_LIMIT,
                                                    .bytes_max = DUET_NO_LIMIT};

/* The fields of most heads fit into this memory, which is part of the
 * object. */
enum { FIRST_PLACES = 8, FIRST_BYTES = 384 };

DUET__LIVES("fields")

struct duet_fields {
    DUET__LIFE
    duet__pairs pairs;
    duet__pair_place first_places[FIRST_PLACES];
    char first_bytes[FIRST_BYTES];
};

int duet_fields_new(const duet_fields_options *options, duet_fields **fields)
{
    static const duet_fields_options standard;
    duet_fields *made = malloc(sizeof *made);
    int status;

    *fields = NULL;
    if (made == NULL)
        return DUET_ENOMEM;
    if (options == NULL)
        options = &standard;
    status = duet__pairs_init_from(&made->pairs, options->count_max,
                                   DEFAULT_COUNT_MAX, options->bytes_max,
                                   DEFAULT_BYTES_MAX);
    if (status != 0) {
        free(made);
        return status;
    }
    duet__pairs_lend(&made->pairs, made->first_places, FIRST_PLACES,
                     made->first_bytes, FIRST_BYTES);
    DUET__LIFE_BEGINS(made);
    *fields = made;
    return 0;
}

void duet_fields_free(duet_fields *fields)
{
    if (fields == NULL)
        return;
    DUET__LIFE_ENDS(fields);
    duet__pairs_free(&fields->pairs);
    free(fields);
}

/* May one of the eight bytes be a control character or DEL? Never false if one
 * is (Hacker's Delight 6-1, a byte below n, and a zero byte). */
static bool may_have_flaw(const char *bytes)
{
    const uint64_t ones = 0x0101010101010101;
    uint64_t word;
    uint64_t delete;

    memcpy(&word, bytes, sizeof word);
    delete = word ^ ones * 0x7f;
    return (((word - ones * 0x20) & ~word) | ((delete - ones) & ~delete)) &
           ones * 0x80;
}

bool duet__field_list_has(duet__text list, duet__text token)
{
    while (list.bytes != NULL) {
        duet__text member = duet__text_trim(duet__text_cut(&list, ','));

        if (duet__text_equal_ignoring_case(member, token))
            return true;
    }
    return false;
}

size_t duet__field_value_flaw(duet__text value)
{
    size_t start = 0;

    while (value.length - start >= 8 && !may_have_flaw(value.bytes + start))
        start += 8;
    if (value.length >= 8 && value.length - start < 8 &&
        !may_have_flaw(value.bytes + value.length - 8))
        return value.length;
    for (size_t i = start; i < value.length; i++) {
        unsigned char byte = (unsigned char)value.bytes[i];

        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            return i;
    }
    return value.length;
}

static int check(duet__text name, duet__text value)
{
    size_t flaw = duet__field_value_flaw(value);

    if (name.length == 0)
        return duet__fail(DUET_EFIELD, "a header field has no name");
    if (!duet__text_is_token(name))
        return duet__fail(DUET_EFIELD,
                          "header field name \"%.*s\" is not a token",
                          DUET__TEXT_ARGUMENTS(name));
    if (flaw < value.length)
        return duet__fail(DUET_EFIELD,
                          "header field %.*s: byte %zu of the value is the "
                          "control character 0x%02x",
                          DUET__TEXT_ARGUMENTS(name), flaw + 1,
                          (unsigned char)value.bytes[flaw]);
    return 0;
}

static int add(duet_fields *fields, duet__text name, duet__text value)
{
    int status;

    value = duet__text_trim(value);
    status = check(name, value);
    if (status != 0)
        return status;
    status = duet__pairs_add(&fields->pairs, name, value);
    if (status == DUET_ETOOLARGE)
        return duet__fail(status,
                          "header field %.*s: more than %zu fields or %zu "
                          "bytes",
                          DUET__TEXT_ARGUMENTS(name), fields->pairs.count_max,
                          fields->pairs.bytes_max);
    return status;
}

int duet__fields_take(duet_fields *fields, duet__text name, duet__text value)
{
    value = duet__text_trim(value);
    if (!duet__text_is_token(name) ||
        duet__field_value_flaw(value) < value.length)
        return DUET_EFIELD;
    return duet__pairs_add(&fields->pairs, name, value);
}

int duet__fields_unfold(duet_fields *fields, duet__text text)
{
    text = duet__text_trim(text);
    if (fields->pairs.count == 0 || duet__field_value_flaw(text) != text.length)
        return DUET_EFIELD;
    return duet__pairs_extend(&fields->pairs, text);
}

int duet_fields_add(duet_fields *fields, const char *name, const char *value)
{
    return add(fields, duet__text_from(name), duet__text_from(value));
}

int duet_fields_add_bytes(duet_fields *fields, const char *name,
                          size_t name_length, const char *value,
                          size_t value_length)
{
    return add(fields, duet__text_of(name, name_length),
               duet__text_of(value, value_length));
}

/* The first field of `name` at or after `from`; the count if there is none. */
static size_t find(const duet_fields *fields, duet__text name, size_t from)
{
    const duet__pairs *pairs = &fields->pairs;

    while (
        from < pairs->count &&
        (pairs->places[from].name_length != name.length ||
         !duet__text_equal_ignoring_case(duet__pairs_name(pairs, from), name)))
        from++;
    return from;
}

/* Removes the fields of `name` among the first `end`. */
static size_t remove_before(duet_fields *fields, duet__text name, size_t end)
{
    for (size_t i = find(fields, name, 0); i < end;
         i = find(fields, name, i + 1))
        fields->pairs.places[i].is_marked = true;
    return duet__pairs_sweep(&fields->pairs);
}

/* How many fields of `name` there are, and the bytes they use of the limit. */
static size_t measure(const duet_fields *fields, duet__text name, size_t *bytes)
{
    const duet__pairs *pairs = &fields->pairs;
    size_t count = 0;

    *bytes = 0;
    for (size_t i = find(fields, name, 0); i < pairs->count;
         i = find(fields, name, i + 1)) {
        count++;
        *bytes += name.length + duet__pairs_value(pairs, i).length + 2;
    }
    return count;
}

static size_t add_up(size_t a, size_t b)
{
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

int duet_fields_set(duet_fields *fields, const char *name, const char *value)
{
    duet__pairs *pairs = &fields->pairs;
    const size_t count_max = pairs->count_max;
    const size_t bytes_max = pairs->bytes_max;
    const size_t old_count = pairs->count;
    size_t bytes;
    size_t count = measure(fields, duet__text_from(name), &bytes);
    int status;

    /* The new field is added before the old ones are removed, as name and value
     * may lie in an old one; meanwhile the limits are raised by what the old
     * ones use. */
    pairs->count_max = add_up(count_max, count);
    pairs->bytes_max = add_up(bytes_max, bytes);
    status = duet_fields_add(fields, name, value);
    pairs->count_max = count_max;
    pairs->bytes_max = bytes_max;
    if (status == 0)
        remove_before(fields, duet__pairs_name(pairs, old_count), old_count);
    return status;
}

size_t duet_fields_remove(duet_fields *fields, const char *name)
{
    return remove_before(fields, duet__text_from(name), fields->pairs.count);
}

const char *duet_fields_get_next(const duet_fields *fields, const char *name,
                                 size_t *position)
{
    size_t place = find(fields, duet__text_from(name), *position);

    if (place >= fields->pairs.count)
        return NULL;
    *position = place + 1;
    return duet__pairs_value(&fields->pairs, place).bytes;
}

const char *duet_fields_get(const duet_fields *fields, const char *name)
{
    size_t position = 0;

    return duet_fields_get_next(fields, name, &position);
}

bool duet_fields_next(const duet_fields *fields, size_t *position,
                      const char **name, const char **value)
{
    if (*position >= fields->pairs.count)
        return false;
    *name = duet__pairs_name(&fields->pairs, *position).bytes;
    *value = duet__pairs_value(&fields->pairs, *position).bytes;
    ++*position;
    return true;
}

size_t duet_fields_count(const duet_fields *fields)
{
    return fields->pairs.count;
}

size_t duet__fields_only(const duet_fields *fields, const char *name,
                         duet__text *value)
{
    size_t position = 0;
    size_t count = 0;
    const char *found;

    *value = duet__text_of("", 0);
    while ((found = duet_fields_get_next(fields, name, &position)) != NULL) {
        if (count++ == 0)
            *value = duet__text_from(found);
    }
    return count;
}

int duet__fields_merge(duet_fields *to, const duet_fields *from)
{
    const duet__pairs *pairs = &from->pairs;
    int status = 0;

    for (size_t i = 0; i < pairs->count; i++)
        duet_fields_remove(to, duet__pairs_name(pairs, i).bytes);
    for (size_t i = 0; i < pairs->count && status == 0; i++)
        status =
            add(to, duet__pairs_name(pairs, i), duet__pairs_value(pairs, i));
    return status;
}
