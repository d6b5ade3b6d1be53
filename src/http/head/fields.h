/* SPDX-License-Identifier: MIT */
/* fields.h - internal functions for header fields, beyond the public ones of
 * <duet/fields.h>. */
#ifndef DUET_HTTP_HEAD_FIELDS_H
#define DUET_HTTP_HEAD_FIELDS_H

#include <stdbool.h>

#include <duet/fields.h>

#include "base/text.h"

/* Options for fields whose size is limited elsewhere. */
extern const duet_fields_options duet__fields_unlimited;

/* The index of the first byte that is not allowed in a field's value: a control
 * character other than the tab, or DEL (RFC 9110 5.5). value.length if there is
 * none. */
size_t duet__field_value_flaw(duet__text value);

/* Is `token`, in any case, one of the members of a list, "a, b" (RFC 9110
 * 5.6.1), as a field's value is one? */
bool duet__field_list_has(duet__text list, duet__text token);

/* The only value of `name`.
 *
 * Returns how many fields of that name there are; *value, borrowed until the
 * fields change, is set to the first one, the empty text if there is none. */
size_t duet__fields_only(const duet_fields *fields, const char *name,
                         duet__text *value);

/* duet_fields_add_bytes() for fields that a peer sent: a malformed field sets
 * no detail, as there may be many and they are left out. */
DUET_MUST_USE int duet__fields_take(duet_fields *fields, duet__text name,
                                    duet__text value);

/* Appends the content of a folded line to the last field's value after a space
 * (RFC 9112 5.2).
 *
 * Returns 0; DUET_EFIELD if there is no field or the text is malformed,
 * DUET_ETOOLARGE, DUET_ENOMEM. */
DUET_MUST_USE int duet__fields_unfold(duet_fields *fields, duet__text text);

/* Sets all of `from` in `to`: a name in `from` replaces all fields of that name
 * in `to`; a name that occurs twice in `from` occurs twice afterwards.
 *
 * Returns 0; DUET_ETOOLARGE, DUET_ENOMEM: then `to` is changed in part. */
DUET_MUST_USE int duet__fields_merge(duet_fields *to, const duet_fields *from);

#endif
