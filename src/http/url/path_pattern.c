/* SPDX-License-Identifier: MIT */
/* path_pattern.c - patterns compiled to segments, and matched one by one.
 *
 * A pattern owns its text and a second copy of it, which the segments point
 * into: a fixed segment is decoded there in place, and a capture's name ends
 * with a NUL there. */
#include "http/url/path_pattern.h"

#include <stdlib.h>

#include "base/error.h"
#include "http/url/percent.h"

/* In order of precedence. */
typedef enum segment_kind { FIXED, CAPTURE, REST } segment_kind;

typedef struct segment {
    segment_kind kind;
    duet__text text; /* fixed: decoded bytes; else the name of the capture */
} segment;

struct duet__path_pattern {
    char *text;
    char *bytes; /* what the segments point into */
    size_t count;
    size_t capture_count;
    segment segments[DUET__PATH_SEGMENTS_MAX];
};

static int fail(const duet__path_pattern *pattern, const char *flaw)
{
    return duet__fail(DUET_EROUTE, "route \"%.100s\" %s", pattern->text, flaw);
}

static bool is_identifier(duet__text name)
{
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.bytes[i];

        if (!duet__ascii_is_letter(byte) && byte != '_' &&
            (i == 0 || !duet__ascii_is_digit(byte)))
            return false;
    }
    return name.length > 0;
}

static bool has_capture(const duet__path_pattern *pattern, duet__text name)
{
    for (size_t i = 0; i < pattern->count; i++) {
        if (pattern->segments[i].kind != FIXED &&
            duet__text_equal(pattern->segments[i].text, name))
            return true;
    }
    return false;
}

/* `text` is "{name}" or "{name*}" and lies in pattern->bytes. */
static int add_capture(duet__path_pattern *pattern, duet__text text,
                       bool is_last)
{
    duet__text name = duet__text_of(text.bytes + 1, text.length - 2);
    bool is_rest = name.length > 0 && name.bytes[name.length - 1] == '*';

    if (is_rest)
        name.length--;
    if (!is_identifier(name))
        return fail(pattern, "has a capture whose name is not made of letters, "
                             "digits and '_'");
    if (is_rest && !is_last)
        return fail(pattern, "has segments behind \"*}\"");
    if (has_capture(pattern, name))
        return fail(pattern, "captures one name twice");
    if (pattern->capture_count == DUET__PATH_CAPTURES_MAX)
        return fail(pattern, "has too many captures");
    pattern->bytes[name.bytes + name.length - pattern->bytes] = '\0';
    pattern->segments[pattern->count++] =
        (segment){is_rest ? REST : CAPTURE, name};
    pattern->capture_count++;
    return 0;
}

static int add_fixed(duet__path_pattern *pattern, duet__text text)
{
    char *place = pattern->bytes + (text.bytes - pattern->bytes);

    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];

        if (byte == '{' || byte == '}')
            return fail(pattern, "has a '{' or '}' that is not around a whole "
                                 "segment");
        if (byte <= 0x20 || byte == 0x7f || byte == '?' || byte == '#')
            return fail(pattern, "has a character that no path has");
    }
    if (!duet__percent_is_valid(text))
        return fail(pattern, "has a '%' that escapes nothing");
    text.length = duet__percent_decode(text, place);
    pattern->segments[pattern->count++] = (segment){FIXED, text};
    return 0;
}

static int add_segment(duet__path_pattern *pattern, duet__text text,
                       bool is_last)
{
    if (pattern->count == DUET__PATH_SEGMENTS_MAX)
        return fail(pattern, "has too many segments");
    if (text.length == 0 && !is_last)
        return fail(pattern, "has an empty segment");
    if (text.length >= 2 && text.bytes[0] == '{' &&
        text.bytes[text.length - 1] == '}')
        return add_capture(pattern, text, is_last);
    return add_fixed(pattern, text);
}

static int compile(duet__path_pattern *pattern)
{
    duet__text rest = duet__text_from(pattern->bytes);
    int status = 0;

    if (rest.length == 0 || rest.bytes[0] != '/')
        return fail(pattern, "does not start with '/'");
    rest = duet__text_skip(rest, 1);
    while (rest.bytes != NULL && status == 0) {
        duet__text text = duet__text_cut(&rest, '/');

        status = add_segment(pattern, text, rest.bytes == NULL);
    }
    return status;
}

int duet__path_pattern_compile(const char *text, duet__path_pattern **pattern)
{
    duet__path_pattern *made = calloc(1, sizeof *made);
    int status = DUET_ENOMEM;

    *pattern = NULL;
    if (made == NULL)
        return DUET_ENOMEM;
    made->text = strdup(text);
    made->bytes = strdup(text);
    if (made->text != NULL && made->bytes != NULL)
        status = compile(made);
    if (status == 0)
        *pattern = made;
    else
        duet__path_pattern_free(made);
    return status;
}

void duet__path_pattern_free(duet__path_pattern *pattern)
{
    if (pattern == NULL)
        return;
    free(pattern->text);
    free(pattern->bytes);
    free(pattern);
}

const char *duet__path_pattern_text(const duet__path_pattern *pattern)
{
    return pattern->text;
}

/* Is `raw` the same as `fixed` once it is decoded? */
static bool equals_decoded(duet__text raw, duet__text fixed)
{
    for (size_t i = 0; i < fixed.length; i++) {
        if (duet__percent_next(&raw) != (unsigned char)fixed.bytes[i])
            return false;
    }
    return raw.length == 0;
}

static bool has_escaped_slash(duet__text raw)
{
    for (; raw.length >= 3; raw = duet__text_skip(raw, 1)) {
        if (duet__text_equal_ignoring_case(duet__text_of(raw.bytes, 3),
                                           DUET__TEXT("%2F")))
            return true;
    }
    return false;
}

bool duet__path_pattern_match(const duet__path_pattern *pattern,
                              duet__text path, duet__path_captures *captures)
{
    duet__path_captures found;

    found.count = 0;
    if (path.length == 0 || path.bytes[0] != '/')
        return false;
    path = duet__text_skip(path, 1);
    for (size_t i = 0; i < pattern->count; i++) {
        const segment *segment = &pattern->segments[i];
        duet__text raw = path;

        if (path.bytes == NULL)
            return false;
        if (segment->kind == REST)
            path.bytes = NULL;
        else
            raw = duet__text_cut(&path, '/');
        if (segment->kind == FIXED && !equals_decoded(raw, segment->text))
            return false;
        if ((segment->kind == CAPTURE && raw.length == 0) ||
            (segment->kind == REST && has_escaped_slash(raw)))
            return false;
        if (segment->kind != FIXED)
            found.values[found.count++] = raw;
    }
    if (path.bytes != NULL)
        return false;
    captures->count = found.count;
    memcpy(captures->values, found.values,
           found.count * sizeof found.values[0]);
    return true;
}

size_t duet__path_pattern_capture_count(const duet__path_pattern *pattern)
{
    return pattern->capture_count;
}

const char *duet__path_pattern_capture_name(const duet__path_pattern *pattern,
                                            size_t index)
{
    for (size_t i = 0; i < pattern->count; i++) {
        if (pattern->segments[i].kind != FIXED && index-- == 0)
            return pattern->segments[i].text.bytes;
    }
    return NULL;
}

static int compare_bytes(duet__text a, duet__text b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter > 0 ? memcmp(a.bytes, b.bytes, shorter) : 0;

    if (order != 0)
        return order;
    return (a.length > b.length) - (a.length < b.length);
}

int duet__path_pattern_compare(const duet__path_pattern *a,
                               const duet__path_pattern *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        const segment *left = &a->segments[i];
        const segment *right = &b->segments[i];
        int order = (int)left->kind - (int)right->kind;

        if (order == 0 && left->kind == FIXED)
            order = compare_bytes(left->text, right->text);
        if (order != 0)
            return order;
    }
    return (a->count < b->count) - (a->count > b->count);
}
