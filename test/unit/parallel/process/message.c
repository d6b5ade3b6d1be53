/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "parallel/process/process.h"
#include "parallel/process/message.h"
#include "support/test.h"

static void open_sockets(int ends[2])
{
    assert_int_equal(
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
}

/* Sends `count` descriptors and looks at what arrives. */
static void pass(size_t count)
{
    char sent[] = "hello";
    char received[16] = "";
    struct iovec out = {sent, sizeof sent};
    struct iovec in = {received, sizeof received};
    int own[DUET__PROCESS_DESCRIPTORS];
    int theirs[DUET__PROCESS_DESCRIPTORS];
    size_t arrived = 99;
    int ends[2];

    open_sockets(ends);
    for (size_t i = 0; i < count; i++)
        own[i] = ends[0];
    assert_int_equal(duet__send_descriptors(ends[0], &out, 1, own, count),
                     sizeof sent);
    assert_int_equal(
        duet__receive_descriptors(ends[1], &in, 1, 0, theirs, &arrived),
        sizeof sent);
    assert_string_equal(received, "hello");
    assert_int_equal(arrived, count);
    for (size_t i = 0; i < arrived; i++) {
        assert_int_equal(fcntl(theirs[i], F_GETFD), FD_CLOEXEC);
        close(theirs[i]);
    }
    close(ends[0]);
    close(ends[1]);
}

static void descriptors_arrive_closed_on_exec(void **state)
{
    (void)state;
    pass(0);
    pass(1);
    pass(DUET__PROCESS_DESCRIPTORS);
}

static void closed_peer_is_an_error_and_an_end_and_no_signal(void **state)
{
    char byte = 'x';
    struct iovec part = {&byte, 1};
    int descriptors[DUET__PROCESS_DESCRIPTORS];
    size_t count;
    int ends[2];

    (void)state;
    open_sockets(ends);
    assert_int_equal(duet__receive_descriptors(ends[0], &part, 1, MSG_DONTWAIT,
                                               descriptors, &count),
                     -1);
    assert_int_equal(errno, EAGAIN);
    close(ends[1]);
    assert_int_equal(duet__send_descriptors(ends[0], &part, 1, NULL, 0), -1);
    assert_int_equal(errno, EPIPE);
    assert_int_equal(
        duet__receive_descriptors(ends[0], &part, 1, 0, descriptors, &count),
        0);
    close(ends[0]);
}

TEST_MAIN(test(descriptors_arrive_closed_on_exec),
          test(closed_peer_is_an_error_and_an_end_and_no_signal))
