/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>
#include <unistd.h>

#include <duet/select.h>

#include "runtime/core/loop.h"
#include "support/memory.h"
#include "support/in_task.h"
#include "support/test.h"

enum { CHANNELS = 3 };

static duet_channel *channels[CHANNELS];

static void set_up(size_t capacity)
{
    for (int i = 0; i < CHANNELS; i++)
        assert_status(duet_channel_new(sizeof(int), capacity, &channels[i]), 0);
}

static void tear_down(void)
{
    for (int i = 0; i < CHANNELS; i++)
        duet_channel_free(channels[i]);
}

/* A task that receives from whichever channel has something. */
typedef struct chooser {
    duet_deadline deadline;
    int value;
    size_t index;
    int status;
    int after;
} chooser;

static int receive_from_any(void *argument)
{
    chooser *one = argument;
    duet_select_case cases[CHANNELS];

    for (int i = 0; i < CHANNELS; i++)
        cases[i] = (duet_select_case){.kind = DUET_SELECT_RECEIVE,
                                      .channel = channels[i],
                                      .out_value = &one->value};
    one->status = duet_select(cases, CHANNELS, &one->index, one->deadline);
    one->after = duet_yield();
    return one->status;
}

static duet_task *start(chooser *one, duet_deadline deadline)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    *one = (chooser){deadline, -1, 99, 1, 1};
    assert_status(duet_spawn(receive_from_any, one, &now, &task), 0);
    return task;
}

static void join(duet_task *task)
{
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

static int send_now(int channel, int value)
{
    return duet_channel_send(channels[channel], &value, DUET_NOW);
}

in_virtual_time(the_first_case_that_can_be_done_is_done)
{
    chooser one;

    set_up(1);
    assert_status(send_now(2, 22), 0);
    assert_status(send_now(1, 11), 0);
    join(start(&one, DUET_NOW));
    assert_status(one.status, 0);
    assert_int_equal(one.index, 1);
    assert_int_equal(one.value, 11);
    assert_int_equal(duet_channel_count(channels[2]), 1);
    tear_down();
}

in_virtual_time(exactly_one_exchange_takes_place)
{
    chooser one;
    duet_task *task;

    set_up(0);
    task = start(&one, DUET_NEVER);
    assert_status(send_now(2, 22), 0);
    /* It stands nowhere any more, though it has not run. */
    assert_status(send_now(0, 1), DUET_ETIMEDOUT);
    assert_status(send_now(2, 2), DUET_ETIMEDOUT);
    join(task);
    assert_int_equal(one.index, 2);
    assert_int_equal(one.value, 22);
    tear_down();
}

in_virtual_time(giving_up_takes_part_in_none)
{
    chooser late, cancelled, given;
    duet_task *tasks[3];

    set_up(0);
    tasks[0] = start(&late, duet_in_ms(1));
    tasks[1] = start(&cancelled, DUET_NEVER);
    assert_true(duet_task_cancel(tasks[1]));
    assert_status(duet_sleep(duet_in_ms(2)), 0);
    for (int i = 0; i < CHANNELS; i++)
        assert_status(send_now(i, 1), DUET_ETIMEDOUT);
    tasks[2] = start(&given, DUET_NEVER);
    assert_status(send_now(1, 5), 0);
    assert_true(duet_task_cancel(tasks[2]));
    for (int i = 0; i < 3; i++)
        join(tasks[i]);
    assert_status(late.status, DUET_ETIMEDOUT);
    assert_int_equal(late.index, 99);
    assert_status(cancelled.status, DUET_ECANCELED);
    assert_int_equal(cancelled.index, 99);
    assert_status(given.status, 0);
    assert_int_equal(given.value, 5);
    assert_status(given.after, DUET_ECANCELED);
    tear_down();
}

in_virtual_time(a_closed_channel_is_chosen_and_named)
{
    chooser before, waiting;
    duet_task *task;

    set_up(0);
    task = start(&waiting, DUET_NEVER);
    duet_channel_close(channels[1]);
    join(task);
    assert_status(waiting.status, DUET_ECLOSED);
    assert_int_equal(waiting.index, 1);
    join(start(&before, DUET_NEVER));
    assert_status(before.status, DUET_ECLOSED);
    assert_int_equal(before.index, 1);
    tear_down();
}

in_virtual_time(two_selects_meet_on_one_channel)
{
    const int value = 6;
    duet_select_case cases[] = {
        {.kind = DUET_SELECT_NOTHING},
        {.kind = DUET_SELECT_SEND, .value = &value},
    };
    chooser one;
    duet_task *task;
    size_t index = 99;

    set_up(0);
    cases[1].channel = channels[0];
    task = start(&one, DUET_NEVER);
    assert_status(duet_select(cases, 2, &index, DUET_NOW), 0);
    assert_int_equal(index, 1);
    join(task);
    assert_int_equal(one.index, 0);
    assert_int_equal(one.value, 6);
    tear_down();
}

static int receive_later(void *argument)
{
    assert_status(duet_sleep(duet_in_ms(3)), 0);
    return duet_channel_receive(channels[1], argument, DUET_NEVER);
}

in_virtual_time(sending_waits_for_a_receiver)
{
    const int values[] = {10, 11};
    int received = -1;
    duet_select_case cases[2];
    duet_task *task;
    size_t index = 99;

    set_up(0);
    for (int i = 0; i < 2; i++)
        cases[i] = (duet_select_case){.kind = DUET_SELECT_SEND,
                                      .channel = channels[i],
                                      .value = &values[i]};
    assert_status(duet_spawn(receive_later, &received, NULL, &task), 0);
    assert_status(duet_select(cases, 2, &index, DUET_NEVER), 0);
    assert_int_equal(index, 1);
    join(task);
    assert_int_equal(received, 11);
    tear_down();
}

static int write_later(void *argument)
{
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(write(*(int *)argument, "x", 1), 1);
    return 0;
}

in_virtual_time(descriptors_and_channels_are_waited_for_together)
{
    int pair[2];
    duet_select_case cases[3];
    size_t index = 99;

    set_up(0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    cases[0] =
        (duet_select_case){.kind = DUET_SELECT_RECEIVE, .channel = channels[0]};
    cases[1] =
        (duet_select_case){.kind = DUET_SELECT_READABLE, .descriptor = pair[0]};
    cases[2] =
        (duet_select_case){.kind = DUET_SELECT_WRITABLE, .descriptor = pair[0]};
    assert_status(duet_select(cases, 2, &index, DUET_NOW), DUET_ETIMEDOUT);
    assert_status(duet_select(cases, 2, &index, duet_in_ms(1)), DUET_ETIMEDOUT);
    assert_int_equal(index, 99);
    assert_status(duet_select(cases, 3, &index, DUET_NOW), 0);
    assert_int_equal(index, 2);
    assert_status(duet_spawn(write_later, &pair[1], NULL, NULL), 0);
    assert_status(duet_select(cases, 2, &index, DUET_NEVER), 0);
    assert_int_equal(index, 1);
    cases[2].descriptor = -1;
    cases[1].kind = DUET_SELECT_NOTHING;
    assert_status(duet_select(cases, 3, &index, DUET_NEVER), DUET_EBADF);
    close(pair[0]);
    close(pair[1]);
    tear_down();
}

in_virtual_time(no_case_at_all_waits_for_the_deadline)
{
    size_t index = 99;

    assert_status(duet_select(NULL, 0, &index, duet_in_ms(5)), DUET_ETIMEDOUT);
    assert_true(duet_clock_ns() == 5 * 1000000);
    assert_int_equal(index, 99);
}

static int select_among_many(void)
{
    duet_select_case cases[20];
    duet_channel *channel;
    size_t index;
    int status = duet_channel_new(0, 0, &channel);

    if (status != 0)
        return status;
    for (int i = 0; i < 20; i++)
        cases[i] =
            (duet_select_case){.kind = DUET_SELECT_RECEIVE, .channel = channel};
    status = duet_select(cases, 20, &index, DUET_NOW);
    duet_channel_free(channel);
    return status == DUET_ETIMEDOUT ? 0 : status;
}

in_virtual_time(no_memory_for_many_cases_is_told)
{
    test_each_allocation_failing(select_among_many, 2);
}

static void outside_a_task_nothing_is_waited_for(void **state)
{
    size_t index;

    (void)state;
    assert_status(duet_select(NULL, 0, &index, DUET_NEVER), DUET_ENOLOOP);
    assert_status(duet_select(NULL, 0, &index, DUET_NOW), DUET_ETIMEDOUT);
}

TEST_MAIN(test(the_first_case_that_can_be_done_is_done),
          test(exactly_one_exchange_takes_place),
          test(giving_up_takes_part_in_none),
          test(a_closed_channel_is_chosen_and_named),
          test(two_selects_meet_on_one_channel),
          test(sending_waits_for_a_receiver),
          test(descriptors_and_channels_are_waited_for_together),
          test(no_case_at_all_waits_for_the_deadline),
          test(no_memory_for_many_cases_is_told),
          test(outside_a_task_nothing_is_waited_for))
