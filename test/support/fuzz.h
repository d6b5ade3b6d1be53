/* SPDX-License-Identifier: MIT */
/* fuzz.h - random bytes that are the same in every run. */
#ifndef DUET_TEST_SUPPORT_FUZZ_H
#define DUET_TEST_SUPPORT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The next number of the sequence that starts with `*state` (xorshift64). */
static inline uint64_t fuzz_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Fills `bytes` with up to `room` bytes, three of four from `alphabet`.
 *
 * Returns how many. */
static inline size_t fuzz_fill(uint64_t *state, const char *alphabet,
                               size_t alphabet_length, char *bytes, size_t room)
{
    size_t length = fuzz_next(state) % (room + 1);

    for (size_t i = 0; i < length; i++) {
        uint64_t number = fuzz_next(state) >> 20;

        bytes[i] = number % 4 == 0 ? (char)(number >> 8)
                                   : alphabet[(number >> 8) % alphabet_length];
    }
    return length;
}

#endif
