/* SPDX-License-Identifier: MIT */
/* path_pattern.h - "/users/{id}/files/{rest*}" and the paths that match it.
 *
 * A pattern is a list of segments, the parts between slashes. A path is split
 * at its slashes before anything in it is decoded, so "%2F" never separates.
 *
 *   users    matches the segment that is "users" once decoded
 *   {id}     matches one segment that is not empty, and captures it
 *   {rest*}  only at the end: matches the whole rest, including slashes, also
 *            an empty one ("/files/"), and captures it; it never matches a rest
 *            with an escaped slash, which would become a separator when decoded
 *
 * "/a" and "/a/" are two patterns. duet__path_pattern_compare() decides which
 * of several matching patterns wins: from the left, a fixed segment wins over a
 * captured one.
 */
#ifndef DUET_HTTP_URL_PATH_PATTERN_H
#define DUET_HTTP_URL_PATH_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>

#include "base/text.h"

enum {
    DUET__PATH_SEGMENTS_MAX = 64,
    DUET__PATH_CAPTURES_MAX = 16,
};

typedef struct duet__path_pattern duet__path_pattern;

/* What one match captured, in the order of the pattern. The texts are parts of
 * the path and not decoded yet: duet__percent_decode() writes at most as many
 * bytes. */
typedef struct duet__path_captures {
    size_t count;
    duet__text values[DUET__PATH_CAPTURES_MAX];
} duet__path_captures;

/* Compiles a pattern.
 *
 *   text     copied; NUL-terminated
 *   pattern  returned-owned (duet__path_pattern_free), NULL on failure
 *
 * Returns 0, or
 *   DUET_EROUTE  the detail says what is wrong: it does not start with '/', has
 *                an empty segment before its end, a '{' or '}' that is not
 *                around a whole segment, a name that is not an identifier or
 *                occurs twice, "*}" before the end, a '%' that escapes nothing,
 *                a character that no path has ('?', '#', controls), or is
 *                longer than the limits above
 *   DUET_ENOMEM  out of memory */
DUET_MUST_USE int duet__path_pattern_compile(const char *text,
                                             duet__path_pattern **pattern);

/* NULL does nothing. */
void duet__path_pattern_free(duet__path_pattern *pattern);

/* The text that was compiled; borrowed until the pattern is freed. */
const char *duet__path_pattern_text(const duet__path_pattern *pattern);

/* Does `path`, not decoded and without query, match?
 *
 *   captures  set on success; its texts are borrowed from `path` */
bool duet__path_pattern_match(const duet__path_pattern *pattern,
                              duet__text path, duet__path_captures *captures);

/* How many captures a match has. */
size_t duet__path_pattern_capture_count(const duet__path_pattern *pattern);

/* The name of capture `index`, borrowed until the pattern is freed. */
const char *duet__path_pattern_capture_name(const duet__path_pattern *pattern,
                                            size_t index);

/* The order of two patterns, also for qsort(): negative if `a` is to be tried
 * before `b`; 0 if both match the same paths, which is a conflict. */
int duet__path_pattern_compare(const duet__path_pattern *a,
                               const duet__path_pattern *b);

#endif
