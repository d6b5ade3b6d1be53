/* SPDX-License-Identifier: MIT */
/* read.c - reads a body as a form: memory first, then one temporary file.
 *
 * All files beyond the limit of memory go into one file, behind one another:
 * a body of a thousand files takes one descriptor. */
#include <stdlib.h>
#include <string.h>

#include <duet/error.h>
#include <duet/limit.h>
#include <duet/query.h>
#include <duet/temporary.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/limit.h"
#include "form/form.h"
#include "http/body/boundary.h"
#include "http/head/field_parameters.h"

enum { BODY_DEFAULT = 64 << 20, MEMORY_DEFAULT = 1 << 20 };

typedef struct reading {
    duet_form *form;
    duet_reader *body;
    const duet_form_read_options *options;
    duet_deadline deadline;
    uint64_t begin; /* the count of `body` at the beginning */
    size_t body_bytes_max;
    size_t memory_bytes_max;
    size_t name_bytes_max; /* for urlencoded bodies */
    size_t memory_bytes;   /* in fields that are complete */
    int64_t spool_length;  /* of form->spool */
} reading;

static int fail_memory(const reading *reading)
{
    return duet__fail(DUET_ETOOLARGE,
                      "the form takes more than %zu bytes of memory, which is "
                      "memory_bytes_max",
                      reading->memory_bytes_max);
}

static bool fits_memory(const reading *reading, size_t more)
{
    return more <= reading->memory_bytes_max - reading->memory_bytes;
}

static int check_body(const reading *reading)
{
    if (duet_reader_count(reading->body) - reading->begin <=
        reading->body_bytes_max)
        return 0;
    return duet__fail(DUET_ETOOLARGE,
                      "the body of the form has more than %zu bytes, which is "
                      "body_bytes_max",
                      reading->body_bytes_max);
}

/* --- fields -------------------------------------------------------------- */

/* Makes a field without content, whose names are in the account. */
static int new_field(reading *reading, const char *name,
                     const duet_form_part_options *options,
                     duet_form_field **out_field)
{
    int status = duet__form_field_new(name, options, out_field);
    size_t bytes;

    if (status == DUET_EFIELD)
        return duet__fail(DUET_EPROTOCOL,
                          "a name in the form has a control character");
    if (status != 0)
        return status;
    /* A head is longer than the names in it. */
    bytes = sizeof **out_field + 2 * (*out_field)->head_length;
    if (!fits_memory(reading, bytes)) {
        duet__form_field_free(*out_field);
        *out_field = NULL;
        return fail_memory(reading);
    }
    reading->memory_bytes += bytes;
    return 0;
}

/* --- the content of a part ----------------------------------------------- */

/* Where it goes. */
typedef struct content {
    duet__buffer memory;
    bool is_spooled; /* into form->spool, from `begin` on */
    int64_t begin;
} content;

static int spool(reading *reading, const char *bytes, size_t length)
{
    int status = duet_file_write_at(reading->form->spool, reading->spool_length,
                                    bytes, length, reading->deadline);

    if (status == 0)
        reading->spool_length += (int64_t)length;
    return status;
}

/* What comes from now on goes into the file, after what is in memory. */
static int begin_spooling(reading *reading, content *content)
{
    const duet_temporary_options options = {.folder = reading->options->folder};
    int status = 0;

    if (reading->form->spool == NULL)
        status = duet_temporary_file_open(&options, &reading->form->spool,
                                          reading->deadline);
    if (status != 0)
        return status;
    content->is_spooled = true;
    content->begin = reading->spool_length;
    if (content->memory.length > 0)
        status = spool(reading, content->memory.bytes, content->memory.length);
    duet__buffer_free(&content->memory);
    return status;
}

static int take_piece(reading *reading, content *content, bool is_file,
                      duet__text piece)
{
    int status = check_body(reading);

    if (status == 0 && !content->is_spooled &&
        !fits_memory(reading, content->memory.length + piece.length))
        status =
            is_file ? begin_spooling(reading, content) : fail_memory(reading);
    if (status != 0)
        return status;
    if (content->is_spooled)
        return spool(reading, piece.bytes, piece.length);
    return duet__buffer_append_text(&content->memory, piece);
}

static int take_content(reading *reading, duet_part *part, content *content)
{
    bool is_file = duet_part_filename(part) != NULL;
    duet__text piece;
    int status = 0;

    while (status == 0) {
        status = duet_read_next(duet_part_reader(part), &piece.bytes,
                                &piece.length, reading->deadline);
        if (status == 0)
            status = take_piece(reading, content, is_file, piece);
    }
    return status == DUET_EEMPTY ? 0 : status;
}

/* Hands it over to its field. */
static int settle(reading *reading, content *content, duet_form_field *field)
{
    duet__file_content file = {.file = reading->form->spool,
                               .begin = content->begin,
                               .length =
                                   reading->spool_length - content->begin};
    size_t length;
    char *bytes;
    int status;

    if (content->is_spooled) {
        duet__form_field_set_file(field, file);
        return 0;
    }
    status = duet__buffer_take(&content->memory, &bytes, &length);
    if (status != 0)
        return status;
    reading->memory_bytes += length;
    duet__form_field_set_bytes(field, bytes, length);
    return 0;
}

/* --- multipart ----------------------------------------------------------- */

/* Refuses what is not sent as it is. */
static int check_encoding(const duet_part *part)
{
    static const char *const plain[] = {"7bit", "8bit", "binary"};
    const char *sent =
        duet_fields_get(duet_part_fields(part), "Content-Transfer-Encoding");

    if (sent == NULL)
        return 0;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (duet__text_equal_ignoring_case(duet__text_from(sent),
                                           duet__text_from(plain[i])))
            return 0;
    return duet__fail(DUET_ENOTSUP,
                      "a part of the form has Content-Transfer-Encoding %s",
                      sent);
}

static int take_part(reading *reading, duet_part *part)
{
    const duet_form_part_options options = {
        .filename = duet_part_filename(part),
        .content_type = duet_part_content_type(part)};
    content content = {0};
    duet_form_field *field;
    int status = check_encoding(part);

    if (status == 0 && duet_part_name(part) == NULL)
        status = duet__fail(DUET_EPROTOCOL, "a part of the form has no name");
    if (status == 0)
        status = new_field(reading, duet_part_name(part), &options, &field);
    if (status != 0)
        return status;
    duet__buffer_init(&content.memory, SIZE_MAX);
    status = take_content(reading, part, &content);
    if (status == 0)
        status = settle(reading, &content, field);
    duet__buffer_free(&content.memory);
    if (status != 0) {
        duet__form_field_free(field);
        return status;
    }
    return duet__form_add(reading->form, field);
}

static int read_multipart(reading *reading, const char *content_type)
{
    duet_multipart *multipart;
    duet_part *part;
    int status = duet_multipart_new(reading->body, content_type,
                                    reading->options->parts, &multipart);

    while (status == 0) {
        status = duet_multipart_next(multipart, &part, reading->deadline);
        if (status == 0)
            status = check_body(reading);
        if (status == 0)
            status = take_part(reading, part);
    }
    duet_multipart_free(multipart);
    return status == DUET_EEMPTY ? 0 : status;
}

/* --- urlencoded ---------------------------------------------------------- */

static int check_name(const reading *reading,
                      const duet_query_parameter *parameter)
{
    if (strlen(parameter->name) < parameter->name_length)
        return duet__fail(DUET_EPROTOCOL,
                          "a name in the form has a control character");
    if (parameter->name_length > reading->name_bytes_max)
        return duet__fail(DUET_ETOOLARGE,
                          "a name in the form has more than %zu bytes, which "
                          "is name_bytes_max",
                          reading->name_bytes_max);
    return 0;
}

static int take_parameter(reading *reading,
                          const duet_query_parameter *parameter)
{
    duet_form_field *field;
    int status = check_name(reading, parameter);

    if (status == 0)
        status = new_field(reading, parameter->name, NULL, &field);
    if (status != 0)
        return status;
    if (fits_memory(reading, parameter->value_length))
        status = duet__form_field_copy_bytes(field, parameter->value,
                                             parameter->value_length);
    else
        status = fail_memory(reading);
    if (status != 0) {
        duet__form_field_free(field);
        return status;
    }
    reading->memory_bytes += parameter->value_length;
    return duet__form_add(reading->form, field);
}

/* The limits that urlencoded bodies share with the others. */
static int read_parts_limits(reading *reading, size_t *parts_max)
{
    static const duet_multipart_options standard;
    const duet_multipart_options *options = reading->options->parts;
    int status;

    if (options == NULL)
        options = &standard;
    status = duet__limit_read("parts_max", options->parts_max, 1000, parts_max);
    if (status == 0)
        status = duet__limit_read("name_bytes_max", options->name_bytes_max,
                                  1024, &reading->name_bytes_max);
    return status;
}

static int take_parameters(reading *reading, const char *bytes, size_t length)
{
    duet_query_options options = {.bytes_max = DUET_NO_LIMIT};
    duet_query_parameter parameter;
    duet_query *query;
    size_t position = 0;
    size_t parts_max;
    int status = read_parts_limits(reading, &parts_max);

    if (status != 0)
        return status;
    options.count_max =
        parts_max < INT64_MAX ? (int64_t)parts_max : DUET_NO_LIMIT;
    status = duet_query_parse(bytes, length, &options, &query);
    if (status == DUET_ETOOLARGE)
        return duet__fail(status,
                          "the form has more than %zu fields, which is "
                          "parts_max",
                          parts_max);
    while (status == 0 && duet_query_next(query, &position, &parameter))
        status = take_parameter(reading, &parameter);
    duet_query_free(query);
    return status;
}

static int read_urlencoded(reading *reading)
{
    size_t limit = reading->body_bytes_max < reading->memory_bytes_max
                       ? reading->body_bytes_max
                       : reading->memory_bytes_max;
    char *bytes;
    size_t length;
    int status = duet_read_all(
        reading->body, limit < INT64_MAX ? (int64_t)limit : DUET_NO_LIMIT,
        &bytes, &length, reading->deadline);

    if (status == DUET_ETOOLARGE)
        return duet__fail(status,
                          "the body of the form has more than %zu bytes, which "
                          "is the smaller of body_bytes_max and "
                          "memory_bytes_max",
                          limit);
    if (status == 0)
        status = take_parameters(reading, bytes, length);
    free(bytes);
    return status;
}

/* ------------------------------------------------------------------------- */

static bool is_type(const char *content_type, const char *wanted)
{
    duet__text rest = duet__text_from(content_type);

    return duet__text_equal_ignoring_case(duet__field_parameters_begin(&rest),
                                          duet__text_from(wanted));
}

static int read_form(reading *reading, const char *content_type)
{
    int status =
        duet__limit_read("body_bytes_max", reading->options->body_bytes_max,
                         BODY_DEFAULT, &reading->body_bytes_max);

    if (status == 0)
        status = duet__limit_read("memory_bytes_max",
                                  reading->options->memory_bytes_max,
                                  MEMORY_DEFAULT, &reading->memory_bytes_max);
    if (status != 0)
        return status;
    if (is_type(content_type, "application/x-www-form-urlencoded"))
        return read_urlencoded(reading);
    if (is_type(content_type, "multipart/form-data"))
        return read_multipart(reading, content_type);
    return duet__fail(DUET_ENOTSUP, "Content-Type \"%s\" is not that of a form",
                      content_type != NULL ? content_type : "");
}

int duet_form_read(duet_reader *reader, const char *content_type,
                   const duet_form_read_options *options, duet_form **out_form,
                   duet_deadline deadline)
{
    static const duet_form_read_options standard;
    reading reading = {.body = reader,
                       .options = options != NULL ? options : &standard,
                       .deadline = deadline,
                       .begin = duet_reader_count(reader)};
    int status = duet_form_new(NULL, &reading.form);

    *out_form = NULL;
    if (status == 0)
        status = read_form(&reading, content_type);
    if (status != 0) {
        duet_form_free(reading.form);
        return status;
    }
    *out_form = reading.form;
    return 0;
}
