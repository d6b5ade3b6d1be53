/* SPDX-License-Identifier: MIT */
/* form.h - struct duet_form, for the other source files of this room. */
#ifndef DUET_FORM_FORM_H
#define DUET_FORM_FORM_H

#include <duet/form.h>

#include "base/life.h"
#include "form/body.h"
#include "form/field.h"

struct duet_form {
    DUET__LIFE
    duet_form_field **fields; /* in their order */
    size_t count;
    size_t capacity;
    bool is_read; /* `body` has begun: no field can be added */
    duet__form_body body;
    char multipart_type[128]; /* the Content-Type, should it be multipart */
    duet_file *spool; /* holds what is too large for memory; NULL: nothing */
};

/* Adds a field.
 *
 *   field  taken, on failure too
 *
 * Returns 0; DUET_ESTATE with detail, DUET_ENOMEM. */
DUET_MUST_USE int duet__form_add(duet_form *form, duet_form_field *field);

#endif
