/* SPDX-License-Identifier: MIT */
/* 27_database_handler.c - a web handler that queries a database.
 * Shows:  a pool on the server's loop; values apart from the SQL.
 * Run:    ./27_database_handler 8080 127.0.0.1 3306 root "" test
 * Prints: listening on http://127.0.0.1:8080 */
#include <duet/database_pool.h>
#include <duet/duet.h>
#include <stdlib.h>

static duet_database_pool_options settings;
static duet_database_pool *pool;

static int find_price(duet_request *request, void *context)
{
    duet_value name = duet_text_value(duet_request_parameter(request, "name"));
    duet_rows *rows;
    int status = duet_database_pool_run(
        pool, "SELECT price FROM instruments WHERE name = ?", &name, 1, &rows,
        duet_in_ms(2000));

    (void)context;
    if (status != 0)
        return status;
    duet_value price = {0};
    if (duet_rows_next(rows, DUET_NOW) == 1)
        price = duet_rows_value(rows, 0);
    if (price.type == DUET_VALUE_DECIMAL)
        status = duet_reply_textf(request, 200, "%s EUR\n", price.text.bytes);
    else
        status = 404; /* there is none, or it has no price */
    duet_rows_free(rows);
    return status;
}

static int open_pool(void *context)
{
    (void)context;
    return duet_database_pool_open(&settings, &pool, duet_in_ms(5000));
}

static int close_pool(void *context)
{
    (void)context;
    return duet_database_pool_close(pool, duet_in_ms(5000));
}

int main(int count, char **arguments)
{
    duet_server_options options = {0};
    duet_application *app;

    if (count != 7 || duet_application_new(NULL, &app) != 0 ||
        duet_application_on_start(app, open_pool, close_pool, NULL) != 0 ||
        duet_route(app, "GET", "/price/{name}", find_price, NULL) != 0)
        return 2;
    options.port = (uint16_t)strtol(arguments[1], NULL, 10);
    settings.database.host = arguments[2];
    settings.database.port = (uint16_t)strtol(arguments[3], NULL, 10);
    settings.database.user = arguments[4];
    settings.database.password = arguments[5];
    settings.database.database = arguments[6];
    int status = duet_serve(app, &options);
    duet_application_free(app);
    return status == 0 ? 0 : 1;
}
