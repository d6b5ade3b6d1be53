/* SPDX-License-Identifier: MIT */
#include "client/names/dns_message.h"
#include "support/test.h"

#include <stdlib.h>

#include <duet/error.h>

#define HEAD(answers) "\0\1\x81\x80\0\1\0" answers "\0\0\0\0"
#define NAME "\1a\0"             /* at 12 */
#define QUESTION NAME "\0\1\0\1" /* its type does not count */
#define RECORD(name, type, ttl, size, data)                                    \
    name "\0" type "\0\1\0\0\0" ttl "\0" size data
#define ADDRESS(name, ttl, last) RECORD(name, "\1", ttl, "\4", "\1\2\3" last)
#define ALIAS(name, ttl, target) RECORD(name, "\5", ttl, "\3", target)
#define READ(text, addresses) read_copy(text, sizeof(text) - 1, addresses)

/* Reads a copy of just its size: the sanitizers see what reads beyond it. */
static int read_copy(const char *text, size_t length,
                     duet__dns_addresses *addresses)
{
    unsigned char *copy = malloc(length + (length == 0));
    int status;

    memcpy(copy, text, length);
    status = duet__dns_message_read(copy, length, AF_INET, addresses);
    free(copy);
    return status;
}

static void addresses_are_found_whatever_the_order(void **state)
{
    duet__dns_addresses got;

    (void)state;
    assert_status(READ(HEAD("\2") QUESTION ADDRESS("\xc0\x0c", "\7", "\4")
                           ADDRESS("\1A\0", "\6", "\5"),
                       &got),
                  0);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.ttl_s, 6);
    assert_int_equal(ntohl(got.at[1].ipv4.s_addr), 0x01020305);
    assert_status(READ(HEAD("\3") QUESTION ADDRESS("\1c\0", "\7", "\4")
                           ALIAS("\1b\0", "\3", "\1c\0")
                               ALIAS("\1a\0", "\5", "\1b\0"),
                       &got),
                  0);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.ttl_s, 3);
}

static void what_is_said_of_other_names_is_left(void **state)
{
    duet__dns_addresses got;

    (void)state;
    assert_status(READ(HEAD("\2") QUESTION ADDRESS("\1b\0", "\7", "\4")
                           ALIAS("\1a\0", "\3", "\1c\0"),
                       &got),
                  0);
    assert_int_equal(got.count, 0);
}

static void aliases_in_a_circle_end(void **state)
{
    duet__dns_addresses got;

    (void)state;
    assert_status(READ(HEAD("\2") QUESTION ALIAS("\1a\0", "\7", "\1b\0")
                           ALIAS("\1b\0", "\7", "\1a\0"),
                       &got),
                  0);
    assert_int_equal(got.count, 0);
}

static void message_that_is_cut_is_malformed(void **state)
{
    static const char whole[] = HEAD("\2") QUESTION ADDRESS("\1b\0", "\7", "\4")
        ALIAS("\1a\0", "\5", "\1b\0");
    duet__dns_addresses got;

    (void)state;
    for (size_t length = 0; length < sizeof whole - 1; length++)
        assert_status(read_copy(whole, length, &got), DUET_EPROTOCOL);
    assert_status(read_copy(whole, sizeof whole - 1, &got), 0);
    assert_int_equal(got.count, 1);
}

TEST_MAIN(test(addresses_are_found_whatever_the_order),
          test(what_is_said_of_other_names_is_left),
          test(aliases_in_a_circle_end), test(message_that_is_cut_is_malformed))
