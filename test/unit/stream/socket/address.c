/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <unistd.h>

#include "stream/socket/address.h"

static void expect(const char *host, const char *text)
{
    duet__address address;
    char written[DUET__ADDRESS_TEXT];

    assert_true(duet__address_read(duet__text_from(host), 80, &address));
    duet__address_write(&address, written);
    assert_string_equal(written, text);
    assert_int_equal(duet__address_port(&address), 80);
}

static void addresses_are_read_and_written(void **state)
{
    (void)state;
    expect("192.0.2.1", "192.0.2.1:80");
    expect("2001:db8::1", "[2001:db8::1]:80");
    expect("[2001:DB8:0::1]", "[2001:db8::1]:80");
}

static void other_texts_are_no_addresses(void **state)
{
    const char *const texts[] = {"",      "a",        "1.2.3", "1.2.3.4 ",
                                 "[::1",  "::1]",     "[]",    "[1.2.3.4",
                                 "::1%1", "1.2.3.4.5"};
    char long_text[200];
    duet__address address;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(
            duet__address_read(duet__text_from(texts[i]), 80, &address));
    memset(long_text, '1', sizeof long_text);
    assert_false(
        duet__address_read(duet__text_of(long_text, 200), 80, &address));
}

static void paths_have_a_length_within_their_range(void **state)
{
    duet__address address;
    char path[200];
    char written[DUET__ADDRESS_TEXT];

    (void)state;
    assert_status(duet__address_of_path("", &address), DUET_EINVAL);
    assert_status(duet__address_of_path("@", &address), DUET_EINVAL);
    memset(path, 'p', sizeof path);
    path[108] = '\0';
    assert_status(duet__address_of_path(path, &address), DUET_ENAMETOOLONG);
    path[107] = '\0';
    assert_status(duet__address_of_path(path, &address), 0);
    duet__address_write(&address, written);
    assert_string_equal(written + 5, path);
    path[0] = '@';
    assert_status(duet__address_of_path(path, &address), 0);
    assert_int_equal(address.local.sun_path[0], '\0');
    duet__address_write(&address, written);
    assert_string_equal(written + 5, path);
    assert_int_equal(duet__address_port(&address), 0);
}

static void sockets_without_addresses_have_none(void **state)
{
    duet__address address;
    char written[DUET__ADDRESS_TEXT];
    int ends[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    for (int peer = 0; peer < 2; peer++) {
        duet__address_of_socket(ends[0], peer, &address);
        duet__address_write(&address, written);
        assert_string_equal(written, "unix:");
    }
    close(ends[0]);
    close(ends[1]);
    duet__address_of_socket(-1, true, &address);
    assert_int_equal(duet__address_port(&address), 0);
}

TEST_MAIN(test(addresses_are_read_and_written),
          test(other_texts_are_no_addresses),
          test(paths_have_a_length_within_their_range),
          test(sockets_without_addresses_have_none))
