/* SPDX-License-Identifier: MIT */
#include <duet/future.h>

#include <pthread.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/run.h"
#include "support/test.h"

static duet_future *future;
static int thing = 42;
static test_log order;

typedef struct waiter {
    duet_deadline deadline;
    void *value;
    int status;
} waiter;

static int wait_for_it(void *argument)
{
    waiter *one = argument;

    one->status = duet_future_wait(future, &one->value, one->deadline);
    return one->status;
}

static duet_task *start(waiter *one, duet_deadline deadline)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    *one = (waiter){deadline, &order, 1};
    assert_status(duet_spawn(wait_for_it, one, &now, &task), 0);
    return task;
}

static void join(duet_task *task)
{
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

in_virtual_time(all_who_wait_get_the_value)
{
    waiter waiters[3];
    duet_task *tasks[3];
    void *value;

    assert_status(duet_future_new(&future), 0);
    for (int i = 0; i < 3; i++)
        tasks[i] = start(&waiters[i], DUET_NEVER);
    assert_false(duet_future_is_done(future));
    assert_status(duet_future_wait(future, &value, DUET_NOW), DUET_ETIMEDOUT);
    assert_null(value);
    assert_status(duet_future_set(future, &thing), 0);
    assert_true(duet_future_is_done(future));
    for (int i = 0; i < 3; i++) {
        join(tasks[i]);
        assert_status(waiters[i].status, 0);
        assert_ptr_equal(waiters[i].value, &thing);
    }
    assert_status(duet_future_wait(future, NULL, DUET_NOW), 0);
    duet_future_free(future);
}

in_virtual_time(a_future_is_settled_once)
{
    void *value;

    assert_status(duet_future_new(&future), 0);
    assert_status(duet_future_fail(future, 0), DUET_EINVAL);
    assert_status(duet_future_fail(future, DUET_EIO), 0);
    assert_status(duet_future_set(future, &thing), DUET_EALREADY);
    assert_status(duet_future_fail(future, DUET_EPIPE), DUET_EALREADY);
    assert_status(duet_future_cancel(future), DUET_EALREADY);
    assert_status(duet_future_wait(future, &value, DUET_NEVER), DUET_EIO);
    assert_null(value);
    duet_future_free(future);
}

in_virtual_time(cancelling_a_waiter_leaves_the_future_alone)
{
    waiter cancelled, late, other;
    duet_task *tasks[3];

    assert_status(duet_future_new(&future), 0);
    tasks[0] = start(&cancelled, DUET_NEVER);
    tasks[1] = start(&late, duet_in_ms(1));
    tasks[2] = start(&other, DUET_NEVER);
    assert_true(duet_task_cancel(tasks[0]));
    assert_status(duet_sleep(duet_in_ms(2)), 0);
    assert_false(duet_future_is_done(future));
    assert_status(duet_future_set(future, &thing), 0);
    for (int i = 0; i < 3; i++)
        join(tasks[i]);
    assert_status(cancelled.status, DUET_ECANCELED);
    assert_status(late.status, DUET_ETIMEDOUT);
    assert_status(other.status, 0);
    duet_future_free(future);
}

in_virtual_time(a_cancelled_future_tells_all_who_wait)
{
    waiter one;
    duet_task *task;

    assert_status(duet_future_new(&future), 0);
    task = start(&one, DUET_NEVER);
    assert_status(duet_future_cancel(future), 0);
    join(task);
    assert_status(one.status, DUET_ECANCELED);
    assert_true(duet_future_is_done(future));
    duet_future_free(future);
}

static void note_name(duet_future *settled, void *argument)
{
    assert_ptr_equal(settled, future);
    assert_null(duet_current_task());
    test_note(&order, argument);
}

in_virtual_time(callbacks_come_in_order_and_not_at_once)
{
    order.text[0] = '\0';
    assert_status(duet_future_new(&future), 0);
    assert_status(duet_future_add_callback(future, note_name, "a"), 0);
    assert_status(duet_future_add_callback(future, note_name, "b"), 0);
    assert_status(duet_future_set(future, NULL), 0);
    assert_status(duet_future_add_callback(future, note_name, "c"), 0);
    assert_string_equal(order.text, "");
    assert_status(duet_yield(), 0);
    assert_string_equal(order.text, "abc");
    duet_future_free(future);
}

in_virtual_time(a_future_lives_until_its_callbacks_were_called)
{
    order.text[0] = '\0';
    assert_status(duet_future_new(&future), 0);
    assert_status(duet_future_add_callback(future, note_name, "a"), 0);
    assert_status(duet_future_set(future, NULL), 0);
    duet_future_free(future);
    assert_status(duet_yield(), 0);
    assert_string_equal(order.text, "a");
    /* Never settled: never called. */
    assert_status(duet_future_new(&future), 0);
    assert_status(duet_future_add_callback(future, note_name, "b"), 0);
    duet_future_free(future);
    assert_status(duet_yield(), 0);
    assert_string_equal(order.text, "a");
    duet_future_free(NULL);
}

static int second_status, third_status;

static void *settle_in_thread(void *argument)
{
    duet_future *own = argument;

    assert_status(duet_future_set_from_thread(own, &thing), 0);
    second_status = duet_future_fail_from_thread(own, DUET_EIO);
    third_status = duet_future_set_from_thread(own, &thing);
    duet_future_free(own);
    return NULL;
}

in_task(another_thread_settles_it)
{
    pthread_t thread;
    void *value;

    assert_status(duet_future_new(&future), 0);
    assert_int_equal(pthread_create(&thread, NULL, settle_in_thread,
                                    duet_future_hold(future)),
                     0);
    assert_status(duet_future_wait(future, &value, DUET_NEVER), 0);
    assert_ptr_equal(value, &thing);
    pthread_join(thread, NULL);
    assert_status(second_status, DUET_EALREADY);
    assert_status(third_status, DUET_EALREADY);
    assert_status(duet_future_fail_from_thread(future, 1), DUET_EINVAL);
    duet_future_free(future);
}

static int let_go_before_thread(void *argument)
{
    pthread_t *thread = argument;

    assert_status(duet_future_new(&future), 0);
    assert_int_equal(pthread_create(thread, NULL, settle_in_thread,
                                    duet_future_hold(future)),
                     0);
    pthread_join(*thread, NULL);
    duet_future_free(future); /* what the thread sent is still on its way */
    return 0;
}

static void a_late_arrival_frees_what_nobody_holds(void **state)
{
    pthread_t thread;

    (void)state;
    assert_status(duet_run(let_go_before_thread, &thread, NULL), 0);
}

static void outside_a_loop_there_is_no_future(void **state)
{
    (void)state;
    assert_status(duet_future_new(&future), DUET_ENOLOOP);
    assert_null(future);
}

static int make_and_free(void)
{
    duet_future *own;
    int status = duet_future_new(&own);

    if (status == 0)
        status = duet_future_add_callback(own, note_name, NULL);
    duet_future_free(own);
    return status;
}

in_virtual_time(allocation_failures_are_told)
{
    test_each_allocation_failing(make_and_free, 2);
}

TEST_MAIN(test(all_who_wait_get_the_value), test(a_future_is_settled_once),
          test(cancelling_a_waiter_leaves_the_future_alone),
          test(a_cancelled_future_tells_all_who_wait),
          test(callbacks_come_in_order_and_not_at_once),
          test(a_future_lives_until_its_callbacks_were_called),
          test(another_thread_settles_it),
          test(a_late_arrival_frees_what_nobody_holds),
          test(outside_a_loop_there_is_no_future),
          test(allocation_failures_are_told))
