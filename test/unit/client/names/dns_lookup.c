/* SPDX-License-Identifier: MIT */
#include "client/names/dns_lookup.h"
#include "support/asking.h"
#include "support/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>

static void expect(const char *host, const char *addresses, int64_t ttl_s)
{
    test_asking self;

    test_asking_finish(&self, host);
    assert_non_null(self.answer.addresses);
    assert_string_equal(self.answer.addresses->text, addresses);
    assert_int_equal(self.answer.ttl_s, ttl_s);
    test_asking_end(&self);
}

static void ask_for_both(void)
{
    test_asking_server.ttl_s = 77;
    expect("a.test", "127.0.0.1", 77);
    expect("six.test", "[::1]", 77);
    expect("both.test", "[::1],127.0.0.1", 77);
}

static void families_come_in_turn(void **state)
{
    (void)state;
    test_asking_run(ask_for_both);
}

static void ask_for_half(void)
{
    test_asking_server.ttl_s = 77;
    expect("half.test", "127.0.0.1", 77);
}

static void silence_about_one_family_does_not_lose_the_other(void **state)
{
    (void)state;
    test_asking_run(ask_for_half);
}

static void ask_for_late(void)
{
    test_asking_server.ttl_s = 77;
    expect("late.test", "[::1],127.0.0.1", 77);
}

static void ipv4_that_comes_later_than_ipv6_is_waited_for(void **state)
{
    (void)state;
    test_asking_run(ask_for_late);
}

static void ask_for_lame(void)
{
    test_asking_server.ttl_s = 77;
    expect("lame.test", "[::1]", 5);
}

static void ipv6_alone_is_believed_for_a_short_time(void **state)
{
    (void)state;
    test_asking_run(ask_for_lame);
}

static void ask_for_alias(void)
{
    test_asking_server.ttl_s = 78;
    expect("alias.test", "[::1],127.0.0.1", 39);
}

static void address_may_come_before_the_alias_that_leads_to_it(void **state)
{
    (void)state;
    test_asking_run(ask_for_alias);
}

static void ask_the_dead_first(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int dead = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    char both[96];

    assert_int_equal(bind(dead, (void *)&address, size), 0);
    assert_int_equal(getsockname(dead, (void *)&address, &size), 0);
    snprintf(both, sizeof both, "127.0.0.1:%u,%s",
             (unsigned)ntohs(address.sin_port), test_asking_server.address);
    test_asking_servers = both;
    test_asking_server.ttl_s = 77;
    expect("a.test", "127.0.0.1", 77);
    test_asking_servers = NULL;
    close(dead);
}

static void dead_server_is_gone_past(void **state)
{
    (void)state;
    test_asking_run(ask_the_dead_first);
}

static void ask_the_silent(void)
{
    test_asking self;

    test_asking_finish(&self, "silent.test");
    assert_null(self.answer.addresses);
    assert_true(self.answer.is_lasting);
    test_asking_end(&self);
}

static void silence_of_all_servers_lasts(void **state)
{
    (void)state;
    test_asking_run(ask_the_silent);
}

TEST_MAIN(test(families_come_in_turn),
          test(silence_about_one_family_does_not_lose_the_other),
          test(ipv4_that_comes_later_than_ipv6_is_waited_for),
          test(ipv6_alone_is_believed_for_a_short_time),
          test(address_may_come_before_the_alias_that_leads_to_it),
          test(dead_server_is_gone_past), test(silence_of_all_servers_lasts))
