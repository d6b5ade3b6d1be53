/* SPDX-License-Identifier: MIT */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <duet/duet.h>

#include "database/link/operation.h"

static int steps_taken;

/* An operation for which something is there whenever it waits. */
static int never_ending_step(duet__operation *operation, int happened)
{
    (void)operation;
    steps_taken++;
    return happened == MYSQL_WAIT_TIMEOUT ? 0 : MYSQL_WAIT_READ;
}

with_database(given_up_operation_is_led_to_its_end)
{
    duet__operation operation = {.step = never_ending_step,
                                 .mysql = database->mysql};

    assert_int_equal(mysql_send_query(database->mysql, "SELECT 1", 8), 0);
    assert_status(
        duet__operation_run_or_break(database, &operation, duet_in_ms(20)),
        DUET_ETIMEDOUT);
    assert_int_equal(operation.wanted, 0);
    assert_true(database->is_lost);
}

with_database(passed_deadline_begins_nothing)
{
    duet__operation operation = {.step = never_ending_step,
                                 .mysql = database->mysql};

    steps_taken = 0;
    assert_status(duet__operation_run_or_break(database, &operation, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_int_equal(steps_taken, 0);
    assert_false(database->is_lost);
    assert_int_equal(test_number(database, "SELECT 46"), 46);
}

static int ended_step(duet__operation *operation, int happened)
{
    (void)operation;
    (void)happened;
    return 0;
}

static int count_turns(void *argument)
{
    int *turns = argument;

    while (duet_yield() == 0)
        ++*turns;
    return 0;
}

with_database(others_run_between_operations_that_never_wait)
{
    duet__operation operation = {.step = ended_step, .mysql = database->mysql};
    duet_task *other;
    int turns = 0;

    assert_status(duet_spawn(count_turns, &turns, NULL, &other), 0);
    while (turns < 2)
        assert_status(
            duet__operation_run_or_break(database, &operation, test_soon()), 0);
    duet_task_cancel(other);
    assert_status(duet_join(other, NULL, test_soon()), 0);
}

static void operation_is_for_tasks(void **state)
{
    (void)state;
    assert_status(duet__operation_may_begin(test_soon()), DUET_ENOLOOP);
}

DATABASE_TEST_MAIN(test(given_up_operation_is_led_to_its_end),
                   test(passed_deadline_begins_nothing),
                   test(others_run_between_operations_that_never_wait),
                   test(operation_is_for_tasks))
