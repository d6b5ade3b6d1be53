/* SPDX-License-Identifier: MIT */
#include "runtime/core/poll.h"

#include <sys/socket.h>
#include <unistd.h>

#include <duet/select.h>
#include <duet/descriptor.h>

#include "runtime/core/loop.h"
#include "support/in_task.h"
#include "support/test.h"

static int pair[2];

static void open_pair(void)
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair),
                     0);
}

static void close_pair(void)
{
    close(pair[0]);
    close(pair[1]);
}

static void drain(int descriptor)
{
    char block[4096];

    while (read(descriptor, block, sizeof block) > 0)
        continue;
}

static int events_seen;

static void count_events(void *context, int descriptor, uint32_t events)
{
    assert_ptr_equal(context, &events_seen);
    assert_int_equal(descriptor, pair[0]);
    assert_true(events & EPOLLIN);
    drain(descriptor);
    events_seen++;
}

in_virtual_time(a_source_owns_its_descriptor)
{
    duet__poll_set *descriptors = &duet_current_loop()->descriptors;

    open_pair();
    events_seen = 0;
    assert_status(duet_wait_readable(pair[0], duet_in_ms(1)), DUET_ETIMEDOUT);
    assert_status(duet__source_watch(descriptors, pair[0], EPOLLIN,
                                     count_events, &events_seen),
                  0);
    assert_status(duet_wait_readable(pair[0], DUET_NEVER), DUET_EBUSY);
    assert_status(
        duet__source_watch(descriptors, pair[0], EPOLLIN, count_events, &pair),
        DUET_EBUSY);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(write(pair[1], "x", 1), 1);
        assert_status(duet_sleep(duet_in_ms(1)), 0);
        assert_int_equal(events_seen, i);
    }
    assert_status(
        duet__source_watch(descriptors, pair[0], 0, count_events, &events_seen),
        0);
    assert_int_equal(write(pair[1], "x", 1), 1);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(events_seen, 3);
    duet__source_remove(descriptors, pair[0]);
    assert_status(duet_wait_readable(pair[0], DUET_NEVER), 0);
    assert_int_equal(events_seen, 3);
    close_pair();
}

in_virtual_time(a_source_stays_when_its_file_is_replaced)
{
    duet__poll_set *descriptors = &duet_current_loop()->descriptors;
    int other[2];

    open_pair();
    events_seen = 0;
    assert_int_equal(socketpair(AF_UNIX,
                                SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                                other),
                     0);
    assert_status(duet__source_watch(descriptors, pair[0], EPOLLIN,
                                     count_events, &events_seen),
                  0);
    assert_status(duet__source_replace(descriptors, pair[0], -1), DUET_EBADF);
    assert_int_equal(write(pair[1], "x", 1), 1);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(events_seen, 1); /* of the file before */
    assert_status(duet__source_replace(descriptors, pair[0], other[0]), 0);
    close(other[0]);
    assert_int_equal(write(other[1], "x", 1), 1);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(events_seen, 2);
    /* The file before is closed. */
    assert_int_equal(send(pair[1], "x", 1, MSG_NOSIGNAL), -1);
    duet__source_remove(descriptors, pair[0]);
    close(other[1]);
    close_pair();
}

in_virtual_time(a_number_that_is_not_open_makes_no_table_grow)
{
    duet__poll_set *descriptors = &duet_current_loop()->descriptors;
    const size_t room = descriptors->room;
    const int wild[] = {100000, 1 << 30, INT32_MAX};
    duet_select_case one = {.kind = DUET_SELECT_READABLE};
    size_t chosen;

    for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
        assert_status(duet_wait_readable(wild[i], DUET_NEVER), DUET_EBADF);
        assert_status(duet_wait_writable(wild[i], DUET_NEVER), DUET_EBADF);
        assert_status(duet__source_watch(descriptors, wild[i], EPOLLIN,
                                         count_events, &events_seen),
                      DUET_EBADF);
        duet__source_remove(descriptors, wild[i]);
        one.descriptor = wild[i];
        assert_status(duet_select(&one, 1, &chosen, DUET_NEVER), DUET_EBADF);
    }
    assert_int_equal(descriptors->room, room);
}

TEST_MAIN(test(a_source_owns_its_descriptor),
          test(a_source_stays_when_its_file_is_replaced),
          test(a_number_that_is_not_open_makes_no_table_grow))
