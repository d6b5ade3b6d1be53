/* SPDX-License-Identifier: MIT */
/* body.c - lends a form piece by piece. A urlencoded one is a single piece.
 *
 * Invariant: the chunk is complete before the state moves on, so a call that
 * fails may be repeated. */
#include "form/body.h"

#include <stdlib.h>
#include <string.h>

#include <duet/error.h>
#include <duet/limit.h>
#include <duet/query.h>

/* --- multipart ----------------------------------------------------------- */

/* How many bytes stand before the content of a field, or, at the end of all,
 * behind that of the last one; as make_head() makes them. */
static int64_t head_length(const duet__form_body *body, size_t index)
{
    size_t length = (index > 0 ? 2 : 0) + 2 + body->boundary.length + 2;

    length += index < body->count ? body->fields[index]->head_length : 2;
    return (int64_t)length;
}

static int make_head(duet__form_body *body)
{
    duet__text line_end = DUET__TEXT("\r\n");
    duet__text before = body->index > 0 ? line_end : DUET__TEXT("");
    duet__text head = DUET__TEXT("--\r\n");
    int status;

    if (body->index < body->count)
        head = duet__text_of(body->fields[body->index]->head,
                             body->fields[body->index]->head_length);
    duet__buffer_reset(&body->chunk);
    status = duet__buffer_append_text(&body->chunk, before);
    if (status == 0)
        status = duet__buffer_append_text(&body->chunk, DUET__TEXT("--"));
    if (status == 0)
        status = duet__buffer_append(&body->chunk, body->boundary.bytes,
                                     body->boundary.length);
    if (status == 0 && body->index < body->count)
        status = duet__buffer_append_text(&body->chunk, line_end);
    return status != 0 ? status : duet__buffer_append_text(&body->chunk, head);
}

static int lend_chunk(const duet__form_body *body, const char **out_bytes,
                      size_t *out_length)
{
    *out_bytes = body->chunk.bytes;
    *out_length = body->chunk.length;
    return 0;
}

static int lend_head(duet__form_body *body, const char **out_bytes,
                     size_t *out_length)
{
    int status = make_head(body);

    if (status != 0)
        return status;
    body->phase =
        body->index < body->count ? DUET__FORM_CONTENT : DUET__FORM_END;
    return lend_chunk(body, out_bytes, out_length);
}

static int next_of_multipart(void *context, const char **out_bytes,
                             size_t *out_length, duet_deadline deadline)
{
    duet__form_body *body = context;
    int status;

    if (body->phase == DUET__FORM_END)
        return DUET_EEMPTY;
    if (body->phase == DUET__FORM_HEAD)
        return lend_head(body, out_bytes, out_length);
    status = duet_read_next(body->fields[body->index]->reader, out_bytes,
                            out_length, deadline);
    if (status != DUET_EEMPTY)
        return status;
    body->index++;
    body->phase = DUET__FORM_HEAD;
    return lend_head(body, out_bytes, out_length);
}

/* The bytes of a field's head, if that is to come, and content; -1 if they are
 * not known. */
static int64_t remaining_of_field(const duet__form_body *body, size_t index)
{
    bool is_begun = index == body->index && body->phase == DUET__FORM_CONTENT;
    int64_t content = duet_reader_remaining(body->fields[index]->reader);

    if (content < 0)
        return -1;
    return content + (is_begun ? 0 : head_length(body, index));
}

static int64_t remaining_of_multipart(void *context)
{
    const duet__form_body *body = context;
    int64_t sum = head_length(body, body->count);

    if (body->phase == DUET__FORM_END)
        return 0;
    for (size_t i = body->index; i < body->count; i++) {
        int64_t length = remaining_of_field(body, i);

        if (length < 0 || __builtin_add_overflow(sum, length, &sum))
            return -1;
    }
    return sum;
}

/* --- urlencoded ---------------------------------------------------------- */

static int encode(duet_query *query, const duet__form_body *body, char **text)
{
    int status = 0;

    for (size_t i = 0; i < body->count && status == 0; i++)
        status =
            duet_query_add(query, body->fields[i]->name, body->fields[i]->bytes,
                           body->fields[i]->length);
    return status != 0 ? status : duet_query_text(query, text);
}

/* Makes the whole body in the chunk, once. */
static int make_urlencoded(duet__form_body *body)
{
    const duet_query_options options = {.count_max = DUET_NO_LIMIT,
                                        .bytes_max = DUET_NO_LIMIT};
    duet_query *query;
    char *text = NULL;
    int status;

    if (body->chunk.bytes != NULL)
        return 0;
    status = duet_query_new(&options, &query);
    if (status == 0)
        status = encode(query, body, &text);
    if (status == 0)
        status = duet__buffer_append(&body->chunk, text, strlen(text));
    duet_query_free(query);
    free(text);
    return status;
}

static int next_of_urlencoded(void *context, const char **out_bytes,
                              size_t *out_length, duet_deadline deadline)
{
    duet__form_body *body = context;
    int status = make_urlencoded(body);

    (void)deadline;
    if (status != 0)
        return status;
    if (body->phase == DUET__FORM_END || body->chunk.length == 0)
        return DUET_EEMPTY;
    body->phase = DUET__FORM_END;
    return lend_chunk(body, out_bytes, out_length);
}

static int64_t remaining_of_urlencoded(void *context)
{
    duet__form_body *body = context;

    if (body->phase == DUET__FORM_END)
        return 0;
    return make_urlencoded(body) != 0 ? -1 : (int64_t)body->chunk.length;
}

/* ------------------------------------------------------------------------- */

static int begin_anew(void *context, duet_deadline deadline)
{
    duet__form_body *body = context;
    int status = 0;

    if (body->is_multipart) {
        for (size_t i = 0; i < body->count && status == 0; i++)
            status = duet_reader_rewind(body->fields[i]->reader, deadline);
    }
    if (status != 0)
        return status;
    body->index = 0;
    body->phase = DUET__FORM_HEAD;
    return 0;
}

static void close_body(void *context)
{
    duet__form_body *body = context;

    duet__buffer_free(&body->chunk);
    body->phase = DUET__FORM_END;
}

static const duet_reader_functions urlencoded = {.next = next_of_urlencoded,
                                                 .close = close_body,
                                                 .rewind = begin_anew,
                                                 .remaining =
                                                     remaining_of_urlencoded};

static const duet_reader_functions multipart = {.next = next_of_multipart,
                                                .close = close_body,
                                                .rewind = begin_anew,
                                                .remaining =
                                                    remaining_of_multipart};

static const duet_reader_functions multipart_once = {
    .next = next_of_multipart,
    .close = close_body,
    .remaining = remaining_of_multipart};

static bool can_rewind(const duet__form_body *body)
{
    for (size_t i = 0; i < body->count; i++)
        if (!duet_reader_can_rewind(body->fields[i]->reader))
            return false;
    return true;
}

void duet__form_body_begin(duet__form_body *body)
{
    const duet_reader_functions *functions = &urlencoded;

    if (body->is_multipart)
        functions = can_rewind(body) ? &multipart : &multipart_once;
    body->index = 0;
    body->phase = DUET__FORM_HEAD;
    duet__buffer_init(&body->chunk, SIZE_MAX);
    duet__reader_init(&body->reader, functions, body);
}
