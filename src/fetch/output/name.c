/* SPDX-License-Identifier: MIT */
/* name.c - keeps safe characters and replaces the rest. Owns nothing.
 */
#include "fetch/output/name.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/hash.h"
#include "http/url/url.h"
#include "http/url/parts.h"

enum { READABLE_BYTES_MAX = 150, EXTENSION_BYTES_MAX = 8, MARK_BYTES = 64 };

static bool is_harmless(char byte)
{
    return duet__ascii_is_letter(byte) || duet__ascii_is_digit(byte) ||
           byte == '.' || byte == '-';
}

/* Appends `part` to the `length` bytes of `name`, each run of other bytes as
 * one '_'; returns the new length. */
static size_t append_part(char *name, size_t length, duet__text part)
{
    for (size_t i = 0; i < part.length && length < READABLE_BYTES_MAX; i++) {
        char byte = is_harmless(part.bytes[i]) ? part.bytes[i] : '_';

        if (byte == '_' && length > 0 && name[length - 1] == '_')
            continue;
        name[length++] = byte;
    }
    return length;
}

static duet__text without_user_info(duet__text authority)
{
    while (duet__text_find(authority, '@') < authority.length)
        authority =
            duet__text_skip(authority, duet__text_find(authority, '@') + 1);
    return authority;
}

/* The extension of the path's last segment with its dot, or nothing. */
static duet__text extension_of(duet__text path)
{
    size_t length = 0;

    while (length < path.length && length <= EXTENSION_BYTES_MAX) {
        char byte = path.bytes[path.length - 1 - length];

        if (byte == '.')
            break;
        if (!duet__ascii_is_letter(byte) && !duet__ascii_is_digit(byte))
            return duet__text_of(NULL, 0);
        length++;
    }
    if (length == 0 || length > EXTENSION_BYTES_MAX ||
        length + 1 >= path.length)
        return duet__text_of(NULL, 0);
    if (path.bytes[path.length - length - 2] == '/')
        return duet__text_of(NULL, 0);
    return duet__text_skip(path, path.length - length - 1);
}

/* Is the name up to its first dot reserved for devices on Windows? */
static bool is_reserved(duet__text name)
{
    static const char *const devices[] = {"con", "prn", "aux",
                                          "nul", "com", "lpt"};

    name.length = duet__text_find(name, '.');
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        duet__text start = duet__text_of(name.bytes, 3);
        size_t digits = i < 4 ? 0 : 1;

        if (name.length == 3 + digits &&
            duet__text_equal_ignoring_case(start,
                                           duet__text_from(devices[i])) &&
            (digits == 0 || duet__ascii_is_digit(name.bytes[3])))
            return true;
    }
    return false;
}

void duet__output_name(duet__text url, uint64_t index, unsigned variant,
                       char *name)
{
    const duet__hash_key same_in_each_run = {{0, 0}};
    duet__url_parts parts = duet__url_split(url);
    duet__text extension = extension_of(parts.path);
    duet__text host = without_user_info(parts.authority);
    char mark[MARK_BYTES] = "";
    size_t length = append_part(name, 0, host);

    if (length == 0 || name[0] == '.' || name[0] == '-' ||
        is_reserved(duet__text_of(name, length)))
        length = append_part(name, append_part(name, 0, DUET__TEXT("_")), host);
    if (parts.path.length > 1)
        length = append_part(name, length, parts.path);
    if (parts.query.bytes != NULL) {
        length = append_part(name, length, DUET__TEXT("_"));
        length = append_part(name, length, parts.query);
    }
    if (variant == 1)
        snprintf(mark, sizeof mark, "~%" PRIu64, index);
    else if (variant > 1)
        snprintf(mark, sizeof mark, "~%" PRIu64 ".%u", index, variant);
    snprintf(name + length, DUET__OUTPUT_NAME_BYTES - length,
             "-%016" PRIx64 "%s%.*s", duet__hash(same_in_each_run, url), mark,
             DUET__TEXT_ARGUMENTS(extension));
}
