/* SPDX-License-Identifier: MIT */
/* fields.h - the header fields of a message.
 *
 * A duet_fields is an ordered list of names and values in which a name may
 * occur more than once, and in which "Content-Type" and "content-type" are the
 * same name. Requests and responses of client and server use it.
 *
 *     const char *type = duet_fields_get(fields, "content-type");
 *
 *     size_t position = 0;
 *     const char *name, *value;
 *     while (duet_fields_next(fields, &position, &name, &value))
 *         printf("%s: %s\n", name, value);
 *
 * Fields that are not valid in HTTP are refused (RFC 9110 5.1 and 5.5), so no
 * value can inject a second line. Not for two threads at once.
 */
#ifndef DUET_FIELDS_H
#define DUET_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_fields duet_fields;

typedef struct duet_fields_options {
    int64_t count_max; /* fields; default 256; DUET_NO_LIMIT for no limit */
    int64_t bytes_max; /* of all names and values, and two more for each field;
                          default 65536; DUET_NO_LIMIT for no limit */
} duet_fields_options;

/* Makes an empty list of fields.
 *
 *   options  borrowed until return; NULL for all defaults
 *   fields   returned-owned (duet_fields_free), NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  a limit is negative and not DUET_NO_LIMIT
 *   DUET_ENOMEM  out of memory */
DUET_API DUET_MUST_USE int duet_fields_new(const duet_fields_options *options,
                                           duet_fields **fields);

/* Frees the fields and all texts they have returned; NULL does nothing. */
DUET_API void duet_fields_free(duet_fields *fields);

/* Appends a field, even if the name exists already.
 *
 *   name   copied; a token (RFC 9110 5.6.2): letters, digits, !#$%&'*+-.^_`|~
 *   value  copied without whitespace at its ends (RFC 9110 5.5); no control
 *          character except the tab; bytes above 127 are kept as they are
 *
 * Returns 0, or
 *   DUET_EFIELD     name or value is malformed; the detail says which and where
 *   DUET_ETOOLARGE  one of the limits in the options is reached
 *   DUET_ENOMEM     out of memory
 * On failure the fields are as before. */
DUET_API DUET_MUST_USE int duet_fields_add(duet_fields *fields,
                                           const char *name, const char *value);

/* The same for texts without a NUL at their end; a NUL inside is refused with
 * DUET_EFIELD. Lengths in bytes. */
DUET_API DUET_MUST_USE int
duet_fields_add_bytes(duet_fields *fields, const char *name, size_t name_length,
                      const char *value, size_t value_length);

/* Makes this the only field of that name. It becomes the last one.
 *
 * Parameters and errors are those of duet_fields_add(). */
DUET_API DUET_MUST_USE int duet_fields_set(duet_fields *fields,
                                           const char *name, const char *value);

/* Removes all fields of that name, ignoring case.
 *
 * Returns how many there were. */
DUET_API size_t duet_fields_remove(duet_fields *fields, const char *name);

/* The value of the first field of that name, ignoring case.
 *
 * Returns a text that is borrowed until the fields change; NULL if there is no
 * such field. */
DUET_API const char *duet_fields_get(const duet_fields *fields,
                                     const char *name);

/* The values of all fields of that name, one for each call.
 *
 *   position  where to look; set it to 0 before the first call
 *
 * Returns a text that is borrowed until the fields change; NULL after the last
 * one. */
DUET_API const char *duet_fields_get_next(const duet_fields *fields,
                                          const char *name, size_t *position);

/* All fields in their order, one for each call.
 *
 *   position     where to look; set it to 0 before the first call
 *   name, value  set to texts that are borrowed until the fields change
 *
 * Returns true; false after the last field, with name and value untouched. */
DUET_API bool duet_fields_next(const duet_fields *fields, size_t *position,
                               const char **name, const char **value);

/* How many fields there are; a name that occurs twice counts twice. */
DUET_API size_t duet_fields_count(const duet_fields *fields);

DUET_END_DECLARATIONS

#endif
