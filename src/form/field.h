/* SPDX-License-Identifier: MIT */
/* field.h - one field of a form: its names, the head of its part, and the
 * reader of its content. */
#ifndef DUET_FORM_FIELD_H
#define DUET_FORM_FIELD_H

#include <duet/form.h>

#include "base/text.h"
#include "form/file_content.h"
#include "stream/core/reader.h"

struct duet_form_field {
    char *name;
    char *filename;     /* NULL: none */
    char *content_type; /* NULL: none */
    char *head;         /* the lines of its part, with the empty one */
    size_t head_length;
    duet_reader *reader; /* owned; `inner`, or one that was given */
    duet_reader inner;
    char *bytes; /* NULL: it is not in memory; followed by a NUL */
    size_t length;
    size_t lent; /* of `bytes` */
    duet__file_content file;
};

/* Makes a field without content. Its names are copied.
 *
 *   out_field  duet__form_field_free() frees it; NULL on failure
 *
 * Returns 0; DUET_EFIELD with detail, DUET_ENOMEM. */
DUET_MUST_USE int duet__form_field_new(const char *name,
                                       const duet_form_part_options *options,
                                       duet_form_field **out_field);

/* Gives it its content, once: */

/* Bytes in memory, followed by a NUL that is not counted.
 *
 *   bytes  taken (free()) */
void duet__form_field_set_bytes(duet_form_field *field, char *bytes,
                                size_t length);

/* A copy of bytes. Returns 0, DUET_ENOMEM. */
DUET_MUST_USE int duet__form_field_copy_bytes(duet_form_field *field,
                                              const char *bytes, size_t length);

/* A file; see file_content.h.
 *
 *   file  taken */
void duet__form_field_set_file(duet_form_field *field, duet__file_content file);

/* A reader.
 *
 *   reader  taken */
void duet__form_field_set_reader(duet_form_field *field, duet_reader *reader);

/* Is all that it says its name and bytes in memory? */
bool duet__form_field_is_plain(const duet_form_field *field);

/* Frees it; NULL does nothing. */
void duet__form_field_free(duet_form_field *field);

#endif
