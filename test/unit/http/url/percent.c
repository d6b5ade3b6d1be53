/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "base/byte_class.h"
#include "http/url/percent.h"
#include "support/fuzz.h"

static void assert_decoded(const char *text, const char *expected,
                           size_t length)
{
    char room[64];

    assert_int_equal(duet__percent_decode(duet__text_from(text), room), length);
    assert_memory_equal(room, expected, length);
}

static void escapes_become_bytes(void **state)
{
    (void)state;
    assert_decoded("a%20b", "a b", 3);
    assert_decoded("%c3%A9", "\xc3\xa9", 2);
    assert_decoded("%00x", "\0x", 2);
    assert_decoded("%2525", "%25", 3);
    assert_decoded("+", "+", 1);
    assert_decoded("", "", 0);
}

static void bad_escapes_stay_and_are_told(void **state)
{
    static const char *const bad[] = {"%",   "%4",   "a%",  "%g0",
                                      "%0g", "%%20", "% 20"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(duet__percent_is_valid(duet__text_from(bad[i])));
    assert_true(duet__percent_is_valid(DUET__TEXT("%00%fF")));
    assert_true(duet__percent_is_valid(DUET__TEXT("")));
    assert_false(duet__percent_is_valid(duet__text_of("%41", 2)));
    assert_decoded("%", "%", 1);
    assert_decoded("%4", "%4", 2);
    assert_decoded("%%41", "%A", 2);
    assert_decoded("%g0%", "%g0%", 4);
}

static void decoding_in_place_is_allowed(void **state)
{
    char text[] = "%41%42c%44";

    (void)state;
    assert_int_equal(duet__percent_decode(duet__text_from(text), text), 4);
    assert_memory_equal(text, "ABcD", 4);
}

static void every_byte_survives_encoding_and_decoding(void **state)
{
    uint64_t seed = 3;
    char bytes[200];
    char back[600];
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, 600);
    for (int i = 0; i < 2000; i++) {
        size_t length = fuzz_fill(&seed, "%/a é", 6, bytes, sizeof bytes);

        duet__buffer_reset(&buffer);
        assert_status(duet__percent_encode(&buffer,
                                           duet__text_of(bytes, length),
                                           DUET__BYTE_UNRESERVED),
                      0);
        assert_true(duet__percent_is_valid(duet__buffer_text(&buffer)));
        assert_true(buffer.length <= 3 * length);
        assert_int_equal(duet__percent_decode(duet__buffer_text(&buffer), back),
                         length);
        assert_memory_equal(back, bytes, length);
    }
    duet__buffer_free(&buffer);
}

static void encoding_beyond_the_limit_writes_nothing(void **state)
{
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, 5);
    assert_status(duet__percent_encode(&buffer, DUET__TEXT("a b c"),
                                       DUET__BYTE_UNRESERVED),
                  DUET_ETOOLARGE);
    assert_int_equal(buffer.length, 0);
    duet__buffer_free(&buffer);
}

TEST_MAIN(test(escapes_become_bytes), test(bad_escapes_stay_and_are_told),
          test(decoding_in_place_is_allowed),
          test(every_byte_survives_encoding_and_decoding),
          test(encoding_beyond_the_limit_writes_nothing))
