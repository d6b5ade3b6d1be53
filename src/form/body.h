/* SPDX-License-Identifier: MIT */
/* body.h - a form as a body: the reader that lends the delimiters and heads of
 * its parts and what is in them. */
#ifndef DUET_FORM_BODY_H
#define DUET_FORM_BODY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "form/field.h"
#include "http/body/boundary.h"
#include "stream/core/reader.h"

/* What is lent next. */
typedef enum duet__form_phase {
    DUET__FORM_HEAD,    /* what stands before the field's content */
    DUET__FORM_CONTENT, /* the field's content */
    DUET__FORM_END,     /* nothing more */
} duet__form_phase;

typedef struct duet__form_body {
    duet_reader reader;
    duet_form_field *const *fields; /* borrowed, like what is in it */
    size_t count;
    bool is_multipart;
    duet__boundary boundary;
    size_t index; /* of the field whose turn it is; `count`: the end of all */
    duet__form_phase phase;
    duet__buffer chunk; /* what is lent that is not content */
} duet__form_body;

/* Makes the reader. Fields, count, is_multipart and boundary are set; the
 * fields do not change any more. */
void duet__form_body_begin(duet__form_body *body);

#endif
