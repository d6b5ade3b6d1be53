/* SPDX-License-Identifier: MIT */
/* query.h - the parameters in a URL's query, "a=1&b=two+words".
 *
 * A duet_query is an ordered list of names and values, decoded: what a form
 * sends as application/x-www-form-urlencoded (WHATWG URL, section 5). A name
 * may occur more than once, and names are case-sensitive. A value may hold any
 * byte, NUL too, so each has a length; a NUL that is not counted follows.
 *
 *     duet_query *query;
 *     int status = duet_query_parse(text, strlen(text), NULL, &query);
 *     if (status == 0)
 *         puts(duet_query_get(query, "a", NULL));
 *     duet_query_free(query);
 *
 * Not for two threads at once.
 */
#ifndef DUET_QUERY_H
#define DUET_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_query duet_query;

typedef struct duet_query_options {
    int64_t count_max; /* parameters; default 1000; DUET_NO_LIMIT for none */
    int64_t bytes_max; /* of all names and values, and two more for each
                          parameter; default 1048576; DUET_NO_LIMIT for none */
} duet_query_options;

/* One parameter; borrowed until the query changes. */
typedef struct duet_query_parameter {
    const char *name; /* never NULL */
    size_t name_length;
    const char *value; /* never NULL; "" for "name" and for "name=" */
    size_t value_length;
} duet_query_parameter;

/* Makes an empty query.
 *
 *   options  borrowed until return; NULL for all defaults
 *   query    returned-owned (duet_query_free), NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  a limit is negative and not DUET_NO_LIMIT
 *   DUET_ENOMEM  out of memory */
DUET_API DUET_MUST_USE int duet_query_new(const duet_query_options *options,
                                          duet_query **query);

/* Makes a query of encoded text, without the "?" before it. '+' is a space;
 * "%XX" is a byte; a '%' that does not start an escape stays as it is; empty
 * parts between two '&' are skipped. No text is malformed.
 *
 *   text     copied; `length` bytes, may be NULL if length is 0
 *   options  borrowed until return; NULL for all defaults
 *   query    returned-owned (duet_query_free), NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL     a limit is negative and not DUET_NO_LIMIT
 *   DUET_ETOOLARGE  more parameters or bytes than the limits allow
 *   DUET_ENOMEM     out of memory */
DUET_API DUET_MUST_USE int duet_query_parse(const char *text, size_t length,
                                            const duet_query_options *options,
                                            duet_query **query);

/* Frees the query and all texts it has returned; NULL does nothing. */
DUET_API void duet_query_free(duet_query *query);

/* Appends a parameter, even if the name exists already.
 *
 *   name   copied; not encoded
 *   value  copied; not encoded; `value_length` bytes, any byte
 *
 * Returns 0, DUET_ETOOLARGE at a limit, DUET_ENOMEM; on failure the query is
 * as before. */
DUET_API DUET_MUST_USE int duet_query_add(duet_query *query, const char *name,
                                          const char *value,
                                          size_t value_length);

/* The value of the first parameter of that name.
 *
 *   length  set to the value's length in bytes; may be NULL
 *
 * Returns a text that is borrowed until the query changes; NULL, *length
 * untouched, if there is no such parameter. */
DUET_API const char *duet_query_get(const duet_query *query, const char *name,
                                    size_t *length);

/* All parameters in their order, one for each call.
 *
 *   position   where to look; set it to 0 before the first call
 *   parameter  set to the parameter
 *
 * Returns true; false after the last one, with *parameter untouched. */
DUET_API bool duet_query_next(const duet_query *query, size_t *position,
                              duet_query_parameter *parameter);

/* How many parameters there are; a name that occurs twice counts twice. */
DUET_API size_t duet_query_count(const duet_query *query);

/* The encoded text, "a=1&b=two+words": letters, digits and "*-._" stay as they
 * are, a space becomes '+', everything else is escaped.
 *
 *   text  returned-owned (free()), NUL-terminated; NULL on failure
 *
 * Returns 0, DUET_ENOMEM. */
DUET_API DUET_MUST_USE int duet_query_text(const duet_query *query,
                                           char **text);

DUET_END_DECLARATIONS

#endif
