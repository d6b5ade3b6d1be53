/* SPDX-License-Identifier: MIT */
#include <duet/channel.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/test.h"

static duet_channel *channel;

typedef struct party {
    int value;
    duet_deadline deadline;
    int status;
    int after;
} party;

static int send_value(void *argument)
{
    party *one = argument;

    one->status = duet_channel_send(channel, &one->value, one->deadline);
    one->after = duet_yield();
    return one->status;
}

static int receive_value(void *argument)
{
    party *one = argument;

    one->status = duet_channel_receive(channel, &one->value, one->deadline);
    one->after = duet_yield();
    return one->status;
}

static duet_task *start(duet_task_function *function, party *one, int value,
                        duet_deadline deadline)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    *one = (party){value, deadline, 1, 1};
    assert_status(duet_spawn(function, one, &now, &task), 0);
    return task;
}

static void join(duet_task *task)
{
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

static int receive_now(void)
{
    int value = -1;

    assert_status(duet_channel_receive(channel, &value, DUET_NOW), 0);
    return value;
}

in_virtual_time(a_channel_holds_as_many_values_as_it_has_room_for)
{
    int value = 7;

    assert_status(duet_channel_new(sizeof(int), 3, &channel), 0);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 3; i++) {
            value = round * 10 + i;
            assert_status(duet_channel_send(channel, &value, DUET_NOW), 0);
        }
        assert_status(duet_channel_send(channel, &value, DUET_NOW),
                      DUET_ETIMEDOUT);
        assert_int_equal(duet_channel_count(channel), 3);
        for (int i = 0; i < 3; i++)
            assert_int_equal(receive_now(), round * 10 + i);
        value = 99;
        assert_status(duet_channel_receive(channel, &value, DUET_NOW),
                      DUET_ETIMEDOUT);
        assert_int_equal(value, 99);
    }
    duet_channel_free(channel);
}

in_virtual_time(without_capacity_both_sides_meet)
{
    party senders[2], receiver;
    duet_task *tasks[3];
    int value = 5;

    assert_status(duet_channel_new(sizeof(int), 0, &channel), 0);
    assert_status(duet_channel_send(channel, &value, DUET_NOW), DUET_ETIMEDOUT);
    tasks[0] = start(send_value, &senders[0], 1, DUET_NEVER);
    tasks[1] = start(send_value, &senders[1], 2, DUET_NEVER);
    assert_int_equal(duet_channel_count(channel), 0);
    assert_int_equal(receive_now(), 1);
    assert_int_equal(receive_now(), 2);
    tasks[2] = start(receive_value, &receiver, -1, DUET_NEVER);
    assert_status(duet_channel_send(channel, &value, DUET_NOW), 0);
    for (int i = 0; i < 3; i++)
        join(tasks[i]);
    assert_int_equal(receiver.value, 5);
    assert_status(senders[0].status, 0);
    assert_status(senders[1].status, 0);
    duet_channel_free(channel);
}

in_virtual_time(senders_and_receivers_are_served_in_order)
{
    party parties[3];
    duet_task *tasks[3];

    assert_status(duet_channel_new(sizeof(int), 1, &channel), 0);
    for (int i = 0; i < 3; i++)
        tasks[i] = start(send_value, &parties[i], i, DUET_NEVER);
    for (int i = 0; i < 3; i++)
        assert_int_equal(receive_now(), i);
    for (int i = 0; i < 3; i++)
        join(tasks[i]);
    for (int i = 0; i < 3; i++)
        tasks[i] = start(receive_value, &parties[i], -1, DUET_NEVER);
    for (int i = 0; i < 3; i++)
        assert_status(duet_channel_send(channel, &i, DUET_NOW), 0);
    for (int i = 0; i < 3; i++) {
        join(tasks[i]);
        assert_int_equal(parties[i].value, i);
    }
    duet_channel_free(channel);
}

in_virtual_time(no_value_is_lost_to_those_who_give_up)
{
    party late, cancelled, given;
    duet_task *tasks[3];
    int value = 4;

    assert_status(duet_channel_new(sizeof(int), 0, &channel), 0);
    tasks[0] = start(receive_value, &late, -1, duet_in_ms(1));
    tasks[1] = start(receive_value, &cancelled, -1, DUET_NEVER);
    tasks[2] = start(receive_value, &given, -1, DUET_NEVER);
    assert_true(duet_task_cancel(tasks[1]));
    assert_status(duet_sleep(duet_in_ms(2)), 0);
    assert_status(duet_channel_send(channel, &value, DUET_NOW), 0);
    assert_true(duet_task_cancel(tasks[2]));
    for (int i = 0; i < 3; i++)
        join(tasks[i]);
    assert_status(late.status, DUET_ETIMEDOUT);
    assert_status(cancelled.status, DUET_ECANCELED);
    assert_status(given.status, 0);
    assert_int_equal(given.value, 4);
    assert_status(given.after, DUET_ECANCELED);
    duet_channel_free(channel);
}

in_virtual_time(a_cancelled_sender_sent_nothing)
{
    party cancelled, other;
    duet_task *tasks[2];

    assert_status(duet_channel_new(sizeof(int), 0, &channel), 0);
    tasks[0] = start(send_value, &cancelled, 1, DUET_NEVER);
    tasks[1] = start(send_value, &other, 2, DUET_NEVER);
    assert_true(duet_task_cancel(tasks[0]));
    assert_int_equal(receive_now(), 2);
    join(tasks[0]);
    join(tasks[1]);
    assert_status(cancelled.status, DUET_ECANCELED);
    duet_channel_free(channel);
}

in_virtual_time(closing_lets_receivers_drain_and_senders_fail)
{
    party sender, receiver;
    duet_task *task;
    int value = 1;

    assert_status(duet_channel_new(sizeof(int), 1, &channel), 0);
    assert_status(duet_channel_send(channel, &value, DUET_NOW), 0);
    task = start(send_value, &sender, 2, DUET_NEVER);
    duet_channel_close(channel);
    duet_channel_close(channel);
    join(task);
    assert_status(sender.status, DUET_ECLOSED);
    assert_status(duet_channel_send(channel, &value, DUET_NEVER), DUET_ECLOSED);
    assert_int_equal(receive_now(), 1);
    assert_status(duet_channel_receive(channel, &value, DUET_NEVER),
                  DUET_ECLOSED);
    duet_channel_free(channel);
    assert_status(duet_channel_new(sizeof(int), 0, &channel), 0);
    task = start(receive_value, &receiver, -1, DUET_NEVER);
    duet_channel_close(channel);
    join(task);
    assert_status(receiver.status, DUET_ECLOSED);
    duet_channel_free(channel);
}

static void values_without_bytes_are_signals(void **state)
{
    (void)state;
    assert_status(duet_channel_new(0, 2, &channel), 0);
    assert_status(duet_channel_send(channel, NULL, DUET_NOW), 0);
    assert_status(duet_channel_send(channel, NULL, DUET_NOW), 0);
    assert_int_equal(duet_channel_count(channel), 2);
    assert_status(duet_channel_receive(channel, NULL, DUET_NOW), 0);
    assert_status(duet_channel_receive(channel, NULL, DUET_NOW), 0);
    assert_status(duet_channel_receive(channel, NULL, DUET_NEVER),
                  DUET_ENOLOOP);
    assert_status(duet_channel_receive(channel, NULL, DUET_NOW),
                  DUET_ETIMEDOUT);
    duet_channel_free(channel);
    assert_status(duet_channel_new(SIZE_MAX / 2, 4, &channel), DUET_ENOMEM);
    assert_null(channel);
}

static int make_and_free(void)
{
    duet_channel *own;
    int status = duet_channel_new(8, 8, &own);

    duet_channel_free(own);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_and_free, 2);
}

TEST_MAIN(test(a_channel_holds_as_many_values_as_it_has_room_for),
          test(without_capacity_both_sides_meet),
          test(senders_and_receivers_are_served_in_order),
          test(no_value_is_lost_to_those_who_give_up),
          test(a_cancelled_sender_sent_nothing),
          test(closing_lets_receivers_drain_and_senders_fail),
          test(values_without_bytes_are_signals),
          test(allocation_failures_are_told))
