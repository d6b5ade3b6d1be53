/* SPDX-License-Identifier: MIT */
#include <duet/queue.h>

#include <stdlib.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/test.h"

static duet_queue *queue;

static int letters[] = {'a', 'b', 'c', 'd', 'e', 'f'};

typedef struct party {
    void *item;
    duet_deadline deadline;
    int status;
    int after; /* what its next wait returned */
} party;

static int put(void *argument)
{
    party *one = argument;

    one->status = duet_queue_put(queue, one->item, one->deadline);
    one->after = duet_yield();
    return one->status;
}

static int get(void *argument)
{
    party *one = argument;

    one->status = duet_queue_get(queue, &one->item, one->deadline);
    one->after = duet_yield();
    return one->status;
}

static duet_task *start(duet_task_function *function, party *one, void *item,
                        duet_deadline deadline)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    *one = (party){item, deadline, 1, 1};
    assert_status(duet_spawn(function, one, &now, &task), 0);
    return task;
}

static void join(duet_task *task)
{
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

static void make(int64_t capacity)
{
    const duet_queue_options options = {.capacity = capacity};

    assert_status(duet_queue_new(&options, &queue), 0);
}

static int get_letter(void)
{
    void *item;

    assert_status(duet_queue_get(queue, &item, DUET_NOW), 0);
    return *(int *)item;
}

in_virtual_time(items_come_out_as_they_went_in)
{
    void *item = &letters[0];

    make(3);
    for (int i = 0; i < 3; i++)
        assert_status(duet_queue_put(queue, &letters[i], DUET_NOW), 0);
    assert_status(duet_queue_put_now(queue, &letters[3]), DUET_EFULL);
    assert_status(duet_queue_put(queue, &letters[3], DUET_NOW), DUET_ETIMEDOUT);
    assert_int_equal(duet_queue_count(queue), 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(get_letter(), letters[i]);
    assert_status(duet_queue_get_now(queue, &item), DUET_EEMPTY);
    assert_null(item);
    assert_status(duet_queue_get(queue, &item, DUET_NOW), DUET_ETIMEDOUT);
    duet_queue_free(queue);
}

in_virtual_time(getters_are_served_in_the_order_they_came)
{
    party getters[3];
    duet_task *tasks[3];

    make(0);
    for (int i = 0; i < 3; i++)
        tasks[i] = start(get, &getters[i], NULL, DUET_NEVER);
    for (int i = 0; i < 4; i++)
        assert_status(duet_queue_put_now(queue, &letters[i]), 0);
    /* The first three are given away already, though nobody ran. */
    assert_int_equal(duet_queue_count(queue), 1);
    assert_int_equal(get_letter(), 'd');
    for (int i = 0; i < 3; i++) {
        join(tasks[i]);
        assert_ptr_equal(getters[i].item, &letters[i]);
    }
    duet_queue_free(queue);
}

in_virtual_time(putters_get_room_in_the_order_they_came)
{
    party putters[3];
    duet_task *tasks[3];

    make(1);
    assert_status(duet_queue_put_now(queue, &letters[0]), 0);
    for (int i = 0; i < 3; i++)
        tasks[i] = start(put, &putters[i], &letters[i + 1], DUET_NEVER);
    for (int i = 0; i < 4; i++)
        assert_int_equal(get_letter(), letters[i]);
    for (int i = 0; i < 3; i++)
        join(tasks[i]);
    duet_queue_free(queue);
}

in_virtual_time(no_item_is_lost_to_getters_that_give_up)
{
    party late, cancelled, given;
    duet_task *tasks[3];

    make(0);
    tasks[0] = start(get, &late, &letters[5], duet_in_ms(1));
    tasks[1] = start(get, &cancelled, NULL, DUET_NEVER);
    tasks[2] = start(get, &given, NULL, DUET_NEVER);
    assert_true(duet_task_cancel(tasks[1]));
    assert_status(duet_sleep(duet_in_ms(2)), 0);
    assert_status(duet_queue_put_now(queue, &letters[0]), 0);
    assert_true(duet_task_cancel(tasks[2]));
    for (int i = 0; i < 3; i++)
        join(tasks[i]);
    assert_status(late.status, DUET_ETIMEDOUT);
    assert_null(late.item);
    assert_status(cancelled.status, DUET_ECANCELED);
    assert_status(given.status, 0);
    assert_ptr_equal(given.item, &letters[0]);
    assert_status(given.after, DUET_ECANCELED);
    duet_queue_free(queue);
}

in_virtual_time(no_item_is_put_twice_by_putters_that_give_up)
{
    party late, cancelled, admitted;
    duet_task *tasks[3];

    make(1);
    assert_status(duet_queue_put_now(queue, &letters[0]), 0);
    tasks[0] = start(put, &late, &letters[1], duet_in_ms(1));
    tasks[1] = start(put, &cancelled, &letters[2], DUET_NEVER);
    tasks[2] = start(put, &admitted, &letters[3], DUET_NEVER);
    assert_true(duet_task_cancel(tasks[1]));
    assert_status(duet_sleep(duet_in_ms(2)), 0);
    assert_int_equal(get_letter(), 'a');
    assert_true(duet_task_cancel(tasks[2]));
    for (int i = 0; i < 3; i++)
        join(tasks[i]);
    assert_status(late.status, DUET_ETIMEDOUT);
    assert_status(cancelled.status, DUET_ECANCELED);
    assert_status(admitted.status, 0);
    assert_status(admitted.after, DUET_ECANCELED);
    assert_int_equal(get_letter(), 'd');
    assert_int_equal(duet_queue_count(queue), 0);
    duet_queue_free(queue);
}

in_virtual_time(join_waits_for_every_item_to_be_dealt_with)
{
    make(0);
    assert_status(duet_queue_join(queue, DUET_NOW), 0);
    assert_status(duet_queue_task_done(queue), DUET_ESTATE);
    assert_status(duet_queue_put_now(queue, &letters[0]), 0);
    assert_status(duet_queue_put_now(queue, &letters[1]), 0);
    assert_int_equal(get_letter(), 'a');
    assert_int_equal(get_letter(), 'b');
    assert_status(duet_queue_join(queue, duet_in_ms(1)), DUET_ETIMEDOUT);
    assert_status(duet_queue_task_done(queue), 0);
    assert_status(duet_queue_join(queue, DUET_NOW), DUET_ETIMEDOUT);
    assert_status(duet_queue_task_done(queue), 0);
    assert_status(duet_queue_join(queue, DUET_NOW), 0);
    assert_status(duet_queue_task_done(queue), DUET_ESTATE);
    duet_queue_free(queue);
}

static int join_queue(void *argument)
{
    (void)argument;
    return duet_queue_join(queue, DUET_NEVER);
}

in_virtual_time(shutdown_drains_then_ends)
{
    party putter;
    duet_task *task;
    void *item;

    make(1);
    assert_status(duet_queue_put_now(queue, &letters[0]), 0);
    task = start(put, &putter, &letters[1], DUET_NEVER);
    duet_queue_shutdown(queue, false);
    duet_queue_shutdown(queue, false);
    assert_status(duet_queue_put_now(queue, &letters[2]), DUET_ECLOSED);
    assert_status(duet_queue_put(queue, &letters[2], DUET_NEVER), DUET_ECLOSED);
    join(task);
    assert_status(putter.status, DUET_ECLOSED);
    assert_int_equal(get_letter(), 'a');
    assert_status(duet_queue_get_now(queue, &item), DUET_ECLOSED);
    assert_status(duet_queue_get(queue, &item, DUET_NEVER), DUET_ECLOSED);
    assert_status(duet_queue_task_done(queue), 0);
    assert_status(duet_queue_join(queue, DUET_NOW), 0);
    duet_queue_free(queue);
}

in_virtual_time(shutdown_wakes_getters)
{
    party getters[2];
    duet_task *tasks[2];

    make(0);
    for (int i = 0; i < 2; i++)
        tasks[i] = start(get, &getters[i], NULL, DUET_NEVER);
    duet_queue_shutdown(queue, false);
    for (int i = 0; i < 2; i++) {
        join(tasks[i]);
        assert_status(getters[i].status, DUET_ECLOSED);
    }
    duet_queue_free(queue);
}

static int freed;

static void count_and_free(void *item)
{
    freed++;
    free(item);
}

in_virtual_time(immediate_shutdown_drops_the_items)
{
    const duet_queue_options options = {.free_item = count_and_free};
    duet_task *joiner;
    void *item;

    freed = 0;
    assert_status(duet_queue_new(&options, &queue), 0);
    for (int i = 0; i < 3; i++)
        assert_status(duet_queue_put_now(queue, malloc(1)), 0);
    assert_status(duet_queue_get_now(queue, &item), 0);
    free(item);
    assert_status(duet_spawn(join_queue, NULL, NULL, &joiner), 0);
    assert_status(duet_yield(), 0);
    duet_queue_shutdown(queue, true);
    assert_int_equal(freed, 2);
    assert_status(duet_yield(), 0);
    assert_false(duet_task_is_done(joiner)); /* one was got and is not done */
    assert_status(duet_queue_task_done(queue), 0);
    join(joiner);
    assert_status(duet_queue_get_now(queue, &item), DUET_ECLOSED);
    duet_queue_free(queue);
}

static void freeing_a_queue_drops_its_items(void **state)
{
    const duet_queue_options options = {.free_item = count_and_free};

    (void)state;
    freed = 0;
    assert_status(duet_queue_new(&options, &queue), 0);
    assert_status(duet_queue_put_now(queue, malloc(1)), 0);
    duet_queue_free(queue);
    assert_int_equal(freed, 1);
}

static int by_letter(const void *first, const void *second)
{
    return *(const int *)first - *(const int *)second;
}

static void priority_and_last_in_decide_who_is_next(void **state)
{
    const duet_queue_options priority = {.order = DUET_QUEUE_PRIORITY,
                                         .compare = by_letter};
    const duet_queue_options last_in = {.order = DUET_QUEUE_LAST_IN};

    (void)state;
    assert_status(duet_queue_new(&priority, &queue), 0);
    assert_status(duet_queue_put_now(queue, &letters[2]), 0);
    assert_status(duet_queue_put_now(queue, &letters[0]), 0);
    assert_status(duet_queue_put_now(queue, &letters[1]), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(get_letter(), letters[i]);
    duet_queue_free(queue);
    assert_status(duet_queue_new(&last_in, &queue), 0);
    for (int i = 0; i < 3; i++)
        assert_status(duet_queue_put_now(queue, &letters[i]), 0);
    for (int i = 2; i >= 0; i--)
        assert_int_equal(get_letter(), letters[i]);
    duet_queue_free(queue);
}

static void impossible_options_are_refused(void **state)
{
    const duet_queue_options negative = {.capacity = -2};
    const duet_queue_options blind = {.order = DUET_QUEUE_PRIORITY};
    const duet_queue_options unlimited = {.capacity = DUET_NO_LIMIT};

    (void)state;
    assert_status(duet_queue_new(&negative, &queue), DUET_EINVAL);
    assert_null(queue);
    assert_status(duet_queue_new(&blind, &queue), DUET_EINVAL);
    assert_status(duet_queue_new(&unlimited, &queue), 0);
    for (int i = 0; i < 5000; i++)
        assert_status(duet_queue_put_now(queue, &letters[0]), 0);
    duet_queue_free(queue);
    make(0);
    for (int i = 0; i < 1024; i++)
        assert_status(duet_queue_put_now(queue, &letters[0]), 0);
    assert_status(duet_queue_put_now(queue, &letters[0]), DUET_EFULL);
    duet_queue_free(queue);
}

static int make_use_and_free(void)
{
    duet_queue *own;
    int status = duet_queue_new(NULL, &own);

    for (int i = 0; i < 20 && status == 0; i++)
        status = duet_queue_put_now(own, NULL);
    duet_queue_free(own);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_use_and_free, 3);
}

TEST_MAIN(test(items_come_out_as_they_went_in),
          test(getters_are_served_in_the_order_they_came),
          test(putters_get_room_in_the_order_they_came),
          test(no_item_is_lost_to_getters_that_give_up),
          test(no_item_is_put_twice_by_putters_that_give_up),
          test(join_waits_for_every_item_to_be_dealt_with),
          test(shutdown_drains_then_ends), test(shutdown_wakes_getters),
          test(immediate_shutdown_drops_the_items),
          test(freeing_a_queue_drops_its_items),
          test(priority_and_last_in_decide_who_is_next),
          test(impossible_options_are_refused),
          test(allocation_failures_are_told))
