/* SPDX-License-Identifier: MIT */
/* A value of Retry-After, behind a byte that chooses the limit. */
#include "fuzz/fuzz.h"

#include "http/head/retry_after.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const int64_t limits[] = {0, 86400, INT64_MAX};
    static const int64_t presents[] = {0, 1700000000, INT64_MIN, INT64_MAX};
    duet__text text = fuzz_text(bytes, length);
    uint8_t choice = fuzz_byte(&text);
    int64_t longest = limits[choice % 3], seconds;

    if (duet__retry_after_parse(text, presents[choice / 3 % 4], longest,
                                &seconds))
        FUZZ_CHECK(seconds >= 0 && seconds <= longest);
    return 0;
}
