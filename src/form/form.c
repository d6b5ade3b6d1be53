/* SPDX-License-Identifier: MIT */
/* form.c - a form's list of fields. */
#include "form/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <duet/error.h>
#include <duet/path.h>

#include "base/error.h"
#include "base/hash.h"

DUET__LIVES("form")

/* --- life ---------------------------------------------------------------- */

int duet_form_new(const duet_form_options *options, duet_form **out_form)
{
    duet_form *made = calloc(1, sizeof *made);
    duet__boundary *boundary;

    *out_form = NULL;
    if (made == NULL)
        return DUET_ENOMEM;
    boundary = &made->body.boundary;
    duet__boundary_make(boundary, duet__hash_key_random().words);
    snprintf(made->multipart_type, sizeof made->multipart_type,
             "multipart/form-data; boundary=%.*s", (int)boundary->length,
             boundary->bytes);
    made->body.is_multipart = options != NULL && options->multipart;
    DUET__LIFE_BEGINS(made);
    *out_form = made;
    return 0;
}

void duet_form_free(duet_form *form)
{
    if (form == NULL)
        return;
    DUET__LIFE_ENDS(form);
    if (form->is_read)
        duet_reader_close(&form->body.reader);
    for (size_t i = 0; i < form->count; i++)
        duet__form_field_free(form->fields[i]);
    free(form->fields);
    (void)!duet_file_close(form->spool, DUET_NOW);
    free(form);
}

/* --- to send ------------------------------------------------------------- */

/* Makes room for another field. */
static int grow(duet_form *form)
{
    size_t capacity = form->capacity > 0 ? 2 * form->capacity : 8;
    duet_form_field **fields;

    if (form->count < form->capacity)
        return 0;
    fields = reallocarray(form->fields, capacity, sizeof(duet_form_field *));
    if (fields == NULL)
        return DUET_ENOMEM;
    form->fields = fields;
    form->capacity = capacity;
    return 0;
}

int duet__form_add(duet_form *form, duet_form_field *field)
{
    int status = grow(form);

    if (form->is_read)
        status = duet__fail(DUET_ESTATE, "a field cannot be added to a form "
                                         "that is read already");
    if (status != 0) {
        duet__form_field_free(field);
        return status;
    }
    form->fields[form->count++] = field;
    if (!duet__form_field_is_plain(field))
        form->body.is_multipart = true;
    return 0;
}

int duet_form_add_text(duet_form *form, const char *name, const char *text)
{
    return duet_form_add_bytes(form, name, text, strlen(text), NULL);
}

int duet_form_add_bytes(duet_form *form, const char *name, const void *bytes,
                        size_t length, const duet_form_part_options *options)
{
    duet_form_field *field;
    int status = duet__form_field_new(name, options, &field);

    if (status != 0)
        return status;
    status = duet__form_field_copy_bytes(field, bytes, length);
    if (status != 0) {
        duet__form_field_free(field);
        return status;
    }
    return duet__form_add(form, field);
}

/* Sets the content of a field to a file that will be opened. */
static int set_path(duet_form_field *field, const char *path,
                    duet_deadline deadline)
{
    duet__file_content content = {.length = -1};
    duet_stat stat;
    int status = duet_path_stat(path, &stat, deadline);

    if (status == 0 && stat.kind == DUET_KIND_FOLDER)
        status = duet__fail(DUET_EISDIR, "%s is a folder", path);
    if (status != 0)
        return status;
    if (stat.kind == DUET_KIND_FILE)
        content.length = stat.size_bytes;
    content.path = strdup(path);
    if (content.path == NULL)
        return DUET_ENOMEM;
    duet__form_field_set_file(field, content);
    return 0;
}

int duet_form_add_file(duet_form *form, const char *name, const char *path,
                       const duet_form_part_options *options,
                       duet_deadline deadline)
{
    const char *slash = strrchr(path, '/');
    duet_form_part_options said = {0};
    duet_form_field *field;
    int status;

    if (options != NULL)
        said = *options;
    if (said.filename == NULL)
        said.filename = slash != NULL ? slash + 1 : path;
    status = duet__form_field_new(name, &said, &field);
    if (status != 0)
        return status;
    status = set_path(field, path, deadline);
    if (status != 0) {
        duet__form_field_free(field);
        return status;
    }
    return duet__form_add(form, field);
}

int duet_form_add_reader(duet_form *form, const char *name, duet_reader *reader,
                         const duet_form_part_options *options)
{
    duet_form_field *field;
    int status = duet__form_field_new(name, options, &field);

    if (status == 0)
        status = duet__form_add(form, field);
    /* Not before it cannot fail any more: on failure it is not taken. */
    if (status == 0)
        duet__form_field_set_reader(field, reader);
    return status;
}

duet_reader *duet_form_reader(duet_form *form)
{
    if (!form->is_read) {
        form->body.fields = form->fields;
        form->body.count = form->count;
        duet__form_body_begin(&form->body);
    }
    form->is_read = true;
    return &form->body.reader;
}

const char *duet_form_content_type(const duet_form *form)
{
    return form->body.is_multipart ? form->multipart_type
                                   : "application/x-www-form-urlencoded";
}

/* --- what is in it ------------------------------------------------------- */

duet_form_field *duet_form_next(const duet_form *form, const char *name,
                                size_t *position)
{
    while (*position < form->count) {
        duet_form_field *field = form->fields[(*position)++];

        if (name == NULL || strcmp(field->name, name) == 0)
            return field;
    }
    return NULL;
}

const char *duet_form_text(const duet_form *form, const char *name,
                           size_t *out_length)
{
    size_t position = 0;
    const duet_form_field *field;

    do
        field = duet_form_next(form, name, &position);
    while (field != NULL && (field->bytes == NULL || field->filename != NULL));
    if (out_length != NULL)
        *out_length = field != NULL ? field->length : 0;
    return field != NULL ? field->bytes : NULL;
}

size_t duet_form_count(const duet_form *form)
{
    return form->count;
}
