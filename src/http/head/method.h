/* SPDX-License-Identifier: MIT */
/* method.h - the properties of the registered methods (RFC 9110 9). */
#ifndef DUET_HTTP_HEAD_METHOD_H
#define DUET_HTTP_HEAD_METHOD_H

#include <stdbool.h>

#include "base/text.h"

/* X(name, safe, idempotent) */
#define DUET__METHOD_TABLE(X)                                                  \
    X(GET, true, true)                                                         \
    X(HEAD, true, true)                                                        \
    X(POST, false, false)                                                      \
    X(PUT, false, true)                                                        \
    X(PATCH, false, false)                                                     \
    X(DELETE, false, true)                                                     \
    X(OPTIONS, true, true)                                                     \
    X(TRACE, true, true)                                                       \
    X(CONNECT, false, false)                                                   \
    X(QUERY, true, true)

typedef enum duet__method {
#define DUET__METHOD_ENUM(name, safe, idempotent) DUET__METHOD_##name,
    DUET__METHOD_TABLE(DUET__METHOD_ENUM)
#undef DUET__METHOD_ENUM
        DUET__METHOD_OTHER /* any other token; the caller keeps its text */
} duet__method;

/* The method of that name; names are case-sensitive (RFC 9110 9.1).
 * DUET__METHOD_OTHER for names that are not in the table. */
duet__method duet__method_of(duet__text name);

/* The name, borrowed and constant; "" for DUET__METHOD_OTHER. */
const char *duet__method_name(duet__method method);

/* Is the method safe (RFC 9110 9.2.1)? Unknown methods are not. */
bool duet__method_is_safe(duet__method method);

/* Is the method idempotent, so that a request may be sent again if it is
 * unknown whether it arrived (RFC 9110 9.2.2)? Unknown methods are not. */
bool duet__method_is_idempotent(duet__method method);

#endif
