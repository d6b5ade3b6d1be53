/* SPDX-License-Identifier: MIT */
#include "http/body/decoder.h"

#include <malloc.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "support/test.h"

#include "http/body/encoder.h"
#include "support/coded.h"
#include "support/memory.h"

static const duet__decoder_options standard = {.bytes_max = UINT64_MAX};

/* Are the bytes the beginning of what the sample decodes to? */
static bool is_beginning(const coded_sample *sample, const coded_result *result)
{
    size_t whole = sample->copies * coded_plain_length;

    for (size_t i = 0; i < result->length; i++)
        if (i >= whole ||
            result->bytes[i] != coded_plain[i % coded_plain_length])
            return false;
    return true;
}

static void expect_whole(const coded_sample *sample, coded_result result)
{
    if (result.status != DUET_EEMPTY)
        print_error("%s\n", sample->name);
    assert_status(result.status, DUET_EEMPTY);
    assert_int_equal(result.length, sample->copies * coded_plain_length);
    assert_true(is_beginning(sample, &result));
    free(result.bytes);
}

#define for_each_sample(sample)                                                \
    for (coded_sample *sample = coded_samples;                                 \
         sample < coded_samples + CODED_SAMPLES; sample++)

static void samples_are_decoded_whatever_the_pieces(void **state)
{
    (void)state;
    for_each_sample(sample)
    {
        for (size_t piece = 1; piece <= 20; piece++)
            expect_whole(sample, coded_decode(sample->codings, sample->bytes,
                                              sample->length, piece, NULL));
        for (size_t cut = 1; cut < sample->length; cut++)
            expect_whole(sample,
                         coded_decode_cut(sample->codings, sample->bytes,
                                          sample->length, cut));
    }
}

static bool is_whole_at(const coded_sample *sample, size_t length)
{
    for (size_t i = 0; i < 3; i++)
        if (length == sample->wholes[i])
            return true;
    return false;
}

static void cut_at_any_byte_is_truncated(void **state)
{
    (void)state;
    for_each_sample(sample)
    {
        for (size_t length = 1; length < sample->length; length++) {
            coded_result result = coded_decode(sample->codings, sample->bytes,
                                               length, length, NULL);

            assert_true(is_beginning(sample, &result));
            assert_status(result.status, is_whole_at(sample, length)
                                             ? DUET_EEMPTY
                                             : DUET_ETRUNCATED);
            free(result.bytes);
        }
    }
    assert_non_null(strstr(duet_error_message(DUET_ETRUNCATED), "gzip"));
}

static void no_bytes_are_an_empty_body(void **state)
{
    (void)state;
    for_each_sample(sample)
    {
        coded_result result = coded_decode(sample->codings, NULL, 0, 1, NULL);

        assert_status(result.status, DUET_EEMPTY);
        assert_int_equal(result.length, 0);
        free(result.bytes);
    }
}

/* Decodes the sample with one bit turned. */
static void turn_bit(const coded_sample *sample, size_t bit)
{
    char bytes[1024];
    coded_result result;

    memcpy(bytes, sample->bytes, sample->length);
    bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    result =
        coded_decode(sample->codings, bytes, sample->length, SIZE_MAX, NULL);
    if (result.status == DUET_EEMPTY && sample->has_checksum) {
        assert_int_equal(result.length, sample->copies * coded_plain_length);
        assert_true(is_beginning(sample, &result));
    } else if (result.status != DUET_EEMPTY &&
               result.status != DUET_ETRUNCATED) {
        assert_status(result.status, DUET_ECODING);
        assert_non_null(strstr(duet_error_message(DUET_ECODING), "near byte"));
    }
    free(result.bytes);
}

static void damage_of_what_has_a_checksum_is_told(void **state)
{
    (void)state;
    for_each_sample(sample)
    {
        for (size_t bit = 0; bit < sample->length * 8; bit += 5)
            turn_bit(sample, bit);
    }
}

static void wrong_checksum_is_malformed(void **state)
{
    static const char *const names[] = {"gzip", "deflate", "zstd_checked"};

    (void)state;
    for_each_sample(sample)
    {
        bool is_tested = false;
        coded_result result;

        for (size_t i = 0; i < 3; i++)
            is_tested |= strcmp(sample->name, names[i]) == 0;
        if (!is_tested)
            continue;
        sample->bytes[sample->length - 1] ^= 1;
        result = coded_decode(sample->codings, sample->bytes, sample->length, 7,
                              NULL);
        sample->bytes[sample->length - 1] ^= 1;
        assert_status(result.status, DUET_ECODING);
        free(result.bytes);
    }
}

static void expect_excess(const coded_sample *sample, const char *excess,
                          size_t excess_length, size_t piece)
{
    const duet__decoder_options lenient = {UINT64_MAX, true};
    char bytes[1024];
    size_t length = sample->length + excess_length;
    coded_result result;

    memcpy(bytes, sample->bytes, sample->length);
    memcpy(bytes + sample->length, excess, excess_length);
    expect_whole(sample,
                 coded_decode(sample->codings, bytes, length, piece, &lenient));
    result = coded_decode(sample->codings, bytes, length, piece, NULL);
    assert_status(result.status, DUET_ECODING);
    assert_non_null(
        strstr(duet_error_message(DUET_ECODING), "bytes follow its end"));
    assert_int_equal(result.length, sample->copies * coded_plain_length);
    free(result.bytes);
}

static void bytes_behind_the_end_are_an_error_or_ignored(void **state)
{
    (void)state;
    for_each_sample(sample)
    {
        for (size_t piece = 1; piece < sample->length; piece += 1 + piece / 2) {
            expect_excess(sample, "junk", 4, piece);
            expect_excess(sample, "\0", 1, piece);
        }
    }
}

static void what_is_not_coded_is_malformed(void **state)
{
    static const char *const codings[] = {"gzip", "deflate", "br", "zstd"};
    static const char page[] = "<!DOCTYPE html><title>Not coded</title>";

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        coded_result result =
            coded_decode(codings[i], page, sizeof page - 1, SIZE_MAX, NULL);

        assert_status(result.status, DUET_ECODING);
        assert_int_equal(result.length, 0);
        free(result.bytes);
    }
}

static void expect_limit(const coded_sample *sample, size_t limit)
{
    const duet__decoder_options limited = {.bytes_max = limit};
    size_t whole = sample->copies * coded_plain_length;
    coded_result result = coded_decode(sample->codings, sample->bytes,
                                       sample->length, SIZE_MAX, &limited);

    assert_true(is_beginning(sample, &result));
    assert_int_equal(result.length, limit < whole ? limit : whole);
    assert_status(result.status, limit < whole ? DUET_ETOOLARGE : DUET_EEMPTY);
    free(result.bytes);
}

static void limit_is_exact(void **state)
{
    (void)state;
    for_each_sample(sample)
    {
        expect_limit(sample, 0);
        for (size_t i = 0; i < 4; i++)
            expect_limit(sample, sample->copies * coded_plain_length + i -
                                     (sample->copies > 0 ? 2 : 0));
    }
    expect_limit(&coded_samples[0], coded_plain_length - 1);
    assert_string_equal(duet_error_message(DUET_ETOOLARGE),
                        "the decoded body is larger than 284 bytes");
}

/* --- bombs --------------------------------------------------------------- */

static size_t allocated(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

/* A body whose part of 1 MiB repeats forever ends at the limit. */
static void expect_bomb_to_end(duet__coding coding, size_t memory_max)
{
    const duet__decoder_options limited = {.bytes_max = 48 << 20};
    size_t before, most = 0, total = 0, begun = 0;
    duet__coder coder;
    duet__buffer bomb;
    duet__decoder *decoder;
    char *zeros = calloc(1, 1 << 20);
    int status;

    assert_non_null(zeros);
    duet__buffer_init(&bomb, SIZE_MAX);
    assert_status(duet__encoder_new(coding, 0, &coder), 0);
    for (int i = 0; i < 2; i++) {
        begun = bomb.length;
        assert_status(coded_run(&coder, zeros, 1 << 20, 4096, DUET__CODER_FLUSH,
                                &bomb, NULL),
                      DUET_EEMPTY);
    }
    duet__coder_free(&coder);
    free(zeros);
    before = allocated();
    assert_status(duet__decoder_new(duet__text_from(duet__coding_name(coding)),
                                    &limited, &decoder),
                  0);
    duet__decoder_feed(decoder, bomb.bytes, bomb.length);
    for (status = 0; status == 0 || status == DUET_EAGAIN;) {
        const char *bytes;
        size_t length;

        status = duet__decoder_next(decoder, &bytes, &length);
        total += length;
        most = allocated() > most ? allocated() : most;
        assert_true(length <= DUET__DECODER_OUT_BYTES);
        if (status == DUET_EAGAIN)
            duet__decoder_feed(decoder, bomb.bytes + begun,
                               bomb.length - begun);
    }
    assert_status(status, DUET_ETOOLARGE);
    assert_int_equal(total, limited.bytes_max);
    assert_true(most - before <= memory_max);
    duet__decoder_free(decoder);
    duet__buffer_free(&bomb);
}

static void bomb_ends_at_the_limit_in_little_memory(void **state)
{
    (void)state;
    expect_bomb_to_end(DUET__CODING_GZIP, 100 << 10);
    expect_bomb_to_end(DUET__CODING_DEFLATE, 100 << 10);
    expect_bomb_to_end(DUET__CODING_BROTLI, 700 << 10);
    expect_bomb_to_end(DUET__CODING_ZSTD, 1200 << 10);
}

/* Appends the bytes in the coding gzip. */
static void append_gzip(const duet__buffer *bytes, duet__buffer *out)
{
    duet__coder coder;

    assert_status(duet__encoder_new(DUET__CODING_GZIP, 9, &coder), 0);
    assert_status(coded_run(&coder, bytes->bytes, bytes->length, 4096,
                            DUET__CODER_END, out, NULL),
                  DUET_EEMPTY);
    duet__coder_free(&coder);
}

/* Members of gzip that hold nothing, coded once more. */
static void coded_nothing_ends_before_long(void **state)
{
    duet__buffer nothing, members, coded;
    coded_result result;

    (void)state;
    duet__buffer_init(&nothing, SIZE_MAX);
    duet__buffer_init(&members, SIZE_MAX);
    duet__buffer_init(&coded, SIZE_MAX);
    append_gzip(&nothing, &members);
    while (members.length < 2 << 20)
        assert_status(
            duet__buffer_append(&members, members.bytes, members.length), 0);
    result =
        coded_decode("gzip", members.bytes, members.length, SIZE_MAX, NULL);
    assert_status(result.status, DUET_EEMPTY);
    assert_int_equal(result.length, 0);
    assert_true(result.calls > 1000); /* no call works for long */
    free(result.bytes);
    append_gzip(&members, &coded);
    result =
        coded_decode("gzip, gzip", coded.bytes, coded.length, SIZE_MAX, NULL);
    assert_status(result.status, DUET_ECODING);
    assert_non_null(
        strstr(duet_error_message(DUET_ECODING), "next to nothing"));
    free(result.bytes);
    duet__buffer_free(&members);
    duet__buffer_free(&coded);
}

/* --- names --------------------------------------------------------------- */

static void expect_refused(const char *codings, const char *why)
{
    duet__decoder *decoder;

    assert_status(
        duet__decoder_new(duet__text_from(codings), &standard, &decoder),
        DUET_ECODING);
    assert_null(decoder);
    assert_string_equal(duet_error_message(DUET_ECODING), why);
}

static void other_codings_are_refused(void **state)
{
    (void)state;
    expect_refused("compress",
                   "the content coding \"compress\" is not supported");
    expect_refused("gzip, x-compress",
                   "the content coding \"x-compress\" is not supported");
    expect_refused("gzip br",
                   "the content coding \"gzip br\" is not supported");
    expect_refused("gzip;q=1",
                   "the content coding \"gzip;q=1\" is not supported");
    expect_refused("gzip,br,gzip,br,gzip", "more than 4 content codings");
}

static void body_without_codings_passes(void **state)
{
    static const char *const codings[] = {"", "identity", " , Identity,"};
    const duet__decoder_options limited = {.bytes_max = 3};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (size_t piece = 1; piece < 7; piece++) {
            coded_result result =
                coded_decode(codings[i], "hello", 5, piece, NULL);

            assert_status(result.status, DUET_EEMPTY);
            assert_int_equal(result.length, 5);
            assert_memory_equal(result.bytes, "hello", 5);
            free(result.bytes);
            result = coded_decode(codings[i], "hello", 5, piece, &limited);
            assert_status(result.status, DUET_ETOOLARGE);
            assert_int_equal(result.length, 3);
            free(result.bytes);
        }
}

/* --- memory -------------------------------------------------------------- */

static const coded_sample *allocating;

static int decode_allocating(void)
{
    duet__decoder *decoder;
    const char *bytes;
    size_t length;
    int status = duet__decoder_new(duet__text_from(allocating->codings),
                                   &standard, &decoder);

    if (status != 0)
        return status;
    duet__decoder_feed(decoder, allocating->bytes, allocating->length);
    do {
        status = duet__decoder_next(decoder, &bytes, &length);
        if (status == DUET_EAGAIN) {
            duet__decoder_finish(decoder);
            status = 0;
        }
    } while (status == 0);
    duet__decoder_free(decoder);
    return status == DUET_EEMPTY ? 0 : status;
}

static void lack_of_memory_is_told(void **state)
{
    (void)state;
    for_each_sample(sample)
    {
        allocating = sample;
        test_each_allocation_failing(decode_allocating, 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(samples_are_decoded_whatever_the_pieces),
        test(cut_at_any_byte_is_truncated),
        test(no_bytes_are_an_empty_body),
        test(damage_of_what_has_a_checksum_is_told),
        test(wrong_checksum_is_malformed),
        test(bytes_behind_the_end_are_an_error_or_ignored),
        test(what_is_not_coded_is_malformed),
        test(limit_is_exact),
        test(bomb_ends_at_the_limit_in_little_memory),
        test(coded_nothing_ends_before_long),
        test(other_codings_are_refused),
        test(body_without_codings_passes),
        test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, coded_set_up, coded_tear_down);
}
