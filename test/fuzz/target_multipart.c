/* SPDX-License-Identifier: MIT */
/* A multipart body, in one piece and in many: the first byte says how it is
 * cut. */
#include "fuzz/fuzz.h"

#include <duet/error.h>

#include "http/body/multipart.h"

static const duet__multipart_limits limits = {.parts_max = 5,
                                              .fields_max = 3,
                                              .head_bytes_max = 200,
                                              .part_bytes_max = SIZE_MAX,
                                              .outside_bytes_max = 100};

typedef struct told {
    duet__buffer content; /* of all parts, with a NUL before and after each */
    size_t parts;
    int status;
} told;

static void give(duet__multipart_parser *parser, told *told, duet__text piece)
{
    duet__multipart_event event;
    duet__text bytes;

    for (;;) {
        size_t length = piece.length;

        told->status =
            duet__multipart_parser_next(parser, &piece, &event, &bytes);
        if (told->status != 0)
            return;
        FUZZ_CHECK(piece.length <= length);
        if (event == DUET__MULTIPART_MORE)
            break;
        if (event == DUET__MULTIPART_HEAD)
            FUZZ_CHECK(duet_fields_count(parser->fields) <= 3);
        else
            told->parts += event == DUET__MULTIPART_PART_END;
        if (event != DUET__MULTIPART_BYTES)
            bytes = duet__text_of("", 1);
        FUZZ_CHECK(bytes.length > 0);
        FUZZ_CHECK(duet__buffer_append_text(&told->content, bytes) == 0);
    }
    FUZZ_CHECK(piece.length == 0);
}

/* The pieces are in memory of just their size. */
static told tell(duet__text text, uint8_t cut)
{
    const duet__boundary boundary = {.bytes = "AaB", .length = 3};
    duet__multipart_parser parser;
    told told = {0};
    uint32_t random = cut;

    duet__buffer_init(&told.content, SIZE_MAX);
    duet__multipart_parser_init(&parser, &boundary, &limits);
    while (text.length > 0 && told.status == 0) {
        size_t length = text.length;
        char *piece;

        random = random * 1664525 + 1013904223;
        if (cut != 0 && (random >> 16) % (cut % 64 + 1) + 1 < length)
            length = (random >> 16) % (cut % 64 + 1) + 1;
        piece = malloc(length);
        FUZZ_CHECK(piece != NULL);
        memcpy(piece, text.bytes, length);
        give(&parser, &told, duet__text_of(piece, length));
        free(piece);
        text = duet__text_skip(text, length);
    }
    if (told.status == 0)
        told.status = duet__multipart_parser_finish(&parser);
    FUZZ_CHECK(told.parts <= 5);
    duet__multipart_parser_free(&parser);
    return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    duet__text text = fuzz_text(bytes, length);
    uint8_t cut = fuzz_byte(&text);
    told whole = tell(text, 0);
    told parts = tell(text, cut);

    FUZZ_CHECK(whole.status == parts.status);
    FUZZ_CHECK(whole.parts == parts.parts);
    /* Content is at most what was sent, and the marks around it. */
    FUZZ_CHECK(whole.content.length <= text.length);
    if (whole.status != DUET_ETOOLARGE)
        FUZZ_CHECK(duet__text_equal(duet__buffer_text(&whole.content),
                                    duet__buffer_text(&parts.content)));
    duet__buffer_free(&whole.content);
    duet__buffer_free(&parts.content);
    return 0;
}
