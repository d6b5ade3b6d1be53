/* SPDX-License-Identifier: MIT */
/* fetch_options.h - the command-line options of `duet fetch`. */
#ifndef DUET_TOOL_FETCH_OPTIONS_H
#define DUET_TOOL_FETCH_OPTIONS_H

#include <stdbool.h>

#include <duet/export.h>
#include <duet/fields.h>

#include "fetch/work/fetcher.h"
#include "fetch/input/input.h"

typedef struct duet__fetch_options {
    duet__fetcher_options fetcher; /* progress: standard error, or -1 */
    duet__input input;
    duet_fields *headers;
    bool is_quiet; /* no summary */
    bool wants_help;
} duet__fetch_options;

/* Reads the arguments after "duet fetch" and opens the input.
 *
 *   arguments  borrowed until duet__fetch_options_free()
 *   options    set, also on failure; to be freed in any case
 *
 * Returns 0, or an error with a detail for the user. */
DUET_MUST_USE int duet__fetch_options_read(int count, char *const *arguments,
                                           duet__fetch_options *options);

void duet__fetch_options_free(duet__fetch_options *options);

#endif
