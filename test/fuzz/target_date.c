/* SPDX-License-Identifier: MIT */
/* A date, behind a byte that chooses the present. */
#include "fuzz/fuzz.h"

#include "http/head/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const int64_t presents[] = {0,
                                       1700000000,
                                       INT64_MIN,
                                       INT64_MAX,
                                       INT64_C(253402300799),
                                       INT64_C(-62135596800)};
    duet__text text = fuzz_text(bytes, length);
    int64_t now = presents[fuzz_byte(&text) % 6], seconds, again;
    char date[DUET__DATE_BYTES];

    if (!duet__date_parse(text, now, &seconds))
        return 0;
    FUZZ_CHECK(seconds >= INT64_C(-62135596800));
    duet__date_format(seconds, date);
    FUZZ_CHECK(strlen(date) == DUET__DATE_BYTES - 1);
    FUZZ_CHECK(duet__date_parse(duet__text_from(date), now, &again));
    FUZZ_CHECK(seconds == again || seconds == INT64_C(253402300800));
    return 0;
}
