/* SPDX-License-Identifier: MIT */
#include "support/coded.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/test.h"

coded_sample coded_samples[CODED_SAMPLES] = {
    {.name = "gzip", .codings = "gzip", .copies = 1, .has_checksum = true},
    {.name = "gzip_empty", .codings = "gzip", .has_checksum = true},
    {.name = "gzip_stored",
     .codings = "x-gzip",
     .copies = 1,
     .has_checksum = true},
    {.name = "gzip_two",
     .codings = "GZip",
     .copies = 2,
     .has_checksum = true,
     .wholes = {173, 193}},
    {.name = "gzip_fields",
     .codings = "gzip",
     .copies = 1,
     .has_checksum = true},
    {.name = "deflate",
     .codings = "deflate",
     .copies = 1,
     .has_checksum = true},
    {.name = "deflate_empty", .codings = "deflate", .has_checksum = true},
    {.name = "deflate_small_window",
     .codings = "deflate",
     .copies = 1,
     .has_checksum = true},
    {.name = "deflate_bare", .codings = "deflate", .copies = 1},
    {.name = "deflate_bare_empty", .codings = "deflate"},
    {.name = "deflate_bare_fixed", .codings = "deflate", .copies = 1},
    {.name = "deflate_bare_stored", .codings = "deflate", .copies = 1},
    {.name = "br_fast", .codings = "br", .copies = 1},
    {.name = "br", .codings = "br", .copies = 1},
    {.name = "br_empty", .codings = "br"},
    {.name = "zstd", .codings = "zstd", .copies = 1},
    {.name = "zstd_checked",
     .codings = "zstd",
     .copies = 1,
     .has_checksum = true},
    {.name = "zstd_empty", .codings = "zstd", .has_checksum = true},
    {.name = "zstd_two", .codings = "zstd", .copies = 2, .wholes = {170, 183}},
    {.name = "zstd_skippable",
     .codings = "zstd",
     .copies = 1,
     .wholes = {15, 185}},
    {.name = "gzip_br", .codings = "gzip, br", .copies = 1},
    {.name = "zstd_deflate_gzip",
     .codings = "zstd,deflate ,,identity, gzip",
     .copies = 1},
};

char *coded_plain;
size_t coded_plain_length;

static char *read_file(const char *name, size_t *length)
{
    char path[4096];
    FILE *file;
    char *bytes = malloc(4096);

    snprintf(path, sizeof path, "%s/test/support/coded/%s", DUET_SOURCE_DIR,
             name);
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_non_null(bytes);
    *length = fread(bytes, 1, 4096, file);
    fclose(file);
    bytes = realloc(bytes, *length);
    assert_non_null(bytes);
    return bytes;
}

int coded_set_up(void **state)
{
    (void)state;
    coded_plain = read_file("plain.txt", &coded_plain_length);
    for (size_t i = 0; i < CODED_SAMPLES; i++)
        coded_samples[i].bytes =
            read_file(coded_samples[i].name, &coded_samples[i].length);
    return 0;
}

int coded_tear_down(void **state)
{
    (void)state;
    free(coded_plain);
    for (size_t i = 0; i < CODED_SAMPLES; i++)
        free(coded_samples[i].bytes);
    return 0;
}

typedef struct feed {
    const char *bytes;
    size_t length;
    size_t piece;
    char *fed; /* owned */
} feed;

static void feed_next(duet__decoder *decoder, feed *feed)
{
    size_t length = feed->length < feed->piece ? feed->length : feed->piece;

    free(feed->fed);
    feed->fed = NULL;
    if (length == 0) {
        duet__decoder_finish(decoder);
        return;
    }
    feed->fed = malloc(length);
    assert_non_null(feed->fed);
    memcpy(feed->fed, feed->bytes, length);
    duet__decoder_feed(decoder, feed->fed, length);
    feed->bytes += length;
    feed->length -= length;
}

static coded_result decode(const char *codings, feed *feed, size_t later_piece,
                           const duet__decoder_options *options)
{
    static const duet__decoder_options standard = {.bytes_max = UINT64_MAX};
    coded_result result = {0};
    duet__decoder *decoder;
    duet__buffer out;

    duet__buffer_init(&out, SIZE_MAX);
    result.status =
        duet__decoder_new(duet__text_from(codings),
                          options != NULL ? options : &standard, &decoder);
    assert_status(result.status, 0);
    while (result.status == 0 || result.status == DUET_EAGAIN) {
        const char *bytes;
        size_t length;

        result.status = duet__decoder_next(decoder, &bytes, &length);
        result.calls++;
        if (result.status == DUET_EAGAIN) {
            feed_next(decoder, feed);
            feed->piece = later_piece;
        }
        assert_true(result.status == 0 || length == 0);
        result.longest = length > result.longest ? length : result.longest;
        assert_status(duet__buffer_append(&out, bytes, length), 0);
    }
    for (int i = 0; i < 2; i++) { /* again and again the same */
        const char *bytes;
        size_t length;

        assert_status(duet__decoder_next(decoder, &bytes, &length),
                      result.status);
        assert_null(bytes);
    }
    free(feed->fed);
    duet__decoder_free(decoder);
    assert_status(duet__buffer_take(&out, &result.bytes, &result.length), 0);
    return result;
}

coded_result coded_decode(const char *codings, const char *bytes, size_t length,
                          size_t piece, const duet__decoder_options *options)
{
    feed feed = {bytes, length, piece, NULL};

    return decode(codings, &feed, piece, options);
}

coded_result coded_decode_cut(const char *codings, const char *bytes,
                              size_t length, size_t cut)
{
    feed feed = {bytes, length, cut, NULL};

    return decode(codings, &feed, SIZE_MAX, NULL);
}

int coded_run(const duet__coder *coder, const char *bytes, size_t length,
              size_t room, duet__coder_operation operation, duet__buffer *out,
              const char **reason)
{
    char *written = malloc(room);
    const char *unused;
    duet__coder_io io = {bytes, length, written, 0};
    int status = 0;

    assert_non_null(written);
    for (bool goes_on = true; goes_on;) {
        io.out = written;
        io.room = room;
        status = duet__coder_step(coder, &io, operation,
                                  reason != NULL ? reason : &unused);
        assert_status(duet__buffer_append(out, written, room - io.room), 0);
        goes_on = status == 0 && (operation != DUET__CODER_RUN ||
                                  io.in_length > 0 || io.room == 0);
    }
    free(written);
    return status;
}
