/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "stream/socket/listen.h"

static void hosts_are_numeric_or_localhost(void **state)
{
    duet__address address;

    (void)state;
    assert_status(duet__listen_address(NULL, 1, &address), 0);
    assert_int_equal(ntohl(address.ipv4.sin_addr.s_addr), INADDR_LOOPBACK);
    assert_status(duet__listen_address("localhost", 1, &address), 0);
    assert_int_equal(ntohl(address.ipv4.sin_addr.s_addr), INADDR_LOOPBACK);
    assert_status(duet__listen_address("::1", 1, &address), 0);
    assert_int_equal(address.any.sa_family, AF_INET6);
    assert_status(duet__listen_address("example.org", 1, &address),
                  DUET_EINVAL);
}

static void address_in_use_is_named(void **state)
{
    duet__address address;
    char expected[64];
    int first;
    int second;

    (void)state;
    assert_status(duet__listen_address(NULL, 0, &address), 0);
    assert_status(duet__listen_on(&address, false, 0, &first), 0);
    duet__address_of_socket(first, false, &address);
    assert_status(duet__listen_on(&address, false, 0, &second),
                  DUET_EADDRINUSE);
    snprintf(expected, sizeof expected,
             "listen on 127.0.0.1:%u: address in use",
             duet__address_port(&address));
    assert_string_equal(duet_error_message(DUET_EADDRINUSE), expected);
    close(first);
}

static void bound_socket_listens_without_blocking(void **state)
{
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    assert_status(duet__listen_again(descriptor, 0), 0);
    assert_true((fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0);
    close(descriptor);
    assert_status(duet__listen_again(descriptor, 0), DUET_EBADF);
}

TEST_MAIN(test(hosts_are_numeric_or_localhost), test(address_in_use_is_named),
          test(bound_socket_listens_without_blocking))
