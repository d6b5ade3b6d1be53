/* SPDX-License-Identifier: MIT */
/* Any bytes, decoded in two ways, and encoded and decoded again. */
#include "fuzz/fuzz.h"

#include "base/byte_class.h"
#include "http/url/percent.h"

static void check_encoded(duet__text text)
{
    duet__buffer buffer;
    duet__text encoded;
    char *decoded;

    duet__buffer_init(&buffer, 3 * text.length + 1);
    FUZZ_CHECK(duet__percent_encode(&buffer, text, DUET__BYTE_UNRESERVED) == 0);
    encoded = duet__buffer_text(&buffer);
    FUZZ_CHECK(duet__percent_is_valid(encoded));
    decoded = fuzz_string(encoded);
    FUZZ_CHECK(duet__text_equal(
        text, duet__text_of(decoded, duet__percent_decode(
                                         duet__text_of(decoded, encoded.length),
                                         decoded))));
    duet__buffer_free(&buffer);
    free(decoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    duet__text text = fuzz_text(bytes, length), rest = text;
    char *decoded = fuzz_string(text);
    size_t count = duet__percent_decode(text, decoded);

    FUZZ_CHECK(count <= length);
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(duet__percent_next(&rest) == (uint8_t)decoded[i]);
    FUZZ_CHECK(duet__percent_next(&rest) == -1);
    free(decoded);
    check_encoded(text);
    return 0;
}
