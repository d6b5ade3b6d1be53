/* SPDX-License-Identifier: MIT */
/* asking.h - questions to the test's own name server, through the client's
 * c-ares channel. */
#ifndef DUET_TEST_SUPPORT_ASKING_H
#define DUET_TEST_SUPPORT_ASKING_H

#include "client/names/dns_lookup.h"
#include "support/dns.h"

/* A question asked on the loop's stack, and its answer. */
typedef struct test_asking {
    duet__ready ready;
    duet__dns dns;
    duet__dns_question question;
    const char *host;
    int answers;
    duet__dns_answer answer;
} test_asking;

/* The name server, while test_asking_run() runs a body. */
extern test_dns test_asking_server;

/* In place of that server's address; NULL for it. */
extern const char *test_asking_servers;

/* Runs a body as a task with the name server; on real time, as c-ares has its
 * own clock. */
void test_asking_run(void (*body)(void));

/* Opens a channel and asks. */
void test_asking_start(test_asking *self, const char *host);

/* The same, and waits for the answer, which must come once. */
void test_asking_finish(test_asking *self, const char *host);

/* Drops the answer and closes the channel. */
void test_asking_end(test_asking *self);

#endif
