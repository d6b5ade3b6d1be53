/* SPDX-License-Identifier: MIT */
/* boundary.c - reads and makes boundaries. Owns nothing. */
#include "http/body/boundary.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "http/head/field_parameters.h"

bool duet__boundary_is_wanted(duet__text content_type)
{
    const duet__text multipart = DUET__TEXT("multipart/");
    duet__text type = duet__field_parameters_begin(&content_type);

    return type.length > multipart.length &&
           duet__text_equal_ignoring_case(
               duet__text_of(type.bytes, multipart.length), multipart) &&
           duet__text_is_token(duet__text_skip(type, multipart.length));
}

static bool is_allowed(char byte)
{
    return duet__ascii_is_letter(byte) || duet__ascii_is_digit(byte) ||
           (byte != '\0' && strchr("'()+_,-./:=? ", byte) != NULL);
}

static bool is_boundary(const char *bytes, size_t length)
{
    if (length == 0 || length > DUET__BOUNDARY_MOST || bytes[length - 1] == ' ')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_allowed(bytes[i]))
            return false;
    return true;
}

/* An escape makes two bytes of one: what is longer than this is too long. */
enum { SENT_MOST = 2 * DUET__BOUNDARY_MOST };

static int take(const duet__field_parameter *parameter,
                duet__boundary *boundary)
{
    char bytes[SENT_MOST];
    size_t length;

    if (boundary->length > 0)
        return duet__fail(DUET_EFIELD, "Content-Type has two boundaries");
    if (parameter->value.length > sizeof bytes)
        return duet__fail(DUET_EFIELD,
                          "the boundary has %zu characters, 70 "
                          "are allowed",
                          parameter->value.length);
    length = duet__field_parameter_unquote(parameter, bytes);
    if (!is_boundary(bytes, length))
        return duet__fail(DUET_EFIELD,
                          "the boundary \"%.*s\" is not 1 to 70 of the "
                          "characters that are allowed",
                          DUET__TEXT_ARGUMENTS(parameter->value));
    memcpy(boundary->bytes, bytes, length);
    boundary->length = length;
    return 0;
}

int duet__boundary_read(duet__text content_type, duet__boundary *boundary)
{
    duet__text rest = content_type;
    duet__field_parameter parameter;
    int status;

    boundary->length = 0;
    if (!duet__boundary_is_wanted(content_type))
        return duet__fail(DUET_ENOTSUP,
                          "Content-Type \"%.*s\" is not "
                          "multipart",
                          DUET__TEXT_ARGUMENTS(content_type));
    duet__field_parameters_begin(&rest);
    while ((status = duet__field_parameters_next(&rest, &parameter)) > 0) {
        if (!duet__text_equal_ignoring_case(parameter.name,
                                            DUET__TEXT("boundary")))
            continue;
        status = take(&parameter, boundary);
        if (status != 0)
            return status;
    }
    if (status != 0)
        return duet__fail(status, "Content-Type \"%.*s\" is malformed",
                          DUET__TEXT_ARGUMENTS(content_type));
    if (boundary->length == 0)
        return duet__fail(DUET_EFIELD, "Content-Type \"%.*s\" has no boundary",
                          DUET__TEXT_ARGUMENTS(content_type));
    return 0;
}

void duet__boundary_make(duet__boundary *boundary, const uint64_t random[2])
{
    char text[DUET__BOUNDARY_MOST + 1];

    boundary->length =
        (size_t)snprintf(text, sizeof text, "duet-%016" PRIx64 "%016" PRIx64,
                         random[0], random[1]);
    memcpy(boundary->bytes, text, boundary->length);
}
