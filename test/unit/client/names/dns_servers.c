/* SPDX-License-Identifier: MIT */
#include "client/names/dns_servers.h"
#include "support/test.h"

#include <duet/error.h>

static void servers_with_and_without_ports_are_taken(void **state)
{
    static const char *const good[] = {
        "127.0.0.1",
        "127.0.0.1:53",
        "127.0.0.1:65535, 192.0.2.1:1",
        "::1,[::1],[2001:db8::1]:5353",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_status(duet__dns_servers_check(good[i]), 0);
}

static void impossible_ports_and_no_addresses_are_refused(void **state)
{
    static const char *const bad[] = {
        "127.0.0.1:0",
        "127.0.0.1:99999",
        "127.0.0.1:",
        "127.0.0.1:x",
        "192.0.2.1,127.0.0.1:65536",
        "[::1]:0",
        "[::1]:99999,::1",
        "[::1]53",
        "",
        " ",
        "192.0.2.1,",
        "192.0.2.1,,192.0.2.2",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_status(duet__dns_servers_check(bad[i]), DUET_EINVAL);
        assert_non_null(strstr(duet_error_detail(), "dns_servers"));
    }
}

TEST_MAIN(test(servers_with_and_without_ports_are_taken),
          test(impossible_ports_and_no_addresses_are_refused))
