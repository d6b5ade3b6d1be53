/* SPDX-License-Identifier: MIT */
/* Two patterns and a path, a line each. */
#include "fuzz/fuzz.h"

#include "http/url/path_pattern.h"

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static bool check_match(const duet__path_pattern *pattern, duet__text path)
{
    duet__path_captures captures;

    FUZZ_CHECK(duet__path_pattern_compare(pattern, pattern) == 0);
    if (!duet__path_pattern_match(pattern, path, &captures))
        return false;
    FUZZ_CHECK(captures.count == duet__path_pattern_capture_count(pattern));
    for (size_t i = 0; i < captures.count; i++) {
        duet__text value = captures.values[i];

        FUZZ_CHECK(duet__path_pattern_capture_name(pattern, i)[0] != '\0');
        FUZZ_CHECK(value.length == 0 ||
                   (value.bytes >= path.bytes &&
                    value.bytes + value.length <= path.bytes + path.length));
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    duet__text path = fuzz_text(bytes, length);
    char *one = fuzz_string(duet__text_cut(&path, '\n'));
    char *other = fuzz_string(duet__text_cut(&path, '\n'));
    duet__path_pattern *a, *b = NULL;

    if (duet__path_pattern_compile(one, &a) == 0) {
        bool matches = check_match(a, path);

        if (duet__path_pattern_compile(other, &b) == 0) {
            int order = duet__path_pattern_compare(a, b);

            FUZZ_CHECK(sign(order) == -sign(duet__path_pattern_compare(b, a)));
            FUZZ_CHECK(check_match(b, path) == matches || order != 0);
        }
    }
    duet__path_pattern_free(a);
    duet__path_pattern_free(b);
    free(one);
    free(other);
    return 0;
}
