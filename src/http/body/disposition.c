/* SPDX-License-Identifier: MIT */
/* disposition.c - reads and writes the names of parts. Owns nothing. */
#include "http/body/disposition.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/utf8.h"
#include "http/head/field_parameters.h"
#include "http/head/fields.h"
#include "http/url/percent.h"

/* What was sent. A parameter without bytes did not occur. */
typedef struct sent {
    duet__text type;
    duet__field_parameter name;
    duet__field_parameter extended_name; /* name* */
    duet__field_parameter filename;
    duet__field_parameter extended_filename; /* filename* */
} sent;

static int fail(duet__text value)
{
    return duet__fail(DUET_EPROTOCOL,
                      "Content-Disposition \"%.*s\" is malformed",
                      DUET__TEXT_ARGUMENTS(value));
}

/* Where a parameter of that name belongs; NULL if it has no meaning here. */
static duet__field_parameter *place_of(sent *sent, duet__text name)
{
    if (duet__text_equal_ignoring_case(name, DUET__TEXT("name")))
        return &sent->name;
    if (duet__text_equal_ignoring_case(name, DUET__TEXT("name*")))
        return &sent->extended_name;
    if (duet__text_equal_ignoring_case(name, DUET__TEXT("filename")))
        return &sent->filename;
    if (duet__text_equal_ignoring_case(name, DUET__TEXT("filename*")))
        return &sent->extended_filename;
    return NULL;
}

static int split(duet__text value, sent *sent)
{
    duet__text rest = value;
    duet__field_parameter parameter;
    int status;

    sent->type = duet__field_parameters_begin(&rest);
    if (!duet__text_is_token(sent->type))
        return fail(value);
    while ((status = duet__field_parameters_next(&rest, &parameter)) > 0) {
        duet__field_parameter *place = place_of(sent, parameter.name);

        if (place == NULL)
            continue;
        if (place->name.bytes != NULL)
            return duet__fail(DUET_EPROTOCOL,
                              "Content-Disposition \"%.*s\" has a parameter "
                              "twice",
                              DUET__TEXT_ARGUMENTS(value));
        *place = parameter;
    }
    return status == 0 ? 0 : fail(value);
}

/* The byte that the escape at the start of `text` stands for: one of the three
 * that browsers escape; 0 for anything else. */
static char browser_escape(duet__text text)
{
    if (duet__text_starts_with(text, DUET__TEXT("%22")))
        return '"';
    if (duet__text_starts_with(text, DUET__TEXT("%0D")) ||
        duet__text_starts_with(text, DUET__TEXT("%0d")))
        return '\r';
    if (duet__text_starts_with(text, DUET__TEXT("%0A")) ||
        duet__text_starts_with(text, DUET__TEXT("%0a")))
        return '\n';
    return 0;
}

/* Replaces the escapes in `bytes`; returns the new length. */
static size_t undo_browser_escapes(char *bytes, size_t length)
{
    size_t written = 0;

    for (size_t i = 0; i < length; written++) {
        char byte = browser_escape(duet__text_of(bytes + i, length - i));

        bytes[written] = byte != 0 ? byte : bytes[i];
        i += byte != 0 ? 3 : 1;
    }
    return written;
}

/* The decoded value, owned; NULL if there is no memory. */
static char *decode(const duet__field_parameter *parameter)
{
    char *text = malloc(parameter->value.length + 1);
    size_t length;

    if (text == NULL)
        return NULL;
    length = duet__field_parameter_unquote(parameter, text);
    if (parameter->is_quoted)
        length = undo_browser_escapes(text, length);
    text[length] = '\0';
    return text;
}

/* The part of an ext-value (RFC 8187 3.2.1) behind charset and language;
 * without bytes if the charset is not UTF-8 or an escape is broken. */
static duet__text extended_value(const duet__field_parameter *parameter)
{
    duet__text rest = parameter->value;
    duet__text charset = duet__text_cut(&rest, '\'');
    bool is_known =
        duet__text_equal_ignoring_case(charset, DUET__TEXT("UTF-8"));

    duet__text_cut(&rest, '\'');
    if (!is_known || parameter->is_quoted || rest.bytes == NULL ||
        !duet__percent_is_valid(rest))
        return duet__text_of(NULL, 0);
    return rest;
}

static bool is_utf8(duet__text text)
{
    size_t length = 1;

    while (text.length > 0 && length > 0) {
        length = duet__utf8_length(text);
        text = duet__text_skip(text, length);
    }
    return text.length == 0;
}

/* Decodes it, if it can be read; else leaves `*out_text` NULL. */
static int decode_extended(const duet__field_parameter *parameter,
                           char **out_text)
{
    duet__text value = extended_value(parameter);
    char *text;
    size_t length;

    if (value.bytes == NULL)
        return 0;
    text = malloc(value.length + 1);
    if (text == NULL)
        return DUET_ENOMEM;
    length = duet__percent_decode(value, text);
    text[length] = '\0';
    if (strlen(text) != length || !is_utf8(duet__text_of(text, length))) {
        free(text);
        return 0;
    }
    *out_text = text;
    return 0;
}

/* A name of which there may be two forms; NULL if there is none. */
static int read_name(const duet__field_parameter *extended,
                     const duet__field_parameter *plain, char **out_name)
{
    int status = 0;

    *out_name = NULL;
    if (extended->name.bytes != NULL)
        status = decode_extended(extended, out_name);
    if (status != 0 || *out_name != NULL || plain->name.bytes == NULL)
        return status;
    *out_name = decode(plain);
    return *out_name != NULL ? 0 : DUET_ENOMEM;
}

/* Leaves the last component of a path. */
static int strip_folders(char *filename)
{
    size_t length = strlen(filename);
    size_t begin = length;

    while (begin > 0 && filename[begin - 1] != '/' &&
           filename[begin - 1] != '\\')
        begin--;
    memmove(filename, filename + begin, length - begin + 1);
    if ((begin > 0 && begin == length) || strcmp(filename, ".") == 0 ||
        strcmp(filename, "..") == 0)
        return duet__fail(DUET_EPROTOCOL,
                          "Content-Disposition: the file name is the name of "
                          "a folder");
    return 0;
}

static int read_names(const sent *sent, duet__disposition *disposition)
{
    int status = 0;

    if (duet__text_equal_ignoring_case(sent->type, DUET__TEXT("form-data")))
        status =
            read_name(&sent->extended_name, &sent->name, &disposition->name);
    if (status == 0)
        status = read_name(&sent->extended_filename, &sent->filename,
                           &disposition->filename);
    if (status == 0 && disposition->filename != NULL)
        status = strip_folders(disposition->filename);
    return status;
}

int duet__disposition_read(duet__text value, duet__disposition *disposition)
{
    sent sent = {0};
    int status;

    *disposition = (duet__disposition){0};
    status = split(value, &sent);
    if (status == 0)
        status = read_names(&sent, disposition);
    if (status != 0)
        duet__disposition_free(disposition);
    return status;
}

void duet__disposition_free(duet__disposition *disposition)
{
    free(disposition->name);
    free(disposition->filename);
    *disposition = (duet__disposition){0};
}

/* --- writing ------------------------------------------------------------- */

/* Must a backslash at `at` be doubled, as it would be read as an escape? A
 * quote behind it becomes %22. */
static bool is_read_as_escape(duet__text name, size_t at)
{
    bool is_last = at + 1 == name.length;

    return is_last || (at > 0 && name.bytes[at - 1] == '\\') ||
           (name.bytes[at + 1] != '"' &&
            duet__field_parameter_escapes(name, at));
}

static duet__text escaped(duet__text name, size_t at)
{
    switch (name.bytes[at]) {
    case '"':
        return DUET__TEXT("%22");
    case '\r':
        return DUET__TEXT("%0D");
    case '\n':
        return DUET__TEXT("%0A");
    case '\\':
        if (is_read_as_escape(name, at))
            return DUET__TEXT("\\\\");
        break;
    default:
        break;
    }
    return duet__text_of(name.bytes + at, 1);
}

static int write_quoted(duet__buffer *buffer, duet__text name)
{
    int status = duet__buffer_append(buffer, "\"", 1);

    for (size_t i = 0; i < name.length && status == 0; i++) {
        duet__text bytes = escaped(name, i);

        if (duet__field_value_flaw(bytes) < bytes.length)
            return duet__fail(DUET_EFIELD,
                              "the name \"%.*s\" of a part of a form has the "
                              "control character 0x%02x",
                              DUET__TEXT_ARGUMENTS(name),
                              (unsigned char)name.bytes[i]);
        status = duet__buffer_append_text(buffer, bytes);
    }
    return status != 0 ? status : duet__buffer_append(buffer, "\"", 1);
}

int duet__disposition_write(duet__buffer *buffer, duet__text name,
                            const duet__text *filename)
{
    int status =
        duet__buffer_append_text(buffer, DUET__TEXT("form-data; name="));

    if (status == 0)
        status = write_quoted(buffer, name);
    if (status != 0 || filename == NULL)
        return status;
    status = duet__buffer_append_text(buffer, DUET__TEXT("; filename="));
    return status != 0 ? status : write_quoted(buffer, *filename);
}
