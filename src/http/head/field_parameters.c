/* SPDX-License-Identifier: MIT */
/* field_parameters.c - reads `; name=value; name="value"`. Owns nothing. */
#include "http/head/field_parameters.h"

#include <duet/error.h>

#include "base/byte_class.h"

static duet__text trim_start(duet__text text)
{
    while (text.length > 0 && (text.bytes[0] == ' ' || text.bytes[0] == '\t'))
        text = duet__text_skip(text, 1);
    return text;
}

duet__text duet__field_parameters_begin(duet__text *rest)
{
    size_t end = duet__text_find(*rest, ';');
    duet__text value = duet__text_of(rest->bytes, end);

    *rest = duet__text_skip(*rest, end);
    return duet__text_trim(value);
}

bool duet__field_parameter_escapes(duet__text text, size_t at)
{
    static const char escaped[] = {'"', '\\', ' ', '\t'};

    return text.bytes[at] == '\\' && at + 1 < text.length &&
           memchr(escaped, text.bytes[at + 1], sizeof escaped) != NULL;
}

static duet__text cut(duet__text *rest, size_t length)
{
    duet__text start = duet__text_of(rest->bytes, length);

    *rest = duet__text_skip(*rest, length);
    return start;
}

/* Cuts the longest token off; it may be empty. */
static duet__text cut_token(duet__text *rest)
{
    size_t length = 0;

    while (length < rest->length &&
           duet__byte_is(rest->bytes[length], DUET__BYTE_TOKEN))
        length++;
    return cut(rest, length);
}

/* Cuts a quoted value off, up to and with its second quote; false if that is
 * missing. */
static bool cut_quoted(duet__text *rest, duet__text *value)
{
    size_t end = 1;

    while (end < rest->length && rest->bytes[end] != '"')
        end += duet__field_parameter_escapes(*rest, end) ? 2 : 1;
    if (end >= rest->length)
        return false;
    *value = duet__text_of(rest->bytes + 1, end - 1);
    *rest = duet__text_skip(*rest, end + 1);
    return true;
}

int duet__field_parameters_next(duet__text *rest,
                                duet__field_parameter *parameter)
{
    duet__text left = trim_start(*rest);
    bool has_begun = false;

    while (left.length > 0 && left.bytes[0] == ';') {
        left = trim_start(duet__text_skip(left, 1));
        has_begun = true;
    }
    *rest = left;
    if (left.length == 0)
        return 0;
    parameter->name = cut_token(&left);
    if (!has_begun || parameter->name.length == 0 || left.length == 0 ||
        left.bytes[0] != '=')
        return DUET_EFIELD;
    left = duet__text_skip(left, 1);
    parameter->is_quoted = left.length > 0 && left.bytes[0] == '"';
    if (!parameter->is_quoted)
        parameter->value = cut_token(&left);
    else if (!cut_quoted(&left, &parameter->value))
        return DUET_EFIELD;
    if (!parameter->is_quoted && parameter->value.length == 0)
        return DUET_EFIELD;
    *rest = left;
    return 1;
}

size_t duet__field_parameter_unquote(const duet__field_parameter *parameter,
                                     char *to)
{
    duet__text value = parameter->value;
    size_t length = 0;

    for (size_t i = 0; i < value.length; i++) {
        if (parameter->is_quoted && duet__field_parameter_escapes(value, i))
            i++;
        to[length++] = value.bytes[i];
    }
    return length;
}
