/* SPDX-License-Identifier: MIT */
/* fuzz.h - what a fuzz target is made of.
 *
 * A target gives any bytes to one of our readers and checks what must hold of
 * every answer. libFuzzer looks for bytes under which a check or a sanitizer
 * fails; replay.c feeds it the files of corpus/ in a build by any compiler. */
#ifndef DUET_TEST_FUZZ_FUZZ_H
#define DUET_TEST_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* The name is libFuzzer's. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define FUZZ_CHECK(condition)                                                  \
    ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))

static inline _Noreturn void fuzz_fail(const char *file, int line,
                                       const char *condition)
{
    fprintf(stderr, "%s:%d: %s does not hold\n", file, line, condition);
    abort();
}

static inline duet__text fuzz_text(const uint8_t *bytes, size_t length)
{
    return duet__text_of((const char *)bytes, length);
}

/* A copy with a NUL after it, in memory of just that size; owned. */
static inline char *fuzz_string(duet__text text)
{
    char *string = malloc(text.length + 1);

    FUZZ_CHECK(string != NULL);
    if (text.length > 0)
        memcpy(string, text.bytes, text.length);
    string[text.length] = '\0';
    return string;
}

/* Cuts one byte off; 0 if there is none. */
static inline uint8_t fuzz_byte(duet__text *text)
{
    uint8_t byte = text->length > 0 ? (uint8_t)text->bytes[0] : 0;

    *text = duet__text_skip(*text, 1);
    return byte;
}

#endif
