/* SPDX-License-Identifier: MIT */
#include "http/body/compressible.h"

#include "support/test.h"

static void text_of_all_kinds_is_compressible(void **state)
{
    static const char *const types[] = {
        "text/html",
        "text/plain; charset=utf-8",
        "Text/CSS",
        " text/csv ",
        "application/json",
        "Application/JSON;charset=utf-8",
        "application/problem+json",
        "application/atom+xml; type=feed",
        "application/xml",
        "application/javascript",
        "application/wasm",
        "application/x-www-form-urlencoded",
        "image/svg+xml",
        "IMAGE/SVG+XML",
        "image/x-icon",
        "font/ttf",
    };

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        assert_true(duet__is_compressible(duet__text_from(types[i])));
}

static void compressed_and_unknown_types_are_not(void **state)
{
    static const char *const types[] = {
        "",
        "text",
        "text;/html",
        "json",
        "application/octet-stream",
        "application/zip",
        "application/gzip",
        "application/jsonx",
        "application/pdf",
        "image/png",
        "image/jpeg",
        "video/mp4",
        "audio/ogg",
        "font/woff2",
        "multipart/form-data; boundary=text/html",
        "text/event-stream",
        "Text/Event-Stream; charset=utf-8",
    };

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        assert_false(duet__is_compressible(duet__text_from(types[i])));
}

TEST_MAIN(test(text_of_all_kinds_is_compressible),
          test(compressed_and_unknown_types_are_not))
