/* SPDX-License-Identifier: MIT */
#include "http/body/brotli_coder.h"

#include "support/test.h"

#include "support/coded.h"
#include "support/memory.h"

static int decode(const char *bytes, size_t length, const char **reason)
{
    duet__coder coder;
    duet__buffer out;
    int status;

    duet__buffer_init(&out, SIZE_MAX);
    assert_status(duet__brotli_decoder_new(&coder), 0);
    status =
        coded_run(&coder, bytes, length, 100, DUET__CODER_END, &out, reason);
    duet__coder_free(&coder);
    duet__buffer_free(&out);
    return status;
}

static void windows_beyond_the_format_are_refused(void **state)
{
    const char *reason = NULL;

    (void)state;
    /* WBITS of 24, the most, and an empty last block. */
    assert_status(decode("\x3f", 1, NULL), DUET_EEMPTY);
    /* The large window's mark, 0010001, then 30. */
    assert_status(decode("\x11\x1e\3", 3, &reason), DUET_ECODING);
    assert_string_equal(reason, "WINDOW_BITS");
}

static void flaws_are_named(void **state)
{
    const char *reason = NULL;

    (void)state;
    assert_status(decode("<!DOCTYPE html>", 15, &reason), DUET_ECODING);
    assert_non_null(reason);
    assert_true(strlen(reason) > 3);
}

static void encoder_begins_with_a_window_of_512_kib(void **state)
{
    duet__coder coder;
    duet__buffer out;

    (void)state;
    duet__buffer_init(&out, SIZE_MAX);
    assert_status(duet__brotli_encoder_new(5, &coder), 0);
    assert_status(
        coded_run(&coder, "hello", 5, 100, DUET__CODER_FLUSH, &out, NULL),
        DUET_EEMPTY);
    /* WBITS of 19: 0101, behind the lowest bit 1 (RFC 7932 9.1). */
    assert_int_equal(out.bytes[0] & 0xf, 0x5);
    duet__coder_free(&coder);
    duet__buffer_free(&out);
}

/* The library would end the process. Levels of all its kinds. */
static void encoder_without_memory_fails_and_leaves_nothing(void **state)
{
    static char bytes[8000];
    static const int levels[] = {1, 2, 5, 10, 11};

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * i / 7);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        for (int nth = 1, status = 0; status != DUET_EEMPTY; nth++) {
            duet__coder coder;
            duet__buffer out;

            duet__buffer_init(&out, SIZE_MAX);
            assert_status(duet__buffer_reserve(&out, 2 * sizeof bytes), 0);
            assert_status(duet__brotli_encoder_new(levels[i], &coder), 0);
            test_fail_allocation(nth + 1); /* the first one is the test's own */
            status = coded_run(&coder, bytes, sizeof bytes, sizeof bytes,
                               DUET__CODER_END, &out, NULL);
            assert_status(status,
                          test_allocation_failed() ? DUET_ENOMEM : DUET_EEMPTY);
            test_fail_allocation(0);
            if (status == DUET_ENOMEM) /* and still */
                assert_status(coded_run(&coder, bytes, 1, 100, DUET__CODER_RUN,
                                        &out, NULL),
                              DUET_ENOMEM);
            duet__coder_free(&coder);
            duet__buffer_free(&out);
        }
}

TEST_MAIN(test(windows_beyond_the_format_are_refused), test(flaws_are_named),
          test(encoder_without_memory_fails_and_leaves_nothing),
          test(encoder_begins_with_a_window_of_512_kib))
