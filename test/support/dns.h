/* SPDX-License-Identifier: MIT */
/* dns.h - a name server for tests, a task of the loop.
 *
 * It answers by the first label of the name:
 *     missing    there is no such name
 *     silent     nothing, ever
 *     broken     server failure
 *     six        only an IPv6 address, ::1
 *     both       127.0.0.1 and ::1
 *     half       127.0.0.1, and nothing to who asks for IPv6 addresses
 *     late       ::1, and 127.0.0.1 some time later
 *     lame       ::1, and nothing to who asks for IPv4 addresses
 *     alias      both, of another name, which the record behind them says
 *     lost       nothing to the first question, 127.0.0.1 to the next
 *     slow       127.0.0.1 to both of two questions, when the second has come
 *     twice      127.0.0.1, and once more
 *     number     first 127.0.0.66 with another number than the question's
 *     name       first 127.0.0.66, about another name
 *     port       first 127.0.0.66, from another port
 *     large      127.0.0.66, cut off, by UDP; 127.0.0.1 by TCP
 *     any other  127.0.0.1, valid for `ttl_s`
 *
 * In place of 127.0.0.1 it may be told another address, 127.0.0.N. */
#ifndef DUET_TEST_SUPPORT_DNS_H
#define DUET_TEST_SUPPORT_DNS_H

#include <stdint.h>

#include <duet/task.h>

typedef struct test_dns {
    int descriptor;
    int listener;        /* of the same port, for TCP */
    int tcp_answers;     /* given by it */
    char address[32];    /* "127.0.0.1:PORT" */
    int questions;       /* for IPv4 addresses, that arrived; the same again is
                            none */
    int arrived;         /* the same again, too */
    uint64_t asked[512]; /* their hashes */
    size_t asked_next;
    uint32_t ttl_s;
    unsigned char last; /* N */
    duet_task *task;
    duet_task *tcp_task;
} test_dns;

/* Starts it in the loop that runs. */
void test_dns_start(test_dns *dns);
void test_dns_stop(test_dns *dns);

#endif
