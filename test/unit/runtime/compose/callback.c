/* SPDX-License-Identifier: MIT */
#include <duet/callback.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/run.h"
#include "support/test.h"

static test_log order;

static void note(void *argument)
{
    assert_null(duet_current_task());
    test_note(&order, argument);
}

in_virtual_time(soon_is_after_what_is_ready_and_in_order)
{
    order.text[0] = '\0';
    assert_status(duet_call_soon(note, "a"), 0);
    assert_status(duet_call_soon(note, "b"), 0);
    assert_string_equal(order.text, "");
    assert_status(duet_yield(), 0);
    assert_string_equal(order.text, "ab");
}

in_virtual_time(later_is_when_the_time_has_come)
{
    order.text[0] = '\0';
    assert_status(duet_call_at(duet_in_ms(20), note, "c", NULL), 0);
    assert_status(duet_call_at(duet_in_ms(10), note, "a", NULL), 0);
    assert_status(duet_call_at(duet_in_ms(10), note, "b", NULL), 0);
    assert_status(duet_call_at(DUET_NOW, note, "0", NULL), 0);
    assert_status(duet_call_at(DUET_NEVER, note, "!", NULL), 0);
    assert_status(duet_sleep(duet_in_ms(10)), 0);
    assert_string_equal(order.text, "0ab");
    assert_status(duet_sleep(duet_in_ms(10)), 0);
    assert_string_equal(order.text, "0abc");
}

static duet_callback *victim;

static void cancel_victim(void *argument)
{
    *(bool *)argument = duet_callback_cancel(victim);
}

in_virtual_time(a_cancelled_callback_is_not_called)
{
    duet_callback *early;
    duet_callback *called;
    bool prevented = false;

    order.text[0] = '\0';
    assert_status(duet_call_at(duet_in_ms(10), note, "a", &early), 0);
    assert_true(duet_callback_cancel(early));
    assert_status(duet_call_at(duet_in_ms(1), note, "b", &called), 0);
    /* Both fall due at once, and the first cancels the second. */
    assert_status(duet_call_at(duet_in_ms(5), cancel_victim, &prevented, NULL),
                  0);
    assert_status(duet_call_at(duet_in_ms(5), note, "c", &victim), 0);
    assert_status(duet_sleep(duet_in_ms(20)), 0);
    assert_true(prevented);
    assert_false(duet_callback_cancel(called));
    assert_false(duet_callback_cancel(NULL));
    assert_string_equal(order.text, "b");
}

static int results[3];

static void keep_result(int result, void *argument)
{
    assert_null(duet_current_task());
    *(int *)argument = result;
}

static int return_nine(void *argument)
{
    (void)argument;
    return duet_sleep(duet_in_ms(1)) == 0 ? 9 : DUET_ECANCELED;
}

in_virtual_time(a_tasks_end_is_told_to_all_who_asked)
{
    duet_task *task;
    duet_task *forgotten;

    memset(results, 0, sizeof results);
    assert_status(duet_spawn(return_nine, NULL, NULL, &task), 0);
    assert_status(duet_spawn(return_nine, NULL, NULL, &forgotten), 0);
    assert_status(duet_task_on_end(task, keep_result, &results[0]), 0);
    assert_status(duet_task_on_end(forgotten, keep_result, &results[1]), 0);
    duet_task_release(forgotten); /* gone before the callback runs */
    assert_status(duet_task_wait(task, DUET_NEVER), 0);
    assert_status(duet_task_on_end(task, keep_result, &results[2]), 0);
    assert_int_equal(results[2], 0);
    assert_status(duet_yield(), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(results[i], 9);
    assert_status(duet_join(task, NULL, DUET_NOW), 0);
}

static int sleep_and_note(void *argument)
{
    assert_status(duet_sleep(duet_in_ms(10)), 0);
    test_note(&order, argument);
    return 7;
}

static void spawn_two(void *argument)
{
    duet_task **first = argument;

    assert_status(duet_spawn(sleep_and_note, "a", NULL, first), 0);
    assert_status(duet_spawn(sleep_and_note, "b", NULL, NULL), 0);
}

static int have_two_spawned(void *argument)
{
    duet_task *first = NULL;
    int result;

    assert_status(duet_call_soon(spawn_two, argument), 0);
    assert_status(duet_call_soon(spawn_two, &first), 0);
    assert_status(duet_yield(), 0);
    assert_status(duet_join(first, &result, DUET_NEVER), 0);
    assert_int_equal(result, 7);
    return 0;
}

static void a_callback_spawns_for_the_loop(void **state)
{
    duet_task *kept = NULL; /* its handle goes with the loop */

    (void)state;
    order.text[0] = '\0';
    test_run(have_two_spawned, &kept);
    assert_non_null(kept);
    /* Nobody joined them, and the run waited. */
    assert_string_equal(order.text, "abab");
}

static int leave_callbacks(void *argument)
{
    (void)argument;
    assert_status(duet_call_at(duet_in_ms(1000), note, "a", NULL), 0);
    assert_status(duet_call_soon(note, "b"), 0);
    return 0;
}

static void what_is_left_at_the_end_is_freed(void **state)
{
    (void)state;
    order.text[0] = '\0';
    test_run(leave_callbacks, NULL);
    assert_null(strchr(order.text, 'a'));
}

static int arrange_and_cancel(void)
{
    duet_callback *one;
    int status = duet_call_at(duet_in_ms(1), note, "x", &one);

    if (status == 0)
        duet_callback_cancel(one);
    return status;
}

in_virtual_time(allocation_failures_are_told)
{
    test_each_allocation_failing(arrange_and_cancel, 1);
}

static void outside_a_loop_nothing_is_called(void **state)
{
    (void)state;
    assert_status(duet_call_soon(note, "a"), DUET_ENOLOOP);
    assert_status(duet_call_at(DUET_NOW, note, "a", NULL), DUET_ENOLOOP);
}

TEST_MAIN(test(soon_is_after_what_is_ready_and_in_order),
          test(later_is_when_the_time_has_come),
          test(a_cancelled_callback_is_not_called),
          test(a_tasks_end_is_told_to_all_who_asked),
          test(a_callback_spawns_for_the_loop),
          test(what_is_left_at_the_end_is_freed),
          test(allocation_failures_are_told),
          test(outside_a_loop_nothing_is_called))
