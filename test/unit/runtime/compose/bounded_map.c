/* SPDX-License-Identifier: MIT */
#include <duet/bounded_map.h>

#include <stdio.h>

#include "base/error.h"
#include "support/memory.h"
#include "support/in_task.h"
#include "support/run.h"
#include "support/test.h"

/* Inputs are the numbers from 1 to `count`. */
typedef struct plan {
    intptr_t count;
    intptr_t next;
    int64_t next_ms; /* how long the next input takes to come */
    intptr_t fails_at;
    intptr_t next_fails_at;
    intptr_t stop_at;
    int running;
    int most_running;
    intptr_t given; /* inputs that were given, and not taken back */
    intptr_t most_given;
    intptr_t taken;
    intptr_t sum;
    intptr_t cancelled;
    test_log order;
} plan;

static int next_number(void *context, void **out_input)
{
    plan *own = context;

    if (own->next_ms > 0 && duet_sleep(duet_in_ms(own->next_ms)) != 0)
        return DUET_ECANCELED;
    if (own->next == own->count)
        return DUET_EEMPTY;
    if (own->next + 1 == own->next_fails_at)
        return DUET_EIO;
    *out_input = (void *)++own->next;
    if (++own->given > own->most_given)
        own->most_given = own->given;
    return 0;
}

/* Later inputs of a batch of four take less time. */
static int work_on_number(void *context, void *input, void **out_output)
{
    plan *own = context;
    intptr_t number = (intptr_t)input;
    int status;

    if (++own->running > own->most_running)
        own->most_running = own->running;
    status = duet_sleep(duet_in_ms(4 - number % 4));
    own->running--;
    if (status != 0)
        return status;
    if (number == own->fails_at)
        return duet__fail(DUET_EPIPE, "number %d", (int)number);
    *out_output = (void *)(number * 10);
    return 0;
}

static int take_number(void *context, void *input, void *output, int result)
{
    plan *own = context;
    intptr_t number = (intptr_t)input;
    char name[8];

    own->given--;
    own->taken++;
    own->sum += number;
    own->cancelled += result == DUET_ECANCELED;
    if (result == 0)
        assert_int_equal((intptr_t)output, number * 10);
    if (result == DUET_EPIPE)
        assert_string_equal(duet_error_detail(), "number 3");
    if (own->count < 20) {
        snprintf(name, sizeof name, "%d ", (int)number);
        test_note(&own->order, name);
    }
    return number == own->stop_at ? 7 : 0;
}

static const duet_bounded_map_steps steps = {next_number, work_on_number,
                                             take_number};

in_virtual_time(all_inputs_are_worked_on_so_many_at_a_time)
{
    plan own = {.count = 10000};
    const duet_bounded_map_options options = {.at_once = 16};

    assert_status(duet_bounded_map(&steps, &own, &options, DUET_NEVER), 0);
    assert_int_equal(own.taken, 10000);
    assert_int_equal(own.sum, 10000 * 10001 / 2);
    assert_int_equal(own.most_running, 16);
    assert_true(own.most_given <= 16);
}

static int take_slowly(void *context, void *input, void *output, int result)
{
    assert_status(duet_sleep(duet_in_ms(50)), 0);
    return take_number(context, input, output, result);
}

in_virtual_time(what_is_being_taken_is_held)
{
    const duet_bounded_map_steps slow = {next_number, work_on_number,
                                         take_slowly};
    const duet_bounded_map_options options = {.at_once = 8};
    plan own = {.count = 40};

    assert_status(duet_bounded_map(&slow, &own, &options, DUET_NEVER), 0);
    assert_int_equal(own.taken, 40);
    assert_int_equal(own.most_given, 8);
}

in_virtual_time(results_come_as_they_are_there)
{
    plan own = {.count = 4};

    assert_status(duet_bounded_map(&steps, &own, NULL, DUET_NEVER), 0);
    assert_string_equal(own.order.text, "3 2 1 4 ");
}

in_virtual_time(results_come_in_order_if_asked)
{
    plan own = {.count = 9};
    const duet_bounded_map_options options = {.at_once = 4, .in_order = true};

    assert_status(duet_bounded_map(&steps, &own, &options, DUET_NEVER), 0);
    assert_string_equal(own.order.text, "1 2 3 4 5 6 7 8 9 ");
    assert_true(own.most_given <= 4);
}

in_virtual_time(slow_inputs_hold_up_no_results)
{
    plan own = {.count = 2, .next_ms = 100};
    int64_t end;

    assert_status(duet_bounded_map(&steps, &own, NULL, duet_in_ms(150)),
                  DUET_ETIMEDOUT);
    end = duet_clock_ns();
    assert_true(end == 150 * 1000000);
    assert_string_equal(own.order.text, "1 "); /* taken at 103 ms */
}

in_virtual_time(a_failure_is_told_and_the_rest_goes_on)
{
    plan own = {.count = 8, .fails_at = 3};

    assert_status(duet_bounded_map(&steps, &own, NULL, DUET_NEVER), 0);
    assert_int_equal(own.taken, 8);
}

in_virtual_time(without_take_the_first_failure_ends_it)
{
    const duet_bounded_map_steps no_take = {next_number, work_on_number, NULL};
    plan own = {.count = 100, .fails_at = 3};
    plan fine = {.count = 100};

    assert_status(duet_bounded_map(&no_take, &own, NULL, DUET_NEVER),
                  DUET_EPIPE);
    assert_string_equal(duet_error_detail(), "number 3");
    assert_int_equal(own.running, 0);
    assert_status(duet_bounded_map(&no_take, &fine, NULL, DUET_NEVER), 0);
}

in_virtual_time(stopping_early_takes_every_input_back)
{
    plan own = {.count = 1000, .stop_at = 3};
    plan no_more = {.count = 1000, .next_fails_at = 50};
    const duet_bounded_map_options in_order = {.at_once = 8, .in_order = true};

    assert_status(duet_bounded_map(&steps, &own, NULL, DUET_NEVER), 7);
    assert_int_equal(own.given, 0);
    assert_int_equal(own.running, 0);
    assert_true(own.cancelled > 0);
    assert_status(duet_bounded_map(&steps, &no_more, &in_order, DUET_NEVER),
                  DUET_EIO);
    assert_int_equal(no_more.given, 0);
    assert_int_equal(no_more.taken, 49);
}

static int map_forever(void *argument)
{
    return duet_bounded_map(&steps, argument, NULL, DUET_NEVER);
}

in_virtual_time(cancelling_ends_what_is_in_flight)
{
    plan own = {.count = 1000000};
    duet_task *task;
    int result;

    assert_status(duet_spawn(map_forever, &own, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(50)), 0);
    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_int_equal(own.given, 0);
    assert_int_equal(own.running, 0);
    assert_true(own.taken > 100);
}

in_virtual_time(no_inputs_and_impossible_options)
{
    plan own = {.count = 0};
    const duet_bounded_map_options many = {.at_once = 1000001};
    const duet_bounded_map_options huge = {.stack_bytes = SIZE_MAX};

    assert_status(duet_bounded_map(&steps, &own, NULL, DUET_NEVER), 0);
    assert_int_equal(own.taken, 0);
    assert_status(duet_bounded_map(&steps, &own, &many, DUET_NEVER),
                  DUET_EINVAL);
    own.count = 5;
    assert_status(duet_bounded_map(&steps, &own, &huge, DUET_NEVER),
                  DUET_EINVAL);
    assert_int_equal(own.given, 0);
}

static int map_some(void)
{
    const duet_bounded_map_steps no_take = {next_number, work_on_number, NULL};
    plan own = {.count = 3};

    return duet_bounded_map(&no_take, &own, NULL, DUET_NEVER);
}

in_virtual_time(allocation_failures_are_told)
{
    test_each_allocation_failing(map_some, 1);
}

/* --- over an array ------------------------------------------------------- */

static int running;
static int most_running;

/* Of a number of milliseconds. */
static int sleep_and_tell(void *argument)
{
    int number = *(int *)argument;
    int status;

    if (++running > most_running)
        most_running = running;
    status = duet_sleep(duet_in_ms(number > 0 ? number : -number));
    running--;
    if (status != 0)
        return status;
    return number > 0 ? 10 * number : duet__fail(DUET_EIO, "number %d", number);
}

in_virtual_time(an_array_is_mapped_so_many_at_a_time)
{
    const duet_bounded_map_options two = {.at_once = 2};
    int numbers[] = {3, 1, 2, 1, 5};
    int results[5];

    most_running = 0;
    assert_status(duet_bounded_map_array(sleep_and_tell, numbers, 5,
                                         sizeof numbers[0], &two, results,
                                         DUET_NEVER),
                  0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(results[i], 10 * numbers[i]);
    assert_int_equal(most_running, 2);
    assert_status(duet_bounded_map_array(sleep_and_tell, NULL, 0, 1, NULL, NULL,
                                         DUET_NEVER),
                  0);
}

in_virtual_time(a_failure_ends_the_map_of_an_array_unless_collected)
{
    const duet_bounded_map_options one = {.at_once = 1};
    const duet_bounded_map_options collect = {.collect_errors = true};
    int numbers[] = {1, -2, 3};
    int results[3];

    assert_status(duet_bounded_map_array(sleep_and_tell, numbers, 3,
                                         sizeof numbers[0], &one, results,
                                         DUET_NEVER),
                  DUET_EIO);
    assert_string_equal(duet_error_message(DUET_EIO), "number -2");
    assert_int_equal(results[0], 10);
    assert_status(results[1], DUET_EIO);
    assert_status(results[2], DUET_ECANCELED);
    assert_status(duet_bounded_map_array(sleep_and_tell, numbers, 3,
                                         sizeof numbers[0], &collect, results,
                                         DUET_NEVER),
                  0);
    assert_status(results[1], DUET_EIO);
    assert_int_equal(results[2], 30);
    assert_int_equal(running, 0);
}

in_virtual_time(late_map_of_an_array_leaves_no_call)
{
    int numbers[] = {1, 1000};
    int results[2];

    assert_status(duet_bounded_map_array(sleep_and_tell, numbers, 2,
                                         sizeof numbers[0], NULL, results,
                                         duet_in_ms(5)),
                  DUET_ETIMEDOUT);
    assert_int_equal(results[0], 10);
    assert_status(results[1], DUET_ECANCELED);
    assert_int_equal(running, 0);
}

static void outside_a_task_nothing_is_mapped(void **state)
{
    plan own = {.count = 3};

    (void)state;
    assert_status(duet_bounded_map(&steps, &own, NULL, DUET_NEVER),
                  DUET_ENOLOOP);
}

TEST_MAIN(test(what_is_being_taken_is_held),
          test(all_inputs_are_worked_on_so_many_at_a_time),
          test(results_come_as_they_are_there),
          test(results_come_in_order_if_asked),
          test(slow_inputs_hold_up_no_results),
          test(a_failure_is_told_and_the_rest_goes_on),
          test(without_take_the_first_failure_ends_it),
          test(stopping_early_takes_every_input_back),
          test(cancelling_ends_what_is_in_flight),
          test(no_inputs_and_impossible_options),
          test(allocation_failures_are_told),
          test(an_array_is_mapped_so_many_at_a_time),
          test(a_failure_ends_the_map_of_an_array_unless_collected),
          test(late_map_of_an_array_leaves_no_call),
          test(outside_a_task_nothing_is_mapped))
