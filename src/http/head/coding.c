/* SPDX-License-Identifier: MIT */
/* coding.c - the names of content codings. Owns nothing. */
#include "http/head/coding.h"

static const char *const names[DUET__CODINGS] = {
    [DUET__CODING_IDENTITY] = "identity", [DUET__CODING_GZIP] = "gzip",
    [DUET__CODING_DEFLATE] = "deflate",   [DUET__CODING_BROTLI] = "br",
    [DUET__CODING_ZSTD] = "zstd",
};

bool duet__coding_find(duet__text name, duet__coding *coding)
{
    if (duet__text_equal_ignoring_case(name, DUET__TEXT("x-gzip"))) {
        *coding = DUET__CODING_GZIP;
        return true;
    }
    for (size_t i = 0; i < DUET__CODINGS; i++) {
        if (!duet__text_equal_ignoring_case(name, duet__text_from(names[i])))
            continue;
        *coding = (duet__coding)i;
        return true;
    }
    return false;
}

const char *duet__coding_name(duet__coding coding)
{
    return names[coding];
}
