/* SPDX-License-Identifier: MIT */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <duet/duet.h>

#include "database/query/use.h"

static int sleep_a_little(void *argument)
{
    return duet_database_query(argument, "SELECT SLEEP(0.05)", NULL, NULL,
                               test_soon());
}

with_database(connection_is_for_one_task_at_a_time)
{
    duet_task *task;
    int result;

    assert_status(duet_spawn(sleep_a_little, database, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    assert_status(duet_database_ping(database, test_soon()), DUET_EBUSY);
    assert_status(duet_database_reconnect(database, test_soon()), DUET_EBUSY);
    assert_status(duet_join(task, &result, test_soon()), 0);
    assert_status(result, 0);
    assert_status(duet_database_ping(database, test_soon()), 0);
}

with_database(passed_cancel_is_heard_by_the_next_wait)
{
    (void)database;
    duet_task_cancel(duet_current_task());
    assert_status(duet_yield(), DUET_ECANCELED);
    duet__database_pass_cancel();
    assert_int_equal(duet_task_cancel_requests(duet_current_task()), 1);
    assert_status(duet_yield(), DUET_ECANCELED);
    duet_task_uncancel(duet_current_task());
}

DATABASE_TEST_MAIN(test(connection_is_for_one_task_at_a_time),
                   test(passed_cancel_is_heard_by_the_next_wait))
