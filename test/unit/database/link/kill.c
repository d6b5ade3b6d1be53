/* SPDX-License-Identifier: MIT */
/* Queries that are given up: stopped at the server, and the connection proven
 * clean. */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <stdio.h>

#include <duet/duet.h>

#include "database/link/kill.h"

/* What the server does now, apart from answering this. */
static int64_t queries_running(duet_database *database)
{
    return test_number(database,
                       "SELECT COUNT(*) FROM information_schema.PROCESSLIST "
                       "WHERE COMMAND IN ('Query', 'Execute') AND ID <> "
                       "CONNECTION_ID()");
}

/* The server answers a moment before it lists the query as ended. A query that
 * was not stopped runs for longer than this test may. */
static void await_idle_server(duet_database *database)
{
    while (queries_running(database) != 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
}

with_database(timed_out_query_is_stopped)
{
    duet_database *other = test_database();
    uint64_t id = duet_database_id(database);
    duet_rows *rows;

    assert_status(duet_database_query(database, "SELECT SLEEP(1000)", NULL,
                                      &rows, duet_in_ms(50)),
                  DUET_ETIMEDOUT);
    assert_null(rows);
    assert_non_null(strstr(duet_error_detail(), "the connection is clean"));
    await_idle_server(other);
    assert_true(duet_database_is_open(database));
    assert_int_equal(test_number(database, "SELECT 42"), 42);
    assert_int_equal(duet_database_id(database), id);
    duet_database_close(other);
}

with_database(deadline_in_the_past_starts_nothing)
{
    test_sql(database, "CREATE TEMPORARY TABLE t (a INT)", NULL);
    assert_status(duet_database_query(database, "INSERT INTO t VALUES (1)",
                                      NULL, NULL, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_int_equal(test_number(database, "SELECT COUNT(*) FROM t"), 0);
}

static int sleep_at_server(void *argument)
{
    return duet_database_query(argument, "SELECT SLEEP(1000)", NULL, NULL,
                               DUET_NEVER);
}

static int sleep_prepared(void *argument)
{
    const duet_value values[] = {duet_integer_value(1000)};

    return duet_database_run(argument, "SELECT SLEEP(?)", values, 1, NULL, NULL,
                             DUET_NEVER);
}

/* Cancels `function` once the server works for it. */
static void cancel_at_work(duet_database *database,
                           duet_task_function *function, duet_database *other)
{
    duet_task *task;
    int result;

    await_idle_server(other); /* or an earlier query might be taken for it */
    assert_status(duet_spawn(function, database, NULL, &task), 0);
    while (queries_running(other) == 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_status(duet_database_ping(database, test_soon()), DUET_EBUSY);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, test_soon()), 0);
    assert_status(result, DUET_ECANCELED);
    await_idle_server(other);
    assert_int_equal(test_number(database, "SELECT 43"), 43);
}

with_database(cancelled_query_is_stopped)
{
    duet_database *other = test_database();

    cancel_at_work(database, sleep_at_server, other);
    cancel_at_work(database, sleep_prepared, other);
    duet_database_close(other);
}

/* Deadlines that pass about when the answer comes; every ninth has passed, and
 * every ninth is far off. */
static duet_deadline close_deadline(int i)
{
    return i % 9 == 8 ? test_soon() : duet_in_ns(i % 9 * 700000 + 1);
}

with_database(each_gets_its_own_answer)
{
    int answered = 0;

    for (int i = 0; i < 60; i++) {
        char sql[64];
        duet_rows *rows;
        int status;

        snprintf(sql, sizeof sql, "SELECT SLEEP(0.00%d), %d", i % 7, i);
        status =
            duet_database_query(database, sql, NULL, &rows, close_deadline(i));
        answered += status == 0;
        if (status == 0) {
            assert_int_equal(duet_rows_next(rows, DUET_NOW), 1);
            assert_int_equal(duet_rows_value(rows, 1).integer, i);
            duet_rows_free(rows);
        } else {
            assert_status(status, DUET_ETIMEDOUT);
        }
        snprintf(sql, sizeof sql, "SELECT %d", 1000 + i);
        assert_int_equal(test_number(database, sql), 1000 + i);
    }
    assert_in_range(answered, 60 / 9, 59);
}

with_database(half_read_stream_that_times_out_is_stopped)
{
    const duet_rows_options stream = {.stream = true};
    duet_database *other = test_database();
    duet_rows *rows;
    int status;

    assert_status(
        duet_database_query(database,
                            "SELECT seq, IF(seq = 3, SLEEP(1000), 0), "
                            "REPEAT('x', 20000) FROM seq_1_to_5",
                            &stream, &rows, test_soon()),
        0);
    while ((status = duet_rows_next(rows, duet_in_ms(100))) > 0)
        continue;
    assert_status(status, DUET_ETIMEDOUT);
    assert_status(duet_rows_next(rows, test_soon()), 0);
    await_idle_server(other);
    assert_int_equal(test_number(database, "SELECT 44"), 44);
    duet_rows_free(rows);
    duet_database_close(other);
}

static int never_wait(duet__operation *operation, int happened)
{
    (void)operation;
    (void)happened;
    return 0;
}

/* Runs operations that come to their end at once, until one is given up. */
static int run_many(duet_database *database)
{
    duet__operation operation = {.step = never_wait, .mysql = database->mysql};
    duet_deadline deadline = duet_in_ms(5);
    duet_deadline end = test_soon();
    int status = 0;

    while (status == 0 && duet_deadline_left_ns(end) > 0)
        status = duet__operation_run_or_kill(database, &operation, deadline);
    return status;
}

with_database(deadline_is_seen_when_no_call_has_to_wait)
{
    const duet_rows_options stream = {.stream = true};
    duet_database *other = test_database();
    duet_rows *rows;

    assert_status(run_many(database), DUET_ETIMEDOUT);
    assert_true(duet_database_is_open(database));
    /* What the server still sends is stopped, too. */
    assert_status(duet_database_query(database,
                                      "SELECT a.seq FROM seq_1_to_1000000 a, "
                                      "seq_1_to_1000000 b",
                                      &stream, &rows, test_soon()),
                  0);
    assert_status(run_many(database), DUET_ETIMEDOUT);
    await_idle_server(other);
    duet_rows_free(rows);
    assert_int_equal(test_number(database, "SELECT 45"), 45);
    duet_database_close(other);
}

with_database(connection_that_cannot_be_cleaned_is_closed)
{
    duet_database_options options = test_server.options;
    duet_database *hasty;

    (void)database;
    options.user = "once";
    assert_status(duet_database_query(database,
                                      "CREATE OR REPLACE USER once WITH "
                                      "MAX_USER_CONNECTIONS 1",
                                      NULL, NULL, test_soon()),
                  0);
    test_sql(database, "GRANT ALL ON test.* TO once", NULL);
    assert_status(duet_database_open(&options, &hasty, test_soon()), 0);
    /* No second connection for the KILL. */
    assert_status(duet_database_query(hasty, "SELECT SLEEP(1000)", NULL, NULL,
                                      duet_in_ms(20)),
                  DUET_ETIMEDOUT);
    assert_false(duet_database_is_open(hasty));
    assert_non_null(strstr(duet_error_detail(), "the connection is closed"));
    assert_status(
        duet_database_query(hasty, "SELECT 1", NULL, NULL, test_soon()),
        DUET_EDISCONNECTED);
    duet_database_close(hasty);
    test_sql(database, "DROP USER once", NULL);
}

/* An operation for which something is there whenever it waits. */
static int never_ending_step(duet__operation *operation, int happened)
{
    (void)operation;
    return happened == MYSQL_WAIT_TIMEOUT ? 0 : MYSQL_WAIT_READ;
}

with_database(deadline_is_noticed_though_there_is_always_more)
{
    duet__operation operation = {.step = never_ending_step,
                                 .mysql = database->mysql};

    assert_int_equal(mysql_send_query(database->mysql, "SELECT 1", 8), 0);
    database->settings.stop_ms = 20;
    assert_status(
        duet__operation_run_or_kill(database, &operation, duet_in_ms(20)),
        DUET_ETIMEDOUT);
    assert_true(database->is_lost); /* as it did not end */
}

DATABASE_TEST_MAIN(test(timed_out_query_is_stopped),
                   test(deadline_in_the_past_starts_nothing),
                   test(cancelled_query_is_stopped),
                   test(each_gets_its_own_answer),
                   test(half_read_stream_that_times_out_is_stopped),
                   test(deadline_is_seen_when_no_call_has_to_wait),
                   test(connection_that_cannot_be_cleaned_is_closed),
                   test(deadline_is_noticed_though_there_is_always_more))
