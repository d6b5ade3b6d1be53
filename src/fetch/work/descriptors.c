/* SPDX-License-Identifier: MIT */
/* descriptors.c - computes numbers of descriptors from the options. Owns
 * nothing. */
#include "fetch/work/descriptors.h"

enum {
    KEPT_FOR_EACH = 4,
    KEPT_MAX = 256,
    SESSION_KEPT_MAX = 10000,
    OTHER_DESCRIPTORS = 24, /* the loop, signals, name servers */
};

/* Some more than are in use, for input that alternates between hosts.
 */
int64_t duet__fetch_kept_max(int64_t at_once)
{
    if (at_once >= KEPT_MAX)
        return at_once < SESSION_KEPT_MAX ? at_once : SESSION_KEPT_MAX;
    return at_once * KEPT_FOR_EACH < KEPT_MAX ? at_once * KEPT_FOR_EACH
                                              : KEPT_MAX;
}

int64_t duet__fetcher_descriptors(const duet__fetcher_options *options)
{
    int64_t files = options->directory != NULL ? options->at_once : 0;
    int64_t kept = duet__fetch_kept_max(options->at_once);
    int64_t connections = kept > options->at_once ? kept : options->at_once;

    return connections + files + OTHER_DESCRIPTORS;
}
