/* SPDX-License-Identifier: MIT */
/* method.c - the table of methods, looked up. Owns nothing. */
#include "http/head/method.h"

static const struct {
    const char *name;
    bool is_safe;
    bool is_idempotent;
} methods[] = {
#define METHOD_ROW(name, safe, idempotent) {#name, safe, idempotent},
    DUET__METHOD_TABLE(METHOD_ROW)
#undef METHOD_ROW
        {"", false, false},
};

duet__method duet__method_of(duet__text name)
{
    int method = 0;

    while (method < DUET__METHOD_OTHER &&
           !duet__text_equal(name, duet__text_from(methods[method].name)))
        method++;
    return (duet__method)method;
}

const char *duet__method_name(duet__method method)
{
    return methods[method].name;
}

bool duet__method_is_safe(duet__method method)
{
    return methods[method].is_safe;
}

bool duet__method_is_idempotent(duet__method method)
{
    return methods[method].is_idempotent;
}
