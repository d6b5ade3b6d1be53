/* SPDX-License-Identifier: MIT */
/* A query, read, written and read again. */
#include "fuzz/fuzz.h"

#include <duet/query.h>

static void check_equal(const duet_query *a, const duet_query *b)
{
    duet_query_parameter one, other;
    size_t place = 0, other_place = 0, count = 0;

    while (duet_query_next(a, &place, &one)) {
        FUZZ_CHECK(duet_query_next(b, &other_place, &other));
        FUZZ_CHECK(
            duet__text_equal(duet__text_of(one.name, one.name_length),
                             duet__text_of(other.name, other.name_length)));
        FUZZ_CHECK(
            duet__text_equal(duet__text_of(one.value, one.value_length),
                             duet__text_of(other.value, other.value_length)));
        FUZZ_CHECK(one.value[one.value_length] == '\0');
        count++;
    }
    FUZZ_CHECK(count == duet_query_count(a) && count == duet_query_count(b));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    duet_query_options few = {.count_max = 3, .bytes_max = 20};
    duet_query *query, *again;
    char *text;

    if (duet_query_parse((const char *)bytes, length, NULL, &query) == 0) {
        FUZZ_CHECK(duet_query_text(query, &text) == 0);
        FUZZ_CHECK(duet_query_parse(text, strlen(text), NULL, &again) == 0);
        check_equal(query, again);
        duet_query_free(again);
        free(text);
    }
    duet_query_free(query);
    if (duet_query_parse((const char *)bytes, length, &few, &query) == 0)
        FUZZ_CHECK(duet_query_count(query) <= 3);
    duet_query_free(query);
    return 0;
}
