/* SPDX-License-Identifier: MIT */
/* hash.c - SipHash with one round for each word and three at the end, as Rust's
 * and Python's hash tables use it. */
#include "base/hash.h"

#include <sys/random.h>
#include <unistd.h>

duet__hash_key duet__hash_key_random(void)
{
    duet__hash_key key;

    if (getrandom(&key, sizeof key, GRND_NONBLOCK) == (ssize_t)sizeof key)
        return key;
    return (duet__hash_key){{(uint64_t)(uintptr_t)&key * 0x9e3779b97f4a7c15u,
                             (uint64_t)getpid() * 0xc2b2ae3d27d4eb4fu}};
}

static inline uint64_t rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* Up to eight bytes, the first one lowest. */
static inline uint64_t little_endian(const char *bytes, size_t count)
{
    uint64_t word = 0;

    for (size_t i = 0; i < count; i++)
        word |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
    return word;
}

static inline void absorb(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

uint64_t duet__hash(duet__hash_key key, duet__text text)
{
    uint64_t v[4] = {
        key.words[0] ^ 0x736f6d6570736575u,
        key.words[1] ^ 0x646f72616e646f6du,
        key.words[0] ^ 0x6c7967656e657261u,
        key.words[1] ^ 0x7465646279746573u,
    };
    size_t whole = text.length & ~(size_t)7;

    for (size_t i = 0; i < whole; i += 8)
        absorb(v, little_endian(text.bytes + i, 8));
    absorb(v,
           little_endian(duet__text_skip(text, whole).bytes, text.length & 7) |
               (uint64_t)text.length << 56);
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
