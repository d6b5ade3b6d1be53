/* SPDX-License-Identifier: MIT */
/* text.h - borrowed bytes, as (pointer, length).
 *
 * A duet__text is borrowed and needs no NUL at its end; it may hold any byte.
 * ASCII rules only, independent of the locale. */
#ifndef DUET_BASE_TEXT_H
#define DUET_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct duet__text {
    const char *bytes; /* may be NULL while length is 0 */
    size_t length;
} duet__text;

/* The text of a string literal. */
#define DUET__TEXT(literal)                                                    \
    ((duet__text){.bytes = "" literal, .length = sizeof(literal) - 1})

/* For printf: "%.*s", DUET__TEXT_ARGUMENTS(text). */
#define DUET__TEXT_ARGUMENTS(text)                                             \
    ((text).length > 200 ? 200 : (int)(text).length),                          \
        ((text).bytes != NULL ? (text).bytes : "")

static inline duet__text duet__text_of(const char *bytes, size_t length)
{
    return (duet__text){.bytes = bytes, .length = length};
}

/* The text of a NUL-terminated string; NULL gives the empty text. */
static inline duet__text duet__text_from(const char *string)
{
    return duet__text_of(string, string != NULL ? strlen(string) : 0);
}

/* The text without its first `count` bytes (at most all of them). */
static inline duet__text duet__text_skip(duet__text text, size_t count)
{
    if (count >= text.length)
        return duet__text_of(text.bytes, 0);
    return duet__text_of(text.bytes + count, text.length - count);
}

static inline char duet__ascii_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
}

static inline bool duet__ascii_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static inline bool duet__ascii_is_letter(char byte)
{
    char lower = duet__ascii_lower(byte);

    return lower >= 'a' && lower <= 'z';
}

/* The value of a hexadecimal digit, -1 for any other byte. */
int duet__ascii_hex_value(char byte);

static inline bool duet__text_equal(duet__text a, duet__text b)
{
    return a.length == b.length &&
           (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

/* ASCII letters compare without regard to case; all other bytes must be
 * equal. */
bool duet__text_equal_ignoring_case(duet__text a, duet__text b);

static inline bool duet__text_starts_with(duet__text text, duet__text prefix)
{
    return text.length >= prefix.length &&
           duet__text_equal(duet__text_of(text.bytes, prefix.length), prefix);
}

/* The index of the first `byte`; text.length if there is none. */
size_t duet__text_find(duet__text text, char byte);

/* The text without spaces and tabs at both ends (OWS, RFC 9110 5.6.3). */
duet__text duet__text_trim(duet__text text);

/* Cuts the bytes before the first `separator` off `*rest` and returns them; the
 * separator is dropped. Without a separator all of `*rest` is returned and
 * `*rest` becomes a text whose bytes are NULL, which ends a loop. */
duet__text duet__text_cut(duet__text *rest, char separator);

/* Reads a number that consists of decimal digits only.
 *
 * Returns true and sets *number; false, with *number untouched, if `text` is
 * empty, has another byte ("+5", "0x5", " 5") or is above `maximum`. Leading
 * zeros are accepted. */
bool duet__text_to_number(duet__text text, uint64_t maximum, uint64_t *number);

/* Is `text` one or more decimal digits? */
bool duet__text_is_digits(duet__text text);

/* Is `text` a token: one or more tchar (RFC 9110 5.6.2)? */
bool duet__text_is_token(duet__text text);

#endif
