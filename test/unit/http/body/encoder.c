/* SPDX-License-Identifier: MIT */
#include "http/body/encoder.h"

#include <stdlib.h>

#include "support/test.h"

#include "support/coded.h"
#include "support/fuzz.h"
#include "support/memory.h"

static const int most[DUET__CODINGS] = {[DUET__CODING_GZIP] = 9,
                                        [DUET__CODING_DEFLATE] = 9,
                                        [DUET__CODING_BROTLI] = 11,
                                        [DUET__CODING_ZSTD] = 19};

#define for_each_coding(coding)                                                \
    for (duet__coding coding = DUET__CODING_GZIP; coding < DUET__CODINGS;      \
         coding++)

/* Half of it repeats itself. Owned. */
static char *mixed(size_t length)
{
    char *bytes = malloc(length + 1);
    uint64_t state = 42;

    assert_non_null(bytes);
    for (size_t i = 0; i < length; i++)
        bytes[i] = i / 1000 % 2 == 0 ? "abcdefgh"[i % 8]
                                     : (char)(fuzz_next(&state) >> 20);
    return bytes;
}

static int encode(duet__coding coding, int level, const char *bytes,
                  size_t length, size_t room, duet__buffer *out)
{
    duet__coder coder;
    duet__coder_io io = {bytes, length, NULL, 0};
    char *written = malloc(room);
    int status = duet__encoder_new(coding, level, &coder);

    if (written == NULL && status == 0)
        duet__coder_free(&coder);
    if (written == NULL || status != 0) {
        free(written);
        return DUET_ENOMEM;
    }
    while (status == 0) {
        size_t before = io.in_length;

        io.out = written;
        io.room = room;
        status = duet__encoder_step(&coder, &io, DUET__CODER_END);
        assert_true(before - io.in_length <= 16384);
        assert_status(duet__buffer_append(out, written, room - io.room), 0);
    }
    assert_true(status != DUET_EEMPTY || io.in_length == 0);
    duet__coder_free(&coder);
    free(written);
    return status;
}

static void expect_again(duet__coding coding, int level, size_t length,
                         size_t room)
{
    char *bytes = mixed(length);
    duet__buffer coded;
    coded_result result;

    duet__buffer_init(&coded, SIZE_MAX);
    assert_status(encode(coding, level, bytes, length, room, &coded),
                  DUET_EEMPTY);
    result = coded_decode(duet__coding_name(coding), coded.bytes, coded.length,
                          1000, NULL);
    assert_status(result.status, DUET_EEMPTY);
    assert_int_equal(result.length, length);
    assert_memory_equal(result.bytes, bytes, length);
    assert_true(length < 4000 || coded.length < length * 3 / 4);
    free(result.bytes);
    duet__buffer_free(&coded);
    free(bytes);
}

static void what_was_encoded_is_decoded_at_every_level(void **state)
{
    (void)state;
    for_each_coding(coding) for (int level = 0; level <= most[coding]; level++)
    {
        expect_again(coding, level, 0, 4096);
        expect_again(coding, level, 1, 4096);
        expect_again(coding, level, 50000, 4096);
    }
}

static void room_of_any_size_will_do(void **state)
{
    (void)state;
    for_each_coding(coding)
    {
        expect_again(coding, 0, 5000, 1);
        expect_again(coding, 0, 5000, 7);
        expect_again(coding, 0, 2000000, 65536);
    }
}

/* What was flushed is decoded without what follows. */
static void flush_makes_all_decodable(void **state)
{
    char *bytes = mixed(3000);

    (void)state;
    for_each_coding(coding) for (size_t room = 1; room < 20; room++)
    {
        duet__coder coder;
        duet__buffer coded;

        duet__buffer_init(&coded, SIZE_MAX);
        assert_status(duet__encoder_new(coding, 0, &coder), 0);
        for (size_t end = 1000; end <= 3000; end += 1000) {
            coded_result result;

            assert_status(coded_run(&coder, bytes + end - 1000, 1000,
                                    room * room * 10, DUET__CODER_FLUSH, &coded,
                                    NULL),
                          DUET_EEMPTY);
            result = coded_decode(duet__coding_name(coding), coded.bytes,
                                  coded.length, SIZE_MAX, NULL);
            assert_status(result.status, DUET_ETRUNCATED);
            assert_int_equal(result.length, end);
            assert_memory_equal(result.bytes, bytes, end);
            free(result.bytes);
        }
        duet__coder_free(&coder);
        duet__buffer_free(&coded);
    }
    free(bytes);
}

static void level_out_of_range_is_refused(void **state)
{
    (void)state;
    for_each_coding(coding)
    {
        duet__coder coder = {NULL, NULL};

        assert_status(duet__encoder_new(coding, -1, &coder), DUET_EINVAL);
        assert_status(duet__encoder_new(coding, most[coding] + 1, &coder),
                      DUET_EINVAL);
        assert_null(coder.functions);
    }
    assert_string_equal(duet_error_message(DUET_EINVAL),
                        "level 20 of zstd is not one of 1 to 19");
}

static void only_codings_are_found_by_name(void **state)
{
    static const char *const names[] = {NULL,       "",         "identity",
                                        "compress", "gzip, br", "*"};
    duet__coder coder;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_status(duet__encoder_named(names[i], 0, &coder), DUET_ECODING);
    assert_status(duet__encoder_named("x-GZIP", 9, &coder), 0);
    duet__coder_free(&coder);
    assert_status(duet__encoder_named("br", 12, &coder), DUET_EINVAL);
}

static duet__coding allocating;

static int encode_allocating(void)
{
    duet__buffer out;
    int status;

    duet__buffer_init(&out, SIZE_MAX);
    if (duet__buffer_reserve(&out, 4096) != 0)
        return DUET_ENOMEM;
    status = encode(allocating, 0, "hello, hello", 12, 256, &out);
    duet__buffer_free(&out);
    return status == DUET_EEMPTY ? 0 : status;
}

static void lack_of_memory_is_told(void **state)
{
    (void)state;
    for_each_coding(coding)
    {
        allocating = coding;
        test_each_allocation_failing(encode_allocating,
                                     coding == DUET__CODING_ZSTD ? 2 : 5);
    }
}

TEST_MAIN(test(what_was_encoded_is_decoded_at_every_level),
          test(room_of_any_size_will_do), test(flush_makes_all_decodable),
          test(level_out_of_range_is_refused),
          test(only_codings_are_found_by_name), test(lack_of_memory_is_told))
