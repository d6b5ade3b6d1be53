/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <sys/socket.h>
#include <unistd.h>

#include "server/application/listen.h"
#include "support/web.h"

static void free_port_is_chosen_and_told(void **state)
{
    const duet_server_options options = {0};
    char expected[64];
    char url[64];
    uint16_t port;
    int descriptor;

    (void)state;
    assert_status(duet__listen_open(&options, &descriptor), 0);
    duet__listen_describe(descriptor, &port, url, sizeof url);
    assert_int_not_equal(port, 0);
    snprintf(expected, sizeof expected, "http://127.0.0.1:%u", port);
    assert_string_equal(url, expected);
    close(descriptor);
}

static void port_in_use_is_an_error_that_names_it(void **state)
{
    duet_server_options options = {0};
    char url[64];
    uint16_t port;
    int descriptor;
    int other;

    (void)state;
    assert_status(duet__listen_open(&options, &descriptor), 0);
    duet__listen_describe(descriptor, &port, url, sizeof url);
    options.port = port;
    assert_status(duet__listen_open(&options, &other), DUET_EADDRINUSE);
    snprintf(url, sizeof url, "listen on 127.0.0.1:%u: address in use", port);
    assert_string_equal(duet_error_detail(), url);
    close(descriptor);
}

static void port_can_be_shared(void **state)
{
    duet_server_options options = {.reuse_port = true};
    char url[64];
    int first;
    int second;

    (void)state;
    assert_status(duet__listen_open(&options, &first), 0);
    duet__listen_describe(first, &options.port, url, sizeof url);
    assert_status(duet__listen_open(&options, &second), 0);
    close(first);
    close(second);
}

static void hosts_are_numeric(void **state)
{
    duet_server_options options = {.host = "example.com"};
    int descriptor;

    (void)state;
    assert_status(duet__listen_open(&options, &descriptor), DUET_EINVAL);
    options.host = "localhost";
    assert_status(duet__listen_open(&options, &descriptor), 0);
    close(descriptor);
    options.host = "192.0.2.1";
    assert_status(duet__listen_open(&options, &descriptor), DUET_EADDRNOTAVAIL);
}

static void ipv6_is_listened_on_and_told_in_brackets(void **state)
{
    duet_server_options options = {.host = "::1"};
    char expected[64];
    char url[64];
    int descriptor;
    int other;

    (void)state;
    if (!test_has_ipv6())
        test_skip("no ::1 here");
    assert_status(duet__listen_open(&options, &descriptor), 0);
    duet__listen_describe(descriptor, &options.port, url, sizeof url);
    snprintf(expected, sizeof expected, "http://[::1]:%u", options.port);
    assert_string_equal(url, expected);
    assert_status(duet__listen_open(&options, &other), DUET_EADDRINUSE);
    close(descriptor);
    options.host = "2001:db8::1";
    assert_status(duet__listen_open(&options, &descriptor), DUET_EADDRNOTAVAIL);
    options.host = "[::1]";
    assert_status(duet__listen_open(&options, &descriptor), DUET_EINVAL);
}

static void inherited_socket_is_taken(void **state)
{
    duet_server_options options = {0};
    int inherited = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int descriptor;

    (void)state;
    options.listen_descriptor = inherited;
    assert_status(duet__listen_open(&options, &descriptor), 0);
    assert_int_equal(descriptor, inherited);
    close(inherited);
    assert_status(duet__listen_open(&options, &descriptor), DUET_EBADF);
    options.listen_descriptor = -1;
    assert_status(duet__listen_open(&options, &descriptor), DUET_EINVAL);
    options = (duet_server_options){.backlog = -1};
    assert_status(duet__listen_open(&options, &descriptor), DUET_EINVAL);
}

TEST_MAIN(test(free_port_is_chosen_and_told),
          test(port_in_use_is_an_error_that_names_it), test(port_can_be_shared),
          test(hosts_are_numeric),
          test(ipv6_is_listened_on_and_told_in_brackets),
          test(inherited_socket_is_taken))
