/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <duet/group.h>
#include <duet/loop.h>
#include <duet/task.h>

#include "fetch/slots.h"

static const duet_loop_options virtual_time = {.virtual_time = true};

typedef struct fixture {
    duet__slots slots;
    int freed;
    int due_at; /* the order in which the retry went on; 0: not yet */
    int steps;
    bool goes_on;
} fixture;

static void count_freed(void *context)
{
    fixture *fixture = context;

    fixture->freed++;
}

static void slots_are_taken_while_there_are_some(void **state)
{
    fixture fixture = {0};

    (void)state;
    duet__slots_init(&fixture.slots, 2, count_freed, &fixture);
    assert_true(duet__slots_take(&fixture.slots));
    assert_true(duet__slots_take(&fixture.slots));
    assert_false(duet__slots_take(&fixture.slots));
    duet__slots_release(&fixture.slots);
    assert_int_equal(fixture.freed, 1);
    assert_true(duet__slots_take(&fixture.slots));
}

static int retry(void *argument)
{
    fixture *fixture = argument;

    fixture->goes_on = duet__slots_wait(&fixture->slots, 1000);
    fixture->due_at = ++fixture->steps;
    duet__slots_release(&fixture->slots);
    return 0;
}

static int retry_among_others(void *argument)
{
    fixture *fixture = argument;
    duet_task *task;

    assert_true(duet__slots_take(&fixture->slots));
    assert_status(duet_spawn(retry, fixture, NULL, &task), 0);
    duet_yield();
    assert_true(duet__slots_take(&fixture->slots)); /* it gave its slot away */
    duet_sleep(duet_in_ms(5000));
    assert_int_equal(fixture->due_at, 0);
    assert_true(duet__slots_are_wanted(&fixture->slots));
    duet__slots_release(&fixture->slots);
    assert_false(duet__slots_are_wanted(&fixture->slots));
    assert_false(duet__slots_take(&fixture->slots)); /* it was handed over */
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    assert_true(fixture->goes_on);
    assert_true(duet__slots_take(&fixture->slots));
    return 0;
}

static void retry_gives_its_slot_away_and_gets_the_next(void **state)
{
    fixture fixture = {0};

    (void)state;
    duet__slots_init(&fixture.slots, 1, count_freed, &fixture);
    assert_status(duet_run(retry_among_others, &fixture, &virtual_time), 0);
    assert_int_equal(fixture.freed, 2); /* at its wait and at its end */
}

static int close_while_waiting(void *argument)
{
    fixture *fixture = argument;
    duet_task *task;

    assert_true(duet__slots_take(&fixture->slots));
    assert_status(duet_spawn(retry, fixture, NULL, &task), 0);
    duet_yield();
    duet__slots_close(&fixture->slots);
    assert_status(duet_join(task, NULL, duet_in_ms(999)), 0);
    assert_false(fixture->goes_on);
    assert_true(duet__slots_take(&fixture->slots));
    assert_false(duet__slots_wait(&fixture->slots, 1000));
    return 0;
}

static void closing_ends_all_waits(void **state)
{
    fixture fixture = {0};

    (void)state;
    duet__slots_init(&fixture.slots, 1, count_freed, &fixture);
    assert_status(duet_run(close_while_waiting, &fixture, &virtual_time), 0);
}

static int cancel_while_due(void *argument)
{
    fixture *fixture = argument;
    duet_task *task;

    assert_true(duet__slots_take(&fixture->slots));
    assert_status(duet_spawn(retry, fixture, NULL, &task), 0);
    duet_yield();
    assert_true(duet__slots_take(&fixture->slots));
    duet_sleep(duet_in_ms(5000));
    duet_task_cancel(task);
    duet_yield();
    assert_int_equal(fixture->due_at, 0); /* it still waits for a slot */
    duet__slots_release(&fixture->slots);
    assert_status(duet_task_wait(task, DUET_NEVER), 0);
    assert_false(fixture->goes_on);
    assert_true(duet__slots_take(&fixture->slots));
    return 0;
}

static void cancelled_retry_still_holds_a_slot_at_its_end(void **state)
{
    fixture fixture = {0};

    (void)state;
    duet__slots_init(&fixture.slots, 1, count_freed, &fixture);
    assert_status(duet_run(cancel_while_due, &fixture, &virtual_time), 0);
}

TEST_MAIN(test(slots_are_taken_while_there_are_some),
          test(retry_gives_its_slot_away_and_gets_the_next),
          test(closing_ends_all_waits),
          test(cancelled_retry_still_holds_a_slot_at_its_end))
