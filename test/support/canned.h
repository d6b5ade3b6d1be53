/* SPDX-License-Identifier: MIT */
/* canned.h - a server of few words, as a task of the test's own loop.
 *
 *   /hello    200, "hello"
 *   /missing  404, "no"
 *   /moved    302 to /hello
 *   /busy     503 with "Retry-After: 0" the first time, then 200, "at last"
 *   /full     503 with "Retry-After: 1000"
 *   /cut      200 with 100 bytes announced and 5 sent
 *   /never    no answer
 *
 * Every connection is for one request. */
#ifndef DUET_TEST_SUPPORT_CANNED_H
#define DUET_TEST_SUPPORT_CANNED_H

typedef struct test_canned {
    int listener;
    int port;
    int requests;    /* so far */
    int at_once;     /* being answered now */
    int at_once_max; /* the most so far */
    int busy_times;  /* 503s that /busy has given */
} test_canned;

/* Runs body(server) as the main task of a loop on which the server answers, and
 * fails the test unless it returns 0. */
void test_with_canned(int (*body)(test_canned *server));

#endif
