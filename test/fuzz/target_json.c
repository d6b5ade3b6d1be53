/* SPDX-License-Identifier: MIT */
/* JSON that comes within a limit of depth is that deep and no deeper, and is
 * written as deep as it was read. */
#include "fuzz/fuzz.h"

#include <jansson.h>

#include "http/body/json.h"

enum { DEPTH = 5 };

/* What is deeper than DEPTH + 2 is too deep whatever it is. */
static size_t depth_of(const json_t *json, int levels)
{
    size_t deepest = 0;
    void *iterator = json_object_iter((json_t *)(uintptr_t)json);

    if (levels == 0 || (!json_is_array(json) && !json_is_object(json)))
        return 0;
    for (size_t i = 0; i < json_array_size(json); i++) {
        size_t depth = depth_of(json_array_get(json, i), levels - 1);

        deepest = depth > deepest ? depth : deepest;
    }
    for (; iterator != NULL; iterator = json_object_iter_next(
                                 (json_t *)(uintptr_t)json, iterator)) {
        size_t depth = depth_of(json_object_iter_value(iterator), levels - 1);

        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const duet__json_limits limits = {.depth_max = DEPTH};
    const duet__json_limits shallower = {.depth_max = DEPTH - 1};
    duet__buffer buffer;
    json_t *json;
    json_t *again;
    size_t depth;

    if (duet__json_read(fuzz_text(bytes, length), &limits, &json) != 0) {
        /* Refused for its depth alone: it is deeper indeed. */
        json = json_loadb((const char *)bytes, length,
                          JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
        FUZZ_CHECK(json == NULL || depth_of(json, DEPTH + 2) > DEPTH);
        duet__json_free(json);
        return 0;
    }
    depth = depth_of(json, DEPTH + 2);
    FUZZ_CHECK(depth <= DEPTH);
    duet__buffer_init(&buffer, SIZE_MAX);
    FUZZ_CHECK(duet__json_write(&buffer, json, &limits) == 0);
    FUZZ_CHECK(duet__json_read(duet__buffer_text(&buffer), &limits, &again) ==
               0);
    FUZZ_CHECK(json_equal(json, again));
    duet__buffer_reset(&buffer);
    FUZZ_CHECK((duet__json_write(&buffer, json, &shallower) == 0) ==
               (depth < DEPTH));
    duet__buffer_free(&buffer);
    duet__json_free(again);
    duet__json_free(json);
    return 0;
}
