/* SPDX-License-Identifier: MIT */
/* stream.h - streams of requests, cut everywhere, through the checker. */
#ifndef DUET_TEST_SUPPORT_STREAM_H
#define DUET_TEST_SUPPORT_STREAM_H

#include "http/message/stream_check.h"

#define HEAD "POST / HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED HEAD "Transfer-Encoding: chunked\r\n\r\n"
#define NEXT "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"

typedef struct test_stream_flaw {
    int status;
    const char *bytes;
    size_t length;
} test_stream_flaw;

#define FLAWED(status, bytes)                                                  \
    {                                                                          \
        status, bytes, sizeof(bytes) - 1                                       \
    }

extern const duet__stream_limits test_stream_limits;

/* The stream after the newest call, and what was passed on. */
extern duet__stream test_stream;
extern char test_stream_passed[4096];

/* Passes `bytes` in two pieces, the first of `cut` bytes. */
size_t test_stream_pass(const char *bytes, size_t length, size_t cut);

/* However they are cut, all bytes pass as `expected` and nothing is left open.
 */
void test_stream_expect_good(const char *bytes, const char *expected);

/* What is behind the flaw does not pass, however the bytes are cut. */
void test_stream_expect_flaws(const test_stream_flaw *flaws, size_t count);

/* Feeds a start and then one byte until there is a flaw; returns how many. */
size_t test_stream_fill(const char *start, char byte);

#endif
