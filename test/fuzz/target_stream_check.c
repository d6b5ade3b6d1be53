/* SPDX-License-Identifier: MIT */
/* A stream of requests, in one piece and in many: the first byte says how it is
 * cut. */
#include "fuzz/fuzz.h"

#include "http/message/stream_check.h"

static const duet__stream_limits limits = {
    .line_max = 300, .field_max = 400, .head_max = 1000, .line_cost = 64};

typedef struct passed {
    duet__stream stream;
    char *bytes; /* without blanks, which may have moved or gone; owned */
    size_t length;
} passed;

static void add(passed *passed, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != ' ' && bytes[i] != '\t')
            passed->bytes[passed->length++] = bytes[i];
}

/* The pieces are in memory of just their size. */
static passed pass(duet__text text, uint8_t cut)
{
    passed passed = {.bytes = fuzz_string(text)};
    uint32_t random = cut;

    while (text.length > 0 && passed.stream.flaw == 0) {
        size_t length = text.length;
        char *piece;
        size_t count;

        random = random * 1664525 + 1013904223;
        if (cut != 0 && (random >> 16) % 64 + 1 < length)
            length = (random >> 16) % (cut % 64 + 1) + 1;
        if (length > text.length)
            length = text.length;
        piece = malloc(length);
        FUZZ_CHECK(piece != NULL);
        memcpy(piece, text.bytes, length);
        count = duet__stream_check(&passed.stream, &limits, piece, length);
        FUZZ_CHECK(count <= length);
        add(&passed, piece, count);
        free(piece);
        text = duet__text_skip(text, length);
    }
    FUZZ_CHECK(passed.stream.flaw == 0 || passed.stream.reason != NULL);
    return passed;
}

static bool starts_alike(const passed *whole, const passed *parts)
{
    size_t length =
        whole->length < parts->length ? whole->length : parts->length;

    return memcmp(whole->bytes, parts->bytes, length) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    duet__text text = fuzz_text(bytes, length);
    uint8_t cut = fuzz_byte(&text);
    passed whole = pass(text, 0);
    passed parts = pass(text, cut);

    /* A flawed line may have passed in part, and may have two flaws. */
    FUZZ_CHECK((whole.stream.flaw == 0) == (parts.stream.flaw == 0));
    FUZZ_CHECK(whole.stream.lines == parts.stream.lines);
    FUZZ_CHECK(whole.stream.state == parts.stream.state);
    FUZZ_CHECK(starts_alike(&whole, &parts));
    FUZZ_CHECK(strcmp(whole.stream.method, parts.stream.method) == 0);
    if (whole.stream.flaw == 0) {
        FUZZ_CHECK(whole.length == parts.length);
        FUZZ_CHECK(whole.stream.left == parts.stream.left);
        FUZZ_CHECK(whole.stream.excess == parts.stream.excess);
        FUZZ_CHECK(whole.stream.head_length == parts.stream.head_length);
    }
    free(whole.bytes);
    free(parts.bytes);
    return 0;
}
