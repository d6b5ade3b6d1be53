/* SPDX-License-Identifier: MIT */
/* field_parameters.h - the parameters behind a field's value, as in
 * `multipart/form-data; boundary="a b"` (RFC 9110 5.6.6).
 *
 *     duet__text rest = duet__text_from(content_type);
 *     duet__text type = duet__field_parameters_begin(&rest);
 *
 *     while ((status = duet__field_parameters_next(&rest, &parameter)) > 0)
 *         ...
 *
 * In a quoted value a backslash escapes a quote and a backslash, which is all
 * that a sender should escape (RFC 9110 5.6.4), and a blank, which aiohttp
 * escapes. Before any other byte it stands for itself: that is how paths of
 * Windows are sent. */
#ifndef DUET_HTTP_HEAD_FIELD_PARAMETERS_H
#define DUET_HTTP_HEAD_FIELD_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>

#include "base/text.h"

typedef struct duet__field_parameter {
    duet__text name;  /* a token */
    duet__text value; /* as it was sent, without the quotes around it */
    bool is_quoted;   /* it had quotes: it may be empty and have escapes */
} duet__field_parameter;

/* Cuts the value before the first ';' off `*rest` and returns it, without
 * whitespace around it. */
duet__text duet__field_parameters_begin(duet__text *rest);

/* Cuts the next parameter off `*rest`. Empty ones are skipped.
 *
 * Returns 1; 0 after the last one; DUET_EFIELD without detail if the rest is
 * malformed. */
DUET_MUST_USE int duet__field_parameters_next(duet__text *rest,
                                              duet__field_parameter *parameter);

/* Does a backslash at `at` of a quoted text escape the byte behind it? */
bool duet__field_parameter_escapes(duet__text text, size_t at);

/* Writes the value without its escapes to `to`, which has room for value.length
 * bytes.
 *
 * Returns how many bytes it wrote. */
size_t duet__field_parameter_unquote(const duet__field_parameter *parameter,
                                     char *to);

#endif
