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
 *     any other  127.0.0.1, valid for `ttl_s`
 *
 * In place of 127.0.0.1 it may be told another address, 127.0.0.N. */
#ifndef DUET_TEST_SUPPORT_DNS_H
#define DUET_TEST_SUPPORT_DNS_H

#include <stdint.h>

#include <duet/task.h>

typedef struct test_dns {
    int descriptor;
    char address[32];    /* "127.0.0.1:PORT" */
    int questions;       /* for IPv4 addresses, that arrived; the same again is
                            none */
    uint64_t asked[512]; /* their hashes */
    size_t asked_next;
    uint32_t ttl_s;
    unsigned char last; /* N */
    duet_task *task;
} test_dns;

/* Starts it in the loop that runs. */
void test_dns_start(test_dns *dns);
void test_dns_stop(test_dns *dns);

#endif
