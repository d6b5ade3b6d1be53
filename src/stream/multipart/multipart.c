/* SPDX-License-Identifier: MIT */
/* multipart.c - parts as readers: moves pieces from the body's reader through
 * the parser to the reader of the part.
 *
 * Invariant: `input` is the rest of the piece that the body's reader has lent;
 * it is asked for another one only when that is consumed. So who waits there
 * waits alone: another task's call comes to the same reader, and gets
 * DUET_EBUSY. */
#include "stream/multipart/multipart.h"

#include <stdlib.h>

#include <duet/error.h>

#include "base/error.h"
#include "base/limit.h"
#include "http/body/boundary.h"
#include "http/body/disposition.h"
#include "http/body/multipart.h"
#include "http/head/fields.h"
#include "stream/core/reader.h"

DUET__LIVES("multipart body")

struct duet_part {
    duet_reader reader;
    duet_fields *fields; /* owned; NULL before the first part */
    duet__disposition names;
};

struct duet_multipart {
    DUET__LIFE
    duet_reader *body;
    duet__text input; /* what the body has lent, without what is consumed */
    duet__multipart_parser parser;
    size_t name_bytes_max;
    duet_part part;
    bool is_in_part; /* the part's end has not come yet */
};

/* --- begin and end ------------------------------------------------------- */

static int read_limits(const duet_multipart_options *options,
                       duet__multipart_limits *limits, size_t *name_bytes_max)
{
    const struct {
        const char *option;
        int64_t value;
        size_t standard;
        size_t *limit;
    } rows[] = {
        {"parts_max", options->parts_max, 1000, &limits->parts_max},
        {"fields_max", options->fields_max, 32, &limits->fields_max},
        {"head_bytes_max", options->head_bytes_max, 16384,
         &limits->head_bytes_max},
        {"name_bytes_max", options->name_bytes_max, 1024, name_bytes_max},
        {"part_bytes_max", options->part_bytes_max, SIZE_MAX,
         &limits->part_bytes_max},
        {"outside_bytes_max", options->outside_bytes_max, 4096,
         &limits->outside_bytes_max},
    };
    int status = 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && status == 0; i++)
        status = duet__limit_read(rows[i].option, rows[i].value,
                                  rows[i].standard, rows[i].limit);
    return status;
}

int duet_multipart_new(duet_reader *reader, const char *content_type,
                       const duet_multipart_options *options,
                       duet_multipart **out_multipart)
{
    static const duet_multipart_options standard;
    duet__multipart_limits limits;
    duet__boundary boundary;
    duet_multipart *made;
    size_t name_bytes_max;
    int status = duet__boundary_read(duet__text_from(content_type), &boundary);

    *out_multipart = NULL;
    if (status == 0)
        status = read_limits(options != NULL ? options : &standard, &limits,
                             &name_bytes_max);
    if (status != 0)
        return status;
    made = calloc(1, sizeof *made);
    if (made == NULL)
        return DUET_ENOMEM;
    made->body = reader;
    made->name_bytes_max = name_bytes_max;
    duet__multipart_parser_init(&made->parser, &boundary, &limits);
    DUET__LIFE_BEGINS(made);
    *out_multipart = made;
    return 0;
}

static void end_part(duet_part *part)
{
    if (part->fields == NULL)
        return;
    duet_reader_close(&part->reader);
    duet__disposition_free(&part->names);
    duet_fields_free(part->fields);
    part->fields = NULL;
}

void duet_multipart_free(duet_multipart *multipart)
{
    if (multipart == NULL)
        return;
    DUET__LIFE_ENDS(multipart);
    end_part(&multipart->part);
    duet__multipart_parser_free(&multipart->parser);
    free(multipart);
}

/* --- events -------------------------------------------------------------- */

/* Waits for the next event, other than that more is needed.
 *
 * Returns 0; DUET_EEMPTY at the end of a body that is whole; or another code of
 * duet_multipart_next(). */
static int next_event(duet_multipart *multipart, duet__multipart_event *event,
                      duet__text *bytes, duet_deadline deadline)
{
    int status;

    for (;;) {
        status = duet__multipart_parser_next(&multipart->parser,
                                             &multipart->input, event, bytes);
        if (status != 0 || *event != DUET__MULTIPART_MORE)
            return status;
        status = duet_read_next(multipart->body, &multipart->input.bytes,
                                &multipart->input.length, deadline);
        if (status == DUET_EEMPTY) {
            status = duet__multipart_parser_finish(&multipart->parser);
            return status != 0 ? status : DUET_EEMPTY;
        }
        if (status != 0)
            return status;
    }
}

/* The next bytes of the part; DUET_EEMPTY at its end. */
static int next_bytes(void *context, const char **out_bytes, size_t *out_length,
                      duet_deadline deadline)
{
    duet_multipart *multipart = context;
    duet__multipart_event event;
    duet__text bytes;
    int status;

    if (!multipart->is_in_part)
        return DUET_EEMPTY;
    status = next_event(multipart, &event, &bytes, deadline);
    if (status != 0)
        return status;
    if (event == DUET__MULTIPART_PART_END) {
        multipart->is_in_part = false;
        return DUET_EEMPTY;
    }
    *out_bytes = bytes.bytes;
    *out_length = bytes.length;
    return 0;
}

/* --- parts --------------------------------------------------------------- */

static int check_name(const duet_multipart *multipart, const char *name)
{
    if (name == NULL || strlen(name) <= multipart->name_bytes_max)
        return 0;
    return duet__fail(DUET_ETOOLARGE,
                      "part %zu of the multipart body: a name of more than "
                      "%zu bytes, which is name_bytes_max",
                      multipart->parser.parts, multipart->name_bytes_max);
}

static int read_names(duet_multipart *multipart)
{
    duet_part *part = &multipart->part;
    duet__text value;
    size_t count =
        duet__fields_only(part->fields, "Content-Disposition", &value);
    int status;

    if (count == 0)
        return 0;
    if (count > 1)
        return duet__fail(DUET_EPROTOCOL,
                          "part %zu of the multipart body has %zu fields "
                          "Content-Disposition",
                          multipart->parser.parts, count);
    status = duet__disposition_read(value, &part->names);
    if (status == 0)
        status = check_name(multipart, part->names.name);
    if (status == 0)
        status = check_name(multipart, part->names.filename);
    return status;
}

static void begin_part(duet_multipart *multipart)
{
    static const duet_reader_functions functions = {.next = next_bytes};
    duet_part *part = &multipart->part;

    duet__reader_init(&part->reader, &functions, multipart);
    part->fields = multipart->parser.fields;
    multipart->parser.fields = NULL;
    multipart->is_in_part = true;
    multipart->parser.failure = read_names(multipart);
}

static int skip_part(duet_multipart *multipart, duet_deadline deadline)
{
    const char *bytes;
    size_t length;
    int status = 0;

    while (status == 0)
        status = next_bytes(multipart, &bytes, &length, deadline);
    /* In the middle of a part the body never is at its end. */
    return status == DUET_EEMPTY ? 0 : status;
}

int duet_multipart_next(duet_multipart *multipart, duet_part **out_part,
                        duet_deadline deadline)
{
    duet__multipart_event event;
    duet__text bytes;
    int status = skip_part(multipart, deadline);

    *out_part = NULL;
    if (status == 0)
        status = next_event(multipart, &event, &bytes, deadline);
    if (status != 0)
        return status;
    end_part(&multipart->part);
    begin_part(multipart);
    if (multipart->parser.failure != 0)
        return multipart->parser.failure;
    *out_part = &multipart->part;
    return 0;
}

int duet__multipart_failure(const duet_multipart *multipart)
{
    return multipart->parser.failure;
}

const char *duet_part_name(const duet_part *part)
{
    return part->names.name;
}

const char *duet_part_filename(const duet_part *part)
{
    return part->names.filename;
}

const char *duet_part_content_type(const duet_part *part)
{
    return duet_fields_get(part->fields, "Content-Type");
}

const duet_fields *duet_part_fields(const duet_part *part)
{
    return part->fields;
}

duet_reader *duet_part_reader(duet_part *part)
{
    return &part->reader;
}
