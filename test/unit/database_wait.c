/* SPDX-License-Identifier: MIT */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <duet/duet.h>

#include "database/database_call.h"

static void each_bit_waits_for_its_event_body(duet_database *database)
{
    MYSQL *mysql = database->mysql;

    assert_status(
        duet__database_wait(mysql, MYSQL_WAIT_WRITE, duet_in_ms(60000)), 0);
    assert_status(duet__database_wait(mysql, MYSQL_WAIT_READ, duet_in_ms(5)),
                  DUET_ETIMEDOUT);
    assert_int_equal(mysql_send_query(mysql, "SELECT 1", 8), 0);
    assert_status(
        duet__database_wait(mysql, MYSQL_WAIT_READ, duet_in_ms(60000)), 0);
    database->is_lost = true; /* its answer is nobody's */
}
DATABASE_CASE(each_bit_waits_for_its_event)

DATABASE_TEST_MAIN(test(each_bit_waits_for_its_event))
