/* SPDX-License-Identifier: MIT */
/* query.c - application/x-www-form-urlencoded, read and written as in WHATWG
 * URL 5.1 and 5.2. */
#include <duet/query.h>

#include <stdlib.h>

#include "base/buffer.h"
#include "base/byte_class.h"
#include "base/error.h"
#include "base/life.h"
#include "base/pairs.h"
#include "http/url/percent.h"

enum { DEFAULT_COUNT_MAX = 1000, DEFAULT_BYTES_MAX = 1048576 };

DUET__LIVES("query")

struct duet_query {
    DUET__LIFE
    duet__pairs pairs;
};

int duet_query_new(const duet_query_options *options, duet_query **query)
{
    const duet_query_options standard = {0};
    duet__pairs pairs;
    int status;

    *query = NULL;
    if (options == NULL)
        options = &standard;
    status =
        duet__pairs_init_from(&pairs, options->count_max, DEFAULT_COUNT_MAX,
                              options->bytes_max, DEFAULT_BYTES_MAX);
    if (status != 0)
        return status;
    *query = malloc(sizeof **query);
    if (*query == NULL)
        return DUET_ENOMEM;
    DUET__LIFE_BEGINS(*query);
    (*query)->pairs = pairs;
    return 0;
}

void duet_query_free(duet_query *query)
{
    if (query == NULL)
        return;
    DUET__LIFE_ENDS(query);
    duet__pairs_free(&query->pairs);
    free(query);
}

static int add(duet_query *query, duet__text name, duet__text value)
{
    int status = duet__pairs_add(&query->pairs, name, value);

    if (status == DUET_ETOOLARGE)
        return duet__fail(status,
                          "the query has more than %zu parameters or %zu bytes",
                          query->pairs.count_max, query->pairs.bytes_max);
    return status;
}

/* Decodes `text` into `to`, which has room for it; returns what it wrote. */
static duet__text decode(duet__text text, char *to)
{
    for (size_t i = 0; i < text.length; i++)
        to[i] = text.bytes[i] == '+' ? ' ' : text.bytes[i];
    text.bytes = to;
    return duet__text_of(to, duet__percent_decode(text, to));
}

/* Adds the parameters of `rest`; `room` has as many bytes as `rest`. */
static int add_encoded(duet_query *query, duet__text rest, char *room)
{
    int status = 0;

    while (rest.bytes != NULL && status == 0) {
        duet__text value = duet__text_cut(&rest, '&');
        bool is_empty = value.length == 0;
        duet__text name = duet__text_cut(&value, '=');

        if (is_empty)
            continue;
        name = decode(name, room);
        value = decode(value, room + name.length);
        status = add(query, name, value);
    }
    return status;
}

int duet_query_parse(const char *text, size_t length,
                     const duet_query_options *options, duet_query **query)
{
    int status = duet_query_new(options, query);
    char *room;

    if (status != 0)
        return status;
    room = malloc(length > 0 ? length : 1);
    if (room == NULL)
        status = DUET_ENOMEM;
    else if (length > 0)
        status = add_encoded(*query, duet__text_of(text, length), room);
    free(room);
    if (status != 0) {
        duet_query_free(*query);
        *query = NULL;
    }
    return status;
}

int duet_query_add(duet_query *query, const char *name, const char *value,
                   size_t value_length)
{
    return add(query, duet__text_from(name),
               duet__text_of(value, value_length));
}

const char *duet_query_get(const duet_query *query, const char *name,
                           size_t *length)
{
    const duet__pairs *pairs = &query->pairs;
    duet__text wanted = duet__text_from(name);

    for (size_t i = 0; i < pairs->count; i++) {
        duet__text value = duet__pairs_value(pairs, i);

        if (!duet__text_equal(duet__pairs_name(pairs, i), wanted))
            continue;
        if (length != NULL)
            *length = value.length;
        return value.bytes;
    }
    return NULL;
}

bool duet_query_next(const duet_query *query, size_t *position,
                     duet_query_parameter *parameter)
{
    duet__text name;
    duet__text value;

    if (*position >= query->pairs.count)
        return false;
    name = duet__pairs_name(&query->pairs, *position);
    value = duet__pairs_value(&query->pairs, *position);
    *parameter = (duet_query_parameter){name.bytes, name.length, value.bytes,
                                        value.length};
    ++*position;
    return true;
}

size_t duet_query_count(const duet_query *query)
{
    return query->pairs.count;
}

/* The blank becomes '+' afterwards: a '+' in the text itself is escaped. */
static int append_encoded(duet__buffer *buffer, duet__text text)
{
    size_t start = buffer->length;
    int status = duet__percent_encode(buffer, text, DUET__BYTE_FORM);

    for (size_t i = start; i < buffer->length; i++) {
        if (buffer->bytes[i] == ' ')
            buffer->bytes[i] = '+';
    }
    return status;
}

int duet_query_text(const duet_query *query, char **text)
{
    const duet__pairs *pairs = &query->pairs;
    duet__buffer buffer;
    int status = 0;

    *text = NULL;
    duet__buffer_init(&buffer, SIZE_MAX);
    for (size_t i = 0; i < pairs->count && status == 0; i++) {
        if (i > 0)
            status = duet__buffer_append(&buffer, "&", 1);
        if (status == 0)
            status = append_encoded(&buffer, duet__pairs_name(pairs, i));
        if (status == 0)
            status = duet__buffer_append(&buffer, "=", 1);
        if (status == 0)
            status = append_encoded(&buffer, duet__pairs_value(pairs, i));
    }
    if (status == 0)
        status = duet__buffer_take(&buffer, text, NULL);
    duet__buffer_free(&buffer);
    return status;
}
