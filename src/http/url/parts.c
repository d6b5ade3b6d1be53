/* SPDX-License-Identifier: MIT */
/* parts.c - splitting references and walking paths (RFC 3986 3 and 5.2).
 * Owns nothing. */
#include "http/url/url.h"

#include "base/error.h"
#include "http/url/parts.h"

/* scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ), RFC 3986 3.1 */
static bool is_scheme(duet__text text)
{
    if (text.length == 0 || !duet__ascii_is_letter(text.bytes[0]))
        return false;
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.bytes[i];

        if (!duet__ascii_is_letter(byte) && !duet__ascii_is_digit(byte) &&
            byte != '+' && byte != '-' && byte != '.')
            return false;
    }
    return true;
}

/* Cuts `*text` at the first `mark` and returns what follows it. */
static duet__text cut_tail(duet__text *text, char mark)
{
    duet__text tail = *text;

    *text = duet__text_cut(&tail, mark);
    return tail;
}

duet__url_parts duet__url_split(duet__text text)
{
    duet__url_parts parts = {0};
    duet__text before;

    parts.fragment = cut_tail(&text, '#');
    parts.query = cut_tail(&text, '?');
    before = duet__text_of(text.bytes, duet__text_find(text, ':'));
    if (before.length < text.length && is_scheme(before)) {
        parts.scheme = before;
        text = duet__text_skip(text, before.length + 1);
    }
    if (duet__text_starts_with(text, DUET__TEXT("//"))) {
        text = duet__text_skip(text, 2);
        parts.authority = duet__text_of(text.bytes, duet__text_find(text, '/'));
        text = duet__text_skip(text, parts.authority.length);
    }
    parts.path = text;
    return parts;
}

/* Removes the last segment and the '/' before it from the bytes from
 * `start`. */
static void drop_segment(duet__buffer *buffer, size_t start)
{
    while (buffer->length > start && buffer->bytes[--buffer->length] != '/')
        ;
}

int duet__url_append_path(duet__buffer *buffer, duet__text path)
{
    size_t start = buffer->length;
    int status = 0;

    if (path.length > 0 && path.bytes[0] == '/')
        path = duet__text_skip(path, 1);
    if (path.length == 0)
        return duet__buffer_append(buffer, "/", 1);
    while (path.bytes != NULL && status == 0) {
        duet__text segment = duet__text_cut(&path, '/');
        bool is_dot = duet__text_equal(segment, DUET__TEXT("."));
        bool is_up = duet__text_equal(segment, DUET__TEXT(".."));

        if (is_up)
            drop_segment(buffer, start);
        if (is_up || is_dot) {
            /* at the end of the path, the '/' before it stays */
            if (path.bytes == NULL)
                status = duet__buffer_append(buffer, "/", 1);
            continue;
        }
        status = duet__buffer_append(buffer, "/", 1);
        if (status == 0)
            status = duet__buffer_append_text(buffer, segment);
    }
    return status;
}
