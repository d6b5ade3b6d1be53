/* SPDX-License-Identifier: MIT */
/* hash.h - a keyed hash, for which an attacker cannot choose keys that
 * collide. */
#ifndef DUET_BASE_HASH_H
#define DUET_BASE_HASH_H

#include <stdint.h>

#include "base/text.h"

/* The secret half of the hash. */
typedef struct duet__hash_key {
    uint64_t words[2];
} duet__hash_key;

/* A key of random bits (getrandom). Always succeeds: if the system has no
 * random bits yet, the key is made from addresses of the process and its
 * process id. */
duet__hash_key duet__hash_key_random(void);

/* SipHash-1-3 of `text` under `key` (Aumasson and Bernstein, 2012). */
uint64_t duet__hash(duet__hash_key key, duet__text text);

#endif
