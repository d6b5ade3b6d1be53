/* SPDX-License-Identifier: MIT */
/* A coded body, in one piece and in many: the first byte says how it is coded
 * and how it is cut. */
#include "fuzz/fuzz.h"

#include <duet/error.h>

#include "base/buffer.h"
#include "http/body/decoder.h"

static const duet__decoder_options options = {.bytes_max = 1 << 20};
static const char *const codings[] = {
    "gzip", "deflate",  "br",         "zstd",
    "",     "gzip, br", "zstd, gzip", "deflate, zstd, br, gzip"};

typedef struct decoded {
    int status;
    duet__buffer bytes;
} decoded;

/* The pieces are in memory of just their size. */
static decoded decode(const char *coding, duet__text text, size_t piece)
{
    decoded decoded = {0};
    duet__decoder *decoder;
    char *fed = NULL;

    duet__buffer_init(&decoded.bytes, SIZE_MAX);
    FUZZ_CHECK(duet__decoder_new(duet__text_from(coding), &options, &decoder) ==
               0);
    while (decoded.status == 0 || decoded.status == DUET_EAGAIN) {
        const char *bytes;
        size_t length;

        decoded.status = duet__decoder_next(decoder, &bytes, &length);
        FUZZ_CHECK(decoded.status == 0 || length == 0);
        FUZZ_CHECK(length <= DUET__DECODER_OUT_BYTES || coding[0] == '\0');
        FUZZ_CHECK(duet__buffer_append(&decoded.bytes, bytes, length) == 0);
        if (decoded.status != DUET_EAGAIN)
            continue;
        free(fed);
        fed = NULL;
        if (text.length == 0) {
            duet__decoder_finish(decoder);
            continue;
        }
        length = text.length < piece ? text.length : piece;
        fed = malloc(length);
        FUZZ_CHECK(fed != NULL);
        memcpy(fed, text.bytes, length);
        duet__decoder_feed(decoder, fed, length);
        text = duet__text_skip(text, length);
    }
    free(fed);
    duet__decoder_free(decoder);
    return decoded;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    duet__text text = fuzz_text(bytes, length);
    uint8_t how = fuzz_byte(&text);
    decoded whole = decode(codings[how % 8], text, SIZE_MAX);
    decoded parts = decode(codings[how % 8], text, how / 8 + 1);
    size_t shorter = whole.bytes.length < parts.bytes.length
                         ? whole.bytes.length
                         : parts.bytes.length;

    /* libzstd checks the size that a frame announces, behind an empty last
     * block, only if it has the whole frame at once. */
    if (strstr(codings[how % 8], "zstd") == NULL)
        FUZZ_CHECK((whole.status == DUET_EEMPTY) ==
                   (parts.status == DUET_EEMPTY));
    FUZZ_CHECK(whole.bytes.length <= options.bytes_max);
    FUZZ_CHECK(shorter == 0 ||
               memcmp(whole.bytes.bytes, parts.bytes.bytes, shorter) == 0);
    if (whole.status == DUET_EEMPTY && parts.status == DUET_EEMPTY)
        FUZZ_CHECK(whole.bytes.length == parts.bytes.length);
    duet__buffer_free(&whole.bytes);
    duet__buffer_free(&parts.bytes);
    return 0;
}
