/* SPDX-License-Identifier: MIT */
/* field.c - makes and frees the fields of forms. */
#include "form/field.h"

#include <stdlib.h>
#include <string.h>

#include <duet/error.h>

#include "base/buffer.h"
#include "base/error.h"
#include "http/body/disposition.h"
#include "http/head/fields.h"

/* --- the head of its part ------------------------------------------------ */

static int append_type(duet__buffer *head, duet__text type)
{
    if (type.length == 0 || duet__field_value_flaw(type) < type.length)
        return duet__fail(DUET_EFIELD,
                          "the type \"%.*s\" of a part of a form is empty or "
                          "has a control character",
                          DUET__TEXT_ARGUMENTS(type));
    return duet__buffer_appendf(head, "Content-Type: %.*s\r\n",
                                (int)type.length, type.bytes);
}

static int append_head(duet__buffer *head, const duet_form_field *field)
{
    duet__text filename = duet__text_from(field->filename);
    int status =
        duet__buffer_append_text(head, DUET__TEXT("Content-Disposition: "));

    if (status == 0)
        status =
            duet__disposition_write(head, duet__text_from(field->name),
                                    field->filename != NULL ? &filename : NULL);
    if (status == 0)
        status = duet__buffer_append(head, "\r\n", 2);
    if (status == 0 && field->content_type != NULL)
        status = append_type(head, duet__text_from(field->content_type));
    return status != 0 ? status : duet__buffer_append(head, "\r\n", 2);
}

static int make_head(duet_form_field *field)
{
    duet__buffer head;
    int status;

    duet__buffer_init(&head, SIZE_MAX);
    status = append_head(&head, field);
    if (status == 0)
        status = duet__buffer_take(&head, &field->head, &field->head_length);
    duet__buffer_free(&head);
    return status;
}

/* --- life ---------------------------------------------------------------- */

static int copy(const char *text, char **out_copy)
{
    *out_copy = text != NULL ? strdup(text) : NULL;
    return text != NULL && *out_copy == NULL ? DUET_ENOMEM : 0;
}

static int fill(duet_form_field *field, const char *name,
                const duet_form_part_options *options)
{
    const char *type = options->content_type;
    int status = copy(name, &field->name);

    if (type == NULL && options->filename != NULL)
        type = "application/octet-stream";
    if (status == 0)
        status = copy(options->filename, &field->filename);
    if (status == 0)
        status = copy(type, &field->content_type);
    return status != 0 ? status : make_head(field);
}

int duet__form_field_new(const char *name,
                         const duet_form_part_options *options,
                         duet_form_field **out_field)
{
    static const duet_form_part_options standard;
    duet_form_field *made = calloc(1, sizeof *made);
    int status;

    *out_field = NULL;
    if (made == NULL)
        return DUET_ENOMEM;
    status = fill(made, name, options != NULL ? options : &standard);
    if (status != 0)
        duet__form_field_free(made);
    else
        *out_field = made;
    return status;
}

void duet__form_field_free(duet_form_field *field)
{
    if (field == NULL)
        return;
    duet_reader_close(field->reader);
    free(field->bytes);
    free(field->name);
    free(field->filename);
    free(field->content_type);
    free(field->head);
    free(field);
}

/* --- content ------------------------------------------------------------- */

static int next_bytes(void *context, const char **out_bytes, size_t *out_length,
                      duet_deadline deadline)
{
    duet_form_field *field = context;

    (void)deadline;
    if (field->lent == field->length)
        return DUET_EEMPTY;
    *out_bytes = field->bytes + field->lent;
    *out_length = field->length - field->lent;
    field->lent = field->length;
    return 0;
}

static int rewind_bytes(void *context, duet_deadline deadline)
{
    (void)deadline;
    ((duet_form_field *)context)->lent = 0;
    return 0;
}

static int64_t remaining_bytes(void *context)
{
    const duet_form_field *field = context;

    return (int64_t)(field->length - field->lent);
}

void duet__form_field_set_bytes(duet_form_field *field, char *bytes,
                                size_t length)
{
    static const duet_reader_functions functions = {.next = next_bytes,
                                                    .rewind = rewind_bytes,
                                                    .remaining =
                                                        remaining_bytes};

    field->bytes = bytes;
    field->length = length;
    duet__reader_init(&field->inner, &functions, field);
    field->reader = &field->inner;
}

int duet__form_field_copy_bytes(duet_form_field *field, const char *bytes,
                                size_t length)
{
    char *copied = malloc(length + 1);

    if (copied == NULL)
        return DUET_ENOMEM;
    if (length > 0)
        memcpy(copied, bytes, length);
    copied[length] = '\0';
    duet__form_field_set_bytes(field, copied, length);
    return 0;
}

void duet__form_field_set_file(duet_form_field *field, duet__file_content file)
{
    field->file = file;
    duet__file_content_reader(&field->file, &field->inner);
    field->reader = &field->inner;
}

void duet__form_field_set_reader(duet_form_field *field, duet_reader *reader)
{
    field->reader = reader;
}

bool duet__form_field_is_plain(const duet_form_field *field)
{
    return field->bytes != NULL && field->filename == NULL &&
           field->content_type == NULL;
}

const char *duet_form_field_name(const duet_form_field *field)
{
    return field->name;
}

const char *duet_form_field_filename(const duet_form_field *field)
{
    return field->filename;
}

const char *duet_form_field_content_type(const duet_form_field *field)
{
    return field->content_type;
}

duet_reader *duet_form_field_reader(duet_form_field *field)
{
    return field->reader;
}
