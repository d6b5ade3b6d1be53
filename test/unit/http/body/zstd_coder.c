/* SPDX-License-Identifier: MIT */
#include "http/body/zstd_coder.h"

#include "support/test.h"

#include "support/coded.h"

#define MAGIC "\x28\xb5\x2f\xfd"
/* A last block of no bytes. */
#define LAST_BLOCK "\1\0\0"

static int decode(const char *bytes, size_t length, const char **reason)
{
    duet__coder coder;
    duet__buffer out;
    int status;

    duet__buffer_init(&out, SIZE_MAX);
    assert_status(duet__zstd_decoder_new(&coder), 0);
    status =
        coded_run(&coder, bytes, length, 100, DUET__CODER_END, &out, reason);
    duet__coder_free(&coder);
    duet__buffer_free(&out);
    return status;
}

static void expect_refused(const char *bytes, size_t length, const char *why)
{
    const char *reason = NULL;

    assert_status(decode(bytes, length, &reason), DUET_ECODING);
    assert_string_equal(reason, why);
}

static void windows_above_8_mib_are_refused(void **state)
{
    (void)state;
    assert_status(decode(MAGIC "\0\x68" LAST_BLOCK, 9, NULL), DUET_EEMPTY);
    expect_refused(MAGIC "\0\x69" LAST_BLOCK, 9,
                   "Frame requires too much memory for decoding");
    /* A frame in one segment has its size for a window: 16 MiB. */
    expect_refused(MAGIC "\xa0\0\0\0\1" LAST_BLOCK, 12,
                   "Frame requires too much memory for decoding");
}

static void formats_before_version_1_are_refused(void **state)
{
    (void)state;
    expect_refused("\x27\xb5\x2f\xfd\0\0\0", 7, "no frame begins here");
    expect_refused("\x25\xb5\x2f\xfd\0\0\0", 7, "no frame begins here");
    expect_refused("\x1e\xb5\x2f\xfd\0\0\0", 7, "no frame begins here");
    expect_refused("\x28\xb5\x2f\xfc\0\0\0", 7, "Unknown frame descriptor");
}

static void dictionaries_are_refused(void **state)
{
    (void)state;
    expect_refused(MAGIC "\1\x68\x07" LAST_BLOCK, 10, "Dictionary mismatch");
}

static void encoder_writes_a_window_of_512_kib_and_a_checksum(void **state)
{
    duet__coder coder;
    duet__buffer out;

    (void)state;
    duet__buffer_init(&out, SIZE_MAX);
    assert_status(duet__zstd_encoder_new(19, &coder), 0);
    assert_status(
        coded_run(&coder, "hello", 5, 100, DUET__CODER_FLUSH, &out, NULL),
        DUET_EEMPTY);
    assert_memory_equal(out.bytes, MAGIC, 4);
    assert_int_equal(out.bytes[4] & 4, 4);
    assert_int_equal(out.bytes[5], (19 - 10) << 3);
    duet__coder_free(&coder);
    duet__buffer_free(&out);
}

TEST_MAIN(test(windows_above_8_mib_are_refused),
          test(formats_before_version_1_are_refused),
          test(dictionaries_are_refused),
          test(encoder_writes_a_window_of_512_kib_and_a_checksum))
