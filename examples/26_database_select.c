/* SPDX-License-Identifier: MIT */
/* 26_database_select.c - a connection, a query, its rows.
 * Shows:  a value put in apart from the SQL; columns with names; rows.
 * Run:    ./26_database_select 127.0.0.1 3306 root "" test
 * Prints: the instruments that cost 1000 and more */
#include <duet/database.h>
#include <duet/duet.h>
#include <stdio.h>
#include <stdlib.h>

static const char *text_of(duet_value value)
{
    return value.type == DUET_VALUE_NULL ? "NULL" : value.text.bytes;
}

static int run(void *options)
{
    duet_deadline deadline = duet_in_ms(10000);
    duet_value least = duet_integer_value(1000);
    duet_database *database;
    duet_rows *rows = NULL;
    int status = duet_database_open(options, &database, deadline);

    if (status == 0)
        status = duet_database_run(database,
                                   "SELECT name, price FROM instruments WHERE "
                                   "price >= ? ORDER BY name",
                                   &least, 1, NULL, &rows, deadline);
    if (status == 0)
        printf("%s, %s\n", duet_rows_name(rows, 0), duet_rows_name(rows, 1));
    while (status >= 0 && (status = duet_rows_next(rows, deadline)) > 0)
        printf("%s, %s\n", text_of(duet_rows_value(rows, 0)),
               text_of(duet_rows_value(rows, 1)));
    duet_rows_free(rows);
    duet_database_close(database);
    return status;
}

int main(int count, char **arguments)
{
    duet_database_options options = {0};

    if (count != 6) {
        fprintf(stderr, "usage: 26_database_select HOST PORT USER PASSWORD "
                        "DATABASE\n");
        return 2;
    }
    options.host = arguments[1];
    options.port = (uint16_t)strtol(arguments[2], NULL, 10);
    options.user = arguments[3];
    options.password = arguments[4];
    options.database = arguments[5];
    int status = duet_run(run, &options, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
