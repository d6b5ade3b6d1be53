/* SPDX-License-Identifier: MIT */
/* 27_database_handler.c - a web handler that queries a database.
 * Shows:  a pool on the server's loop; values apart from the SQL.
 * Run:    ./27_database_handler 8080 127.0.0.1 3306 root "" test
 * Prints: listening on http://127.0.0.1:8080 */
#include <duet/database_pool.h>
#include <duet/duet.h>
#include <stdio.h>
#include <stdlib.h>

static duet_database_pool_options settings;

static int find_price(duet_request *request, void *context)
{
    const char *sql = "SELECT price FROM instruments WHERE name = ?";
    duet_value name = duet_text_value(duet_request_parameter(request, "name"));
    duet_rows *rows = NULL;
    int status = duet_database_pool_run(*(duet_database_pool **)context, sql,
                                        &name, 1, &rows, duet_in_ms(2000));
    if (status == 0 && duet_rows_next(rows, DUET_NOW) == 1)
        status = duet_reply_textf(request, 200, "%s EUR\n",
                                  duet_rows_value(rows, 0).text.bytes);
    else if (status == 0)
        status = 404;
    duet_rows_free(rows);
    return status;
}

static int open_pool(void *place)
{
    return duet_database_pool_open(&settings, place, duet_in_ms(5000));
}

static int close_pool(void *place)
{
    return duet_database_pool_close(*(void **)place, duet_in_ms(5000));
}

int main(int count, char **arguments)
{
    static duet_database_pool *pool; /* open while the server runs */
    duet_application *app;
    if (count != 7 || duet_application_new(NULL, &app) != 0)
        return 2;
    uint16_t port = (uint16_t)strtol(arguments[1], NULL, 10);
    settings.database.host = arguments[2];
    settings.database.port = (uint16_t)strtol(arguments[3], NULL, 10);
    settings.database.user = arguments[4];
    settings.database.password = arguments[5];
    settings.database.database = arguments[6];
    int status = duet_application_on_start(app, open_pool, close_pool, &pool);
    if (status == 0)
        status = duet_route(app, "GET", "/price/{name}", find_price, &pool);
    if (status == 0)
        status = duet_serve(app, &(duet_server_options){.port = port});
    duet_application_free(app);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
