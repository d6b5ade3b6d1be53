/* SPDX-License-Identifier: MIT */
#include <duet/descriptor.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/core/loop.h"
#include "support/in_task.h"
#include "support/test.h"

static int pair[2];

typedef struct waiter {
    int descriptor;
    bool writes;
    duet_deadline deadline;
    int status;
} waiter;

static int wait_until_ready(void *argument)
{
    waiter *one = argument;

    one->status = one->writes
                      ? duet_wait_writable(one->descriptor, one->deadline)
                      : duet_wait_readable(one->descriptor, one->deadline);
    return one->status;
}

static duet_task *start(waiter *one, int descriptor, bool writes,
                        duet_deadline deadline)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    *one = (waiter){descriptor, writes, deadline, 1};
    assert_status(duet_spawn(wait_until_ready, one, &now, &task), 0);
    return task;
}

static void join(duet_task *task)
{
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

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

static void fill(int descriptor)
{
    char block[4096] = {0};

    while (write(descriptor, block, sizeof block) > 0)
        continue;
}

static void drain(int descriptor)
{
    char block[4096];

    while (read(descriptor, block, sizeof block) > 0)
        continue;
}

in_virtual_time(all_who_wait_for_one_descriptor_are_woken)
{
    waiter waiters[3];
    duet_task *tasks[3];

    open_pair();
    for (int i = 0; i < 3; i++)
        tasks[i] = start(&waiters[i], pair[0], false, DUET_NEVER);
    assert_int_equal(write(pair[1], "x", 1), 1);
    for (int i = 0; i < 3; i++) {
        join(tasks[i]);
        assert_status(waiters[i].status, 0);
    }
    assert_status(duet_wait_readable(pair[0], DUET_NEVER), 0);
    close_pair();
}

in_virtual_time(reader_and_writer_of_one_descriptor_are_told_apart)
{
    waiter reader, writer;
    duet_task *tasks[2];

    open_pair();
    fill(pair[0]);
    tasks[0] = start(&reader, pair[0], false, DUET_NEVER);
    tasks[1] = start(&writer, pair[0], true, DUET_NEVER);
    drain(pair[1]);
    join(tasks[1]);
    assert_status(writer.status, 0);
    assert_false(duet_task_is_done(tasks[0]));
    assert_int_equal(write(pair[1], "x", 1), 1);
    join(tasks[0]);
    assert_status(reader.status, 0);
    close_pair();
}

in_virtual_time(now_asks_without_waiting)
{
    open_pair();
    assert_status(duet_wait_readable(pair[0], DUET_NOW), DUET_ETIMEDOUT);
    assert_status(duet_wait_writable(pair[0], DUET_NOW), 0);
    assert_int_equal(write(pair[1], "x", 1), 1);
    assert_status(duet_wait_readable(pair[0], DUET_NOW), 0);
    fill(pair[0]);
    assert_status(duet_wait_writable(pair[0], DUET_NOW), DUET_ETIMEDOUT);
    close_pair();
}

in_virtual_time(waiting_ends_by_deadline_and_by_cancellation)
{
    waiter late, cancelled, other;
    duet_task *tasks[3];

    open_pair();
    tasks[0] = start(&late, pair[0], false, duet_in_ms(5));
    tasks[1] = start(&cancelled, pair[0], false, DUET_NEVER);
    tasks[2] = start(&other, pair[0], false, DUET_NEVER);
    assert_true(duet_task_cancel(tasks[1]));
    assert_status(duet_sleep(duet_in_ms(6)), 0);
    assert_int_equal(write(pair[1], "x", 1), 1);
    for (int i = 0; i < 3; i++)
        join(tasks[i]);
    assert_status(late.status, DUET_ETIMEDOUT);
    assert_status(cancelled.status, DUET_ECANCELED);
    assert_status(other.status, 0);
    close_pair();
}

in_virtual_time(hanging_up_wakes_reader_and_writer)
{
    waiter reader, writer;
    duet_task *tasks[2];

    open_pair();
    fill(pair[0]);
    tasks[0] = start(&reader, pair[0], false, DUET_NEVER);
    tasks[1] = start(&writer, pair[0], true, DUET_NEVER);
    close(pair[1]);
    join(tasks[0]);
    join(tasks[1]);
    assert_status(reader.status, 0);
    assert_status(writer.status, 0);
    close(pair[0]);
}

in_virtual_time(a_number_that_is_used_again_is_waited_for_anew)
{
    int first;

    open_pair();
    first = pair[0];
    assert_status(duet_wait_readable(pair[0], duet_in_ms(1)), DUET_ETIMEDOUT);
    for (int i = 0; i < 3; i++) {
        close_pair(); /* nobody is told */
        open_pair();
        assert_int_equal(pair[0], first);
        assert_status(duet_wait_readable(pair[0], duet_in_ms(1)),
                      DUET_ETIMEDOUT);
        assert_int_equal(write(pair[1], "x", 1), 1);
        assert_status(duet_wait_readable(pair[0], DUET_NEVER), 0);
    }
    close_pair();
}

in_virtual_time(a_duplicate_that_stays_open_is_no_trap)
{
    int duplicate;
    waiter one;
    duet_task *task;

    open_pair();
    assert_status(duet_wait_readable(pair[0], duet_in_ms(1)), DUET_ETIMEDOUT);
    /* The old registration lives on in the duplicate, under the old number. */
    duplicate = dup(pair[0]);
    assert_true(duplicate >= 0);
    close(pair[0]);
    assert_int_equal(write(pair[1], "x", 1), 1);
    close(pair[1]);
    open_pair();
    task = start(&one, pair[0], false, duet_in_ms(5));
    join(task);
    assert_status(one.status, DUET_ETIMEDOUT);
    close(duplicate);
    close_pair();
}

in_virtual_time(a_regular_file_is_always_ready)
{
    FILE *file = tmpfile();

    assert_non_null(file);
    assert_status(duet_wait_readable(fileno(file), DUET_NEVER), 0);
    assert_status(duet_wait_writable(fileno(file), DUET_NEVER), 0);
    fclose(file);
}

in_virtual_time(what_is_not_open_is_refused)
{
    int closed = dup(0);

    close(closed);
    assert_status(duet_wait_readable(closed, DUET_NEVER), DUET_EBADF);
    assert_status(duet_wait_readable(-1, DUET_NEVER), DUET_EBADF);
    assert_status(duet_wait_writable(INT32_MIN, DUET_NOW), DUET_EBADF);
    assert_string_equal(duet_error_detail(),
                        "descriptor -2147483648 is not open");
}

static void outside_a_task_nothing_is_waited_for(void **state)
{
    (void)state;
    assert_status(duet_wait_readable(0, DUET_NEVER), DUET_ENOLOOP);
}

TEST_MAIN(test(all_who_wait_for_one_descriptor_are_woken),
          test(reader_and_writer_of_one_descriptor_are_told_apart),
          test(now_asks_without_waiting),
          test(waiting_ends_by_deadline_and_by_cancellation),
          test(hanging_up_wakes_reader_and_writer),
          test(a_number_that_is_used_again_is_waited_for_anew),
          test(a_duplicate_that_stays_open_is_no_trap),
          test(a_regular_file_is_always_ready),
          test(what_is_not_open_is_refused),
          test(outside_a_task_nothing_is_waited_for))
