/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "base/hash.h"

/* Key 00 01 .. 0f and messages 00 01 02 ..: the first values of the reference
 * implementation's own table for SipHash-1-3. */
static void hash_is_siphash_1_3(void **state)
{
    static const uint64_t expected[] = {
        0xabac0158050fc4dcu,
        0xc9f49bf37d57ca93u,
        0x82cb9b024dc7d44du,
        0x8bf80ab8e7ddf7fbu,
    };
    duet__hash_key key = {{0x0706050403020100u, 0x0f0e0d0c0b0a0908u}};
    char message[4] = {0, 1, 2, 3};

    (void)state;
    for (size_t length = 0; length < 4; length++)
        assert_true(duet__hash(key, duet__text_of(message, length)) ==
                    expected[length]);
}

static void every_byte_counts(void **state)
{
    duet__hash_key key = duet__hash_key_random();
    char message[40] = {0};
    uint64_t plain = duet__hash(key, duet__text_of(message, sizeof message));

    (void)state;
    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = 1;
        assert_true(duet__hash(key, duet__text_of(message, sizeof message)) !=
                    plain);
        assert_true(duet__hash(key, duet__text_of(message, i)) != plain);
        message[i] = 0;
    }
}

static void two_random_keys_differ(void **state)
{
    duet__hash_key a = duet__hash_key_random();
    duet__hash_key b = duet__hash_key_random();

    (void)state;
    assert_memory_not_equal(&a, &b, sizeof a);
}

TEST_MAIN(test(hash_is_siphash_1_3), test(every_byte_counts),
          test(two_random_keys_differ))
