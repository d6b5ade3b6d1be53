/* SPDX-License-Identifier: MIT */
#include "support/database/mariadb.h"
#include "support/in_task.h"
#include "support/test.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <duet/database_pool.h>
#include <duet/duet.h>

#include "database/link/database_state.h"

static duet_database_pool *open_pool(duet_database_pool_options options)
{
    duet_database_pool *pool;

    options.database = test_server.options;
    assert_status(duet_database_pool_open(&options, &pool, test_soon()), 0);
    return pool;
}

static duet_database *acquire(duet_database_pool *pool)
{
    duet_database *database;

    assert_status(duet_database_pool_acquire(pool, &database, test_soon()), 0);
    return database;
}

static duet_database_pool_counts count(const duet_database_pool *pool)
{
    duet_database_pool_counts counts;

    duet_database_pool_count(pool, &counts);
    return counts;
}

static void close_pool(duet_database_pool *pool)
{
    assert_status(duet_database_pool_close(pool, test_soon()), 0);
}

in_task(connections_are_made_as_needed_and_kept)
{
    duet_database_pool *pool =
        open_pool((duet_database_pool_options){.minimum = 2, .maximum = 3});
    duet_database *a, *b, *c, *d;

    assert_int_equal(count(pool).idle, 2);
    a = acquire(pool);
    b = acquire(pool);
    c = acquire(pool);
    assert_int_equal(count(pool).opened, 3);
    assert_int_equal(count(pool).in_use, 3);
    assert_status(duet_database_pool_acquire(pool, &d, duet_in_ms(10)),
                  DUET_ETIMEDOUT);
    assert_null(d);
    assert_non_null(strstr(duet_error_detail(), "all 3 connections"));
    duet_database_pool_release(pool, b);
    d = acquire(pool);
    assert_ptr_equal(d, b);
    duet_database_pool_release(pool, a);
    duet_database_pool_release(pool, c);
    duet_database_pool_release(pool, d);
    duet_database_pool_release(pool, NULL);
    assert_int_equal(count(pool).idle, 3);
    assert_int_equal(count(pool).opened, 3);
    assert_int_equal(count(pool).acquired, 4);
    assert_int_equal(count(pool).gave_up, 1);
    close_pool(pool);
}

typedef struct queue {
    duet_database_pool *pool;
    char order[16];
    int count;
} queue;

typedef struct place {
    queue *queue;
    char name;
} place;

static int wait_in_line(void *argument)
{
    place *place = argument;
    duet_database *database;
    int status =
        duet_database_pool_acquire(place->queue->pool, &database, test_soon());

    if (status != 0)
        return status;
    place->queue->order[place->queue->count++] = place->name;
    status = duet_database_ping(database, test_soon());
    duet_database_pool_release(place->queue->pool, database);
    return status;
}

in_task(first_come_first_served_and_a_cancelled_one_loses_nothing)
{
    queue queue = {.pool =
                       open_pool((duet_database_pool_options){.maximum = 1})};
    place places[] = {
        {&queue, 'a'}, {&queue, 'b'}, {&queue, 'c'}, {&queue, 'd'}};
    duet_database *database = acquire(queue.pool);
    duet_task *tasks[4];
    int result;

    for (int i = 0; i < 4; i++)
        assert_status(duet_spawn(wait_in_line, &places[i], NULL, &tasks[i]), 0);
    assert_status(duet_yield(), 0);
    assert_int_equal(count(queue.pool).waiting, 4);
    duet_task_cancel(tasks[1]);
    duet_database_pool_release(queue.pool, database);
    duet_task_cancel(tasks[0]); /* it has the connection in hand already */
    for (int i = 0; i < 4; i++) {
        assert_status(duet_join(tasks[i], &result, test_soon()), 0);
        /* The first may get through without having to wait. */
        if (i != 0 || result != 0)
            assert_status(result, i < 2 ? DUET_ECANCELED : 0);
    }
    assert_string_equal(queue.order, "acd");
    assert_int_equal(count(queue.pool).in_use, 0);
    duet_database_pool_release(queue.pool, acquire(queue.pool));
    close_pool(queue.pool);
}

in_task(nothing_of_the_last_user_is_left)
{
    const duet_rows_options stream = {.stream = true};
    duet_database_pool *pool =
        open_pool((duet_database_pool_options){.maximum = 1});
    duet_database *database = acquire(pool);
    duet_rows *rows;

    test_sql(database, "CREATE OR REPLACE TABLE t (a INT) ENGINE=InnoDB", NULL);
    assert_status(duet_database_begin(database, test_soon()), 0);
    test_sql(database, "INSERT INTO t VALUES (1)", NULL);
    duet_database_pool_release(pool, database);
    assert_ptr_equal(acquire(pool), database);
    assert_int_equal(test_number(database, "SELECT COUNT(*) FROM t"), 0);
    assert_status(duet_database_query(database,
                                      "SELECT seq FROM seq_1_to_1000000000",
                                      &stream, &rows, test_soon()),
                  0);
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    duet_database_pool_release(pool, database);
    assert_status(duet_rows_next(rows, test_soon()), DUET_EDISCONNECTED);
    duet_rows_free(rows);
    assert_ptr_equal(acquire(pool), database);
    assert_int_equal(test_number(database, "SELECT 9"), 9);
    duet_database_pool_release(pool, database);
    assert_int_equal(count(pool).lost, 0);
    close_pool(pool);
}

in_task(cancel_during_a_release_is_not_swallowed)
{
    duet_database_pool *pool =
        open_pool((duet_database_pool_options){.maximum = 1});
    duet_database *database = acquire(pool);

    assert_status(duet_database_begin(database, test_soon()), 0);
    duet_task_cancel(duet_current_task());
    duet_database_pool_release(pool, database);
    assert_status(duet_yield(), DUET_ECANCELED);
    duet_task_uncancel(duet_current_task());
    database = acquire(pool);
    assert_false(duet_database_in_transaction(database));
    assert_int_equal(test_number(database, "SELECT 10"), 10);
    duet_database_pool_release(pool, database);
    close_pool(pool);
}

static void kill_connection(duet_database *killer, uint64_t id)
{
    char sql[160];

    snprintf(sql, sizeof sql, "KILL CONNECTION %llu", (unsigned long long)id);
    test_sql(killer, sql, NULL);
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = "
             "%llu",
             (unsigned long long)id);
    while (test_number(killer, sql) != 0)
        (void)!duet_sleep(duet_in_ms(1));
}

in_task(dead_connection_is_found_before_use)
{
    duet_database_pool *pool =
        open_pool((duet_database_pool_options){.maximum = 2, .check_ms = 1});
    duet_database *killer = test_database();
    duet_database *database = acquire(pool);
    uint64_t id = duet_database_id(database);

    duet_database_pool_release(pool, database);
    kill_connection(killer, id);
    assert_status(duet_sleep(duet_in_ms(5)), 0);
    database = acquire(pool);
    assert_true(duet_database_id(database) != id);
    assert_int_equal(test_number(database, "SELECT 11"), 11);
    assert_int_equal(count(pool).found_dead, 1);
    duet_database_pool_release(pool, database);
    duet_database_close(killer);
    close_pool(pool);
}

/* Waits until the connection has been told of its end. The pool's keeper may
 * see it first, and the descriptor be another connection's by then. */
static void kill_idle(duet_database_pool *pool, duet_database *killer)
{
    uint64_t found_before = count(pool).found_dead;
    duet_database *database = acquire(pool);
    uint64_t id = duet_database_id(database);
    struct pollfd end = {.fd = mysql_get_socket(database->mysql),
                         .events = POLLIN};

    duet_database_pool_release(pool, database);
    kill_connection(killer, id);
    while (count(pool).found_dead == found_before && poll(&end, 1, 0) == 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
}

/* Never pinged: looking is enough. */
in_task(connection_that_the_server_closed_is_not_handed_out)
{
    for (int tls = 0; tls < 2; tls++) {
        duet_database_pool_options options = {.maximum = 2,
                                              .check_ms = DUET_NO_LIMIT};
        duet_database_pool *pool;
        duet_database *killer = test_database();

        options.database = test_server.options;
        options.database.host = "localhost";
        options.database.tls = tls != 0;
        options.database.tls_ca_file = test_server.tls_ca_file;
        assert_status(duet_database_pool_open(&options, &pool, test_soon()), 0);
        for (int i = 0; i < 3; i++) {
            kill_idle(pool, killer);
            assert_status(duet_database_pool_run(pool, "SELECT 1", NULL, 0,
                                                 NULL, test_soon()),
                          0);
        }
        assert_int_equal(count(pool).found_dead, 3);
        assert_int_equal(count(pool).lost, 0);
        duet_database_close(killer);
        close_pool(pool);
    }
}

in_task(keeper_replaces_what_the_server_closed)
{
    duet_database_pool *pool =
        open_pool((duet_database_pool_options){.maximum = 2, .idle_ms = 20});
    duet_database *killer = test_database();
    duet_database *database = acquire(pool);
    uint64_t id = duet_database_id(database);

    duet_database_pool_release(pool, database);
    kill_connection(killer, id);
    while (count(pool).opened < 2)
        assert_status(duet_sleep(duet_in_ms(5)), 0);
    assert_int_equal(count(pool).found_dead, 1);
    assert_int_equal(count(pool).closed, 1);
    duet_database_close(killer);
    close_pool(pool);
}

in_task(connection_lost_in_use_is_replaced)
{
    duet_database_pool *pool =
        open_pool((duet_database_pool_options){.maximum = 1});
    duet_database *killer = test_database();
    duet_database *database = acquire(pool);

    kill_connection(killer, duet_database_id(database));
    assert_status(
        duet_database_query(database, "SELECT 1", NULL, NULL, test_soon()),
        DUET_EDISCONNECTED);
    assert_false(duet_database_is_open(database));
    duet_database_pool_release(pool, database);
    assert_int_equal(count(pool).lost, 1);
    database = acquire(pool);
    assert_int_equal(test_number(database, "SELECT 12"), 12);
    duet_database_pool_release(pool, database);
    duet_database_close(killer);
    close_pool(pool);
}

in_task(idle_and_old_ones_are_closed)
{
    duet_database_pool *pool = open_pool((duet_database_pool_options){
        .minimum = 1, .maximum = 3, .idle_ms = 20});
    duet_database *taken[3];

    for (int i = 0; i < 3; i++)
        taken[i] = acquire(pool);
    for (int i = 0; i < 3; i++)
        duet_database_pool_release(pool, taken[i]);
    while (count(pool).idle > 1)
        assert_status(duet_sleep(duet_in_ms(5)), 0);
    assert_int_equal(count(pool).closed, 2);
    close_pool(pool);

    pool = open_pool((duet_database_pool_options){.maximum = 1, .age_ms = 20});
    while (count(pool).opened < 3) /* the keeper replaces it */
        assert_status(duet_sleep(duet_in_ms(5)), 0);
    assert_true(count(pool).closed >= 2);
    taken[0] = acquire(pool);
    assert_status(duet_sleep(duet_in_ms(30)), 0);
    duet_database_pool_release(pool, taken[0]);
    close_pool(pool);
}

static int run_twelve(void *argument)
{
    const duet_value values[] = {duet_integer_value(6)};
    duet_rows *rows;
    int status = duet_database_pool_run(argument, "SELECT ? * 2", values, 1,
                                        &rows, test_soon());

    if (status == 0 && duet_rows_next(rows, DUET_NOW) == 1)
        status = (int)duet_rows_value(rows, 0).integer;
    duet_rows_free(rows);
    return status;
}

in_task(closing_turns_waiters_away_and_waits_for_users)
{
    duet_database_pool *pool =
        open_pool((duet_database_pool_options){.maximum = 1});
    duet_database *database;
    duet_task *waiter;
    int result;

    assert_int_equal(run_twelve(pool), 12);
    database = acquire(pool);
    assert_status(duet_spawn(run_twelve, pool, NULL, &waiter), 0);
    assert_status(duet_yield(), 0);
    assert_status(duet_database_pool_close(pool, duet_in_ms(10)),
                  DUET_ETIMEDOUT);
    duet_database_pool_release(pool, database);
    assert_status(duet_database_pool_acquire(pool, &database, test_soon()),
                  DUET_ECLOSED);
    close_pool(pool);
    assert_status(duet_join(waiter, &result, test_soon()), 0);
    assert_status(result, DUET_ECLOSED);
    assert_status(duet_database_pool_close(NULL, DUET_NOW), 0);
}

in_task(bad_options_and_no_server_are_told)
{
    int held;
    duet_database_pool_options options = {.database = test_server.options,
                                          .maximum = -3};
    duet_database_pool *pool;

    assert_status(duet_database_pool_open(&options, &pool, test_soon()),
                  DUET_EINVAL);
    options.maximum = 1;
    options.minimum = 2;
    assert_status(duet_database_pool_open(&options, &pool, test_soon()),
                  DUET_EINVAL);
    options.minimum = 1;
    options.database.port = (uint16_t)test_hold_port(&held);
    assert_status(duet_database_pool_open(&options, &pool, test_soon()),
                  DUET_ECONNECT);
    assert_null(pool);
    options.minimum = DUET_NO_LIMIT;
    assert_status(duet_database_pool_open(&options, &pool, test_soon()), 0);
    assert_status(
        duet_database_pool_run(pool, "SELECT 1", NULL, 0, NULL, test_soon()),
        DUET_ECONNECT);
    assert_int_equal(count(pool).in_use, 0);
    close_pool(pool);
    close(held);
}

DATABASE_TEST_MAIN(
    test(connections_are_made_as_needed_and_kept),
    test(first_come_first_served_and_a_cancelled_one_loses_nothing),
    test(nothing_of_the_last_user_is_left),
    test(cancel_during_a_release_is_not_swallowed),
    test(dead_connection_is_found_before_use),
    test(connection_that_the_server_closed_is_not_handed_out),
    test(keeper_replaces_what_the_server_closed),
    test(connection_lost_in_use_is_replaced),
    test(idle_and_old_ones_are_closed),
    test(closing_turns_waiters_away_and_waits_for_users),
    test(bad_options_and_no_server_are_told))
