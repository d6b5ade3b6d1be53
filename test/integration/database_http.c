/* SPDX-License-Identifier: MIT */
/* A server and a database on one loop: handlers that query, and a thousand
 * queries at once over ten connections while the server goes on answering. */
#include "support/database/mariadb.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include <duet/database_pool.h>
#include <duet/duet.h>

enum { QUERIES = 1000, CONNECTIONS = 10 };

typedef struct house {
    duet_database_pool *pool;
    duet_application *application;
    duet_server *server;
    duet_session *session;
    int answered; /* queries */
    int seen;     /* replies of the server, with queries before and behind */
    int most_in_use;
    char url[128];
} house;

/* --- handlers ------------------------------------------------------------- */

static int say_hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static int square(duet_request *request, void *context)
{
    house *house = context;
    const duet_value values[] = {
        duet_text_value(duet_request_parameter(request, "n"))};
    duet_rows *rows;
    int status = duet_database_pool_run(house->pool, "SELECT ? * 12", values, 1,
                                        &rows, duet_in_ms(30000));

    if (status != 0)
        return status;
    if (duet_rows_next(rows, DUET_NOW) != 1)
        status = 500;
    else
        status = duet_reply_textf(request, 200, "%g",
                                  duet_rows_value(rows, 0).number);
    duet_rows_free(rows);
    return status;
}

/* --- the house ------------------------------------------------------------ */

static void open_house(house *house)
{
    const duet_database_pool_options options = {.database = test_server.options,
                                                .maximum = CONNECTIONS};

    assert_status(duet_database_pool_open(&options, &house->pool, test_soon()),
                  0);
    assert_status(duet_application_new(NULL, &house->application), 0);
    assert_status(
        duet_route(house->application, "GET", "/hello", say_hello, NULL), 0);
    assert_status(
        duet_route(house->application, "GET", "/square/{n}", square, house), 0);
    assert_status(duet_server_start(house->application, NULL, &house->server),
                  0);
    assert_status(duet_session_open(NULL, &house->session), 0);
}

static void close_house(house *house)
{
    duet_session_close(house->session);
    assert_status(duet_server_stop(house->server, test_soon()), 0);
    duet_application_free(house->application);
    assert_status(duet_database_pool_close(house->pool, test_soon()), 0);
}

static void ask(house *house, const char *path, const char *expected)
{
    duet_response *response;

    snprintf(house->url, sizeof house->url, "%s%s",
             duet_server_url(house->server), path);
    assert_status(
        duet_get(house->session, house->url, NULL, &response, test_soon()), 0);
    assert_int_equal(duet_response_status(response), 200);
    assert_string_equal(duet_response_body(response, NULL), expected);
    duet_response_free(response);
}

static int handler_queries_body(void *argument)
{
    house *house = argument;

    open_house(house);
    ask(house, "/square/4", "48");
    ask(house, "/square/0.5", "6");
    close_house(house);
    return 0;
}

static void handler_queries(void **state)
{
    house house = {0};

    (void)state;
    test_run_task(handler_queries_body, &house);
}

/* --- a thousand at once --------------------------------------------------- */

typedef struct work {
    house *house;
    int number;
} work;

static int query(void *argument)
{
    work *work = argument;
    const duet_value values[] = {duet_integer_value(work->number)};
    duet_database_pool_counts counts;
    duet_rows *rows;
    int status = 0;

    /* Some are under way as long as replies are wanted beside them. */
    while (status == 0 && work->number >= QUERIES / 2 && work->house->seen < 10)
        status = duet_sleep(duet_in_ms(1));
    if (status != 0)
        return status;
    status = duet_database_pool_run(work->house->pool,
                                    "SELECT ? + 1000000, SLEEP(0.002)", values,
                                    1, &rows, test_soon());

    if (status != 0)
        return status;
    duet_database_pool_count(work->house->pool, &counts);
    if ((int)counts.in_use > work->house->most_in_use)
        work->house->most_in_use = (int)counts.in_use;
    work->house->answered++;
    status = duet_rows_next(rows, DUET_NOW) == 1 &&
                     duet_rows_value(rows, 0).integer == work->number + 1000000
                 ? 0
                 : DUET_EPROTOCOL;
    duet_rows_free(rows);
    return status;
}

static int thousand_at_once_body(void *argument)
{
    house *house = argument;
    static work works[QUERIES];
    duet_database_pool_counts counts;
    duet_group *group;

    open_house(house);
    assert_status(duet_group_open(&group), 0);
    for (int i = 0; i < QUERIES; i++) {
        works[i] = (work){house, i};
        assert_status(duet_group_spawn(group, query, &works[i], NULL, NULL), 0);
    }
    /* Each reply comes while queries are under way, and they go on. */
    while (house->answered < QUERIES) {
        int before = house->answered;

        ask(house, "/hello", "hello");
        house->seen += before > 0 && before < QUERIES;
    }
    assert_status(duet_group_close(group, 0), 0);
    assert_true(house->seen >= 10);
    duet_database_pool_count(house->pool, &counts);
    assert_int_equal(counts.acquired, QUERIES);
    assert_int_equal(counts.opened, CONNECTIONS);
    assert_int_equal(counts.lost, 0);
    assert_in_range(house->most_in_use, 2, CONNECTIONS);
    close_house(house);
    return 0;
}

static void thousand_queries_run_while_the_server_answers(void **state)
{
    house house = {0};

    (void)state;
    test_run_task(thousand_at_once_body, &house);
}

DATABASE_TEST_MAIN(test(handler_queries),
                   test(thousand_queries_run_while_the_server_answers))
