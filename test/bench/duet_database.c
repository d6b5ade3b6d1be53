/* SPDX-License-Identifier: MIT */
/* duet_database.c - point selects through a pool of ten connections.
 * usage: duet_database PORT COUNT; prints one JSON object. */
#include <duet/database_pool.h>
#include <duet/duet.h>

#include <stdio.h>
#include <stdlib.h>

enum { CONNECTIONS = 10, TASKS = 64, ROWS = 10000 };

static duet_database_pool *pool;
static long count, next;

static int select_points(void *argument)
{
    char sql[64];
    int status = 0;

    (void)argument;
    while (status == 0 && next < count) {
        long id = next++ % ROWS;
        duet_rows *rows;

        snprintf(sql, sizeof sql, "SELECT value FROM points WHERE id = %ld",
                 id);
        status = duet_database_pool_run(pool, sql, NULL, 0, &rows, DUET_NEVER);
        if (status == 0 && (duet_rows_next(rows, DUET_NOW) != 1 ||
                            duet_rows_value(rows, 0).integer != id * 7))
            status = duet_fail(DUET_EPROTOCOL, "wrong value for %ld", id);
        duet_rows_free(rows);
    }
    return status;
}

static int measure(void *argument)
{
    duet_call calls[TASKS];
    int64_t began;
    int status;

    for (int i = 0; i < TASKS; i++)
        calls[i] = (duet_call){.function = select_points};
    status = duet_database_pool_open(argument, &pool, duet_in_ms(10000));
    if (status != 0)
        return status;
    began = duet_clock_ns();
    status = duet_gather(calls, TASKS, NULL, DUET_NEVER);
    if (status == 0)
        printf("{\"requests\": %ld, \"seconds\": %.6f}\n", count,
               (double)(duet_clock_ns() - began) / 1e9);
    else
        fprintf(stderr, "%s\n", duet_error_message(status));
    duet_database_pool_close(pool, DUET_NEVER);
    return status;
}

int main(int argument_count, char **arguments)
{
    duet_database_pool_options options = {.minimum = CONNECTIONS,
                                          .maximum = CONNECTIONS};

    if (argument_count != 3)
        return 2;
    options.database.port = (uint16_t)strtol(arguments[1], NULL, 10);
    options.database.database = "test";
    count = strtol(arguments[2], NULL, 10);
    return duet_run(measure, &options, NULL) == 0 ? 0 : 1;
}
