/* SPDX-License-Identifier: MIT */
#include "http/body/zlib_coder.h"

#include "support/test.h"

#include "support/coded.h"

static void expect(duet__coding coding, const char *bytes, size_t length,
                   int status, const char *why)
{
    const char *reason = NULL;
    duet__coder coder;
    duet__buffer out;

    duet__buffer_init(&out, SIZE_MAX);
    assert_status(duet__zlib_decoder_new(coding, &coder), 0);
    assert_status(
        coded_run(&coder, bytes, length, 100, DUET__CODER_END, &out, &reason),
        status);
    if (why != NULL)
        assert_string_equal(reason, why);
    duet__coder_free(&coder);
    duet__buffer_free(&out);
}

static void each_flaw_of_a_head_is_named(void **state)
{
    (void)state;
    expect(DUET__CODING_GZIP, "\x1f\x8c\x08\0\0\0\0\0\0\3", 10, DUET_ECODING,
           "incorrect header check");
    expect(DUET__CODING_GZIP, "\x1f\x8b\x07\0\0\0\0\0\0\3", 10, DUET_ECODING,
           "unknown compression method");
    expect(DUET__CODING_GZIP, "\x1f\x8b\x08\x80\0\0\0\0\0\3", 10, DUET_ECODING,
           "unknown header flags set");
    expect(DUET__CODING_DEFLATE, "\x78\x9d", 2, DUET_ECODING,
           "incorrect header check");
    expect(DUET__CODING_DEFLATE, "\x78\xbb\0\0\0\1", 6, DUET_ECODING,
           "it needs a dictionary");
    expect(DUET__CODING_DEFLATE, "\x07", 1, DUET_ECODING, "invalid block type");
    expect(DUET__CODING_GZIP, "\x78\x9c\x03\0\0\0\0\1", 8, DUET_ECODING,
           "incorrect header check");
}

static void first_byte_tells_zlib_from_bare_deflate(void **state)
{
    (void)state;
    expect(DUET__CODING_DEFLATE, "\x78\x9c\x03\0\0\0\0\1", 8, DUET_EEMPTY,
           NULL);
    expect(DUET__CODING_DEFLATE, "\x03\0", 2, DUET_EEMPTY, NULL);
    expect(DUET__CODING_DEFLATE, "\0\0\0\xff\xff\3\0", 7, DUET_EEMPTY, NULL);
    /* A bare stored block whose unused bits are set, yet not like zlib's. */
    expect(DUET__CODING_DEFLATE, "\xf8\0\0\xff\xff\3\0", 7, DUET_EEMPTY, NULL);
}

static void only_gzip_goes_on_behind_its_end(void **state)
{
    static const char gzip[] = "\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0"
                               "\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0";
    const char *reason;
    char room[10];
    duet__coder coder;
    duet__coder_io io = {"\3\0\3\0", 4, room, sizeof room};

    (void)state;
    expect(DUET__CODING_GZIP, gzip, 40, DUET_EEMPTY, NULL);
    expect(DUET__CODING_GZIP, gzip, 39, DUET_ETRUNCATED, NULL);
    expect(DUET__CODING_GZIP, gzip, 21, DUET_ETRUNCATED, NULL);
    assert_status(duet__zlib_decoder_new(DUET__CODING_DEFLATE, &coder), 0);
    assert_status(duet__coder_step(&coder, &io, DUET__CODER_RUN, &reason), 0);
    assert_int_equal(io.in_length, 2);
    assert_status(duet__coder_step(&coder, &io, DUET__CODER_RUN, &reason),
                  DUET_EEMPTY);
    assert_int_equal(io.in_length, 2);
    duet__coder_free(&coder);
    duet__coder_free(&coder);
}

static void deflate_is_written_with_zlibs_header(void **state)
{
    duet__coder coder;
    duet__buffer out;

    (void)state;
    duet__buffer_init(&out, SIZE_MAX);
    assert_status(duet__zlib_encoder_new(DUET__CODING_DEFLATE, 6, &coder), 0);
    assert_status(coded_run(&coder, "", 0, 100, DUET__CODER_END, &out, NULL),
                  DUET_EEMPTY);
    assert_int_equal(out.length, 8);
    assert_memory_equal(out.bytes, "\x78\x9c\x03\0\0\0\0\1", 8);
    duet__coder_free(&coder);
    duet__buffer_free(&out);
}

TEST_MAIN(test(each_flaw_of_a_head_is_named),
          test(first_byte_tells_zlib_from_bare_deflate),
          test(only_gzip_goes_on_behind_its_end),
          test(deflate_is_written_with_zlibs_header))
