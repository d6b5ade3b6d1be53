/* SPDX-License-Identifier: MIT */
/* compressible.c - a list of media types. Owns nothing.
 *
 * Source: the types that mime-db marks as compressible, and those that
 * Cloudflare compresses. */
#include "http/body/compressible.h"

/* Besides text/ and the suffixes. */
static const char *const types[] = {
    "application/ecmascript",
    "application/graphql",
    "application/javascript",
    "application/json",
    "application/json5",
    "application/jsonl",
    "application/ndjson",
    "application/rtf",
    "application/sql",
    "application/toml",
    "application/vnd.ms-fontobject",
    "application/vnd.ms-opentype",
    "application/wasm",
    "application/x-ecmascript",
    "application/x-font-ttf",
    "application/x-httpd-php",
    "application/x-javascript",
    "application/x-json",
    "application/x-ndjson",
    "application/x-sh",
    "application/x-sql",
    "application/x-tar",
    "application/x-www-form-urlencoded",
    "application/x-yaml",
    "application/xml",
    "application/yaml",
    "font/collection",
    "font/otf",
    "font/sfnt",
    "font/ttf",
    "image/bmp",
    "image/vnd.microsoft.icon",
    "image/x-icon",
    "image/x-ms-bmp",
    "message/http",
    "message/rfc822",
};

static const char *const suffixes[] = {"+json", "+text", "+xml", "+yaml"};

static bool ends_with(duet__text text, duet__text end)
{
    return text.length >= end.length &&
           duet__text_equal_ignoring_case(
               duet__text_skip(text, text.length - end.length), end);
}

bool duet__is_compressible(duet__text content_type)
{
    duet__text type = duet__text_trim(duet__text_cut(&content_type, ';'));
    duet__text start = type;

    if (duet__text_equal_ignoring_case(type, DUET__TEXT("text/event-stream")))
        return false;
    start.length = start.length > 5 ? 5 : start.length;
    if (duet__text_equal_ignoring_case(start, DUET__TEXT("text/")))
        return true;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (ends_with(type, duet__text_from(suffixes[i])))
            return true;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (duet__text_equal_ignoring_case(type, duet__text_from(types[i])))
            return true;
    return false;
}
