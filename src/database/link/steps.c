/* SPDX-License-Identifier: MIT */
/* steps.c - one step function for each pair mysql_X_start() and mysql_X_cont()
 * of the connector. Owns nothing. */
#include "database/link/steps.h"

int duet__connect_step(duet__operation *operation, int happened)
{
    const duet__database_settings *settings = operation->settings;

    if (happened != 0)
        return mysql_real_connect_cont(&operation->connected, operation->mysql,
                                       happened);
    return mysql_real_connect_start(
        &operation->connected, operation->mysql, operation->text,
        settings->user, settings->password, settings->database, settings->port,
        settings->unix_socket, duet__database_flags(settings));
}

/* --- text queries --------------------------------------------------------- */

int duet__query_step(duet__operation *operation, int happened)
{
    if (happened != 0)
        return mysql_real_query_cont(&operation->result, operation->mysql,
                                     happened);
    return mysql_real_query_start(&operation->result, operation->mysql,
                                  operation->text,
                                  (unsigned long)operation->bytes);
}

int duet__row_step(duet__operation *operation, int happened)
{
    return happened == 0
               ? mysql_fetch_row_start(&operation->row, operation->source)
               : mysql_fetch_row_cont(&operation->row, operation->source,
                                      happened);
}

int duet__next_step(duet__operation *operation, int happened)
{
    return happened == 0
               ? mysql_next_result_start(&operation->result, operation->mysql)
               : mysql_next_result_cont(&operation->result, operation->mysql,
                                        happened);
}

int duet__ping_step(duet__operation *operation, int happened)
{
    return happened == 0
               ? mysql_ping_start(&operation->result, operation->mysql)
               : mysql_ping_cont(&operation->result, operation->mysql,
                                 happened);
}

/* --- prepared statements -------------------------------------------------- */

int duet__prepare_step(duet__operation *operation, int happened)
{
    if (happened != 0)
        return mysql_stmt_prepare_cont(&operation->result, operation->statement,
                                       happened);
    return mysql_stmt_prepare_start(&operation->result, operation->statement,
                                    operation->text,
                                    (unsigned long)operation->bytes);
}

int duet__execute_step(duet__operation *operation, int happened)
{
    return happened == 0
               ? mysql_stmt_execute_start(&operation->result,
                                          operation->statement)
               : mysql_stmt_execute_cont(&operation->result,
                                         operation->statement, happened);
}

int duet__statement_row_step(duet__operation *operation, int happened)
{
    return happened == 0
               ? mysql_stmt_fetch_start(&operation->result,
                                        operation->statement)
               : mysql_stmt_fetch_cont(&operation->result, operation->statement,
                                       happened);
}

int duet__statement_next_step(duet__operation *operation, int happened)
{
    return happened == 0
               ? mysql_stmt_next_result_start(&operation->result,
                                              operation->statement)
               : mysql_stmt_next_result_cont(&operation->result,
                                             operation->statement, happened);
}

int duet__statement_free_rows_step(duet__operation *operation, int happened)
{
    return happened == 0
               ? mysql_stmt_free_result_start(&operation->failed,
                                              operation->statement)
               : mysql_stmt_free_result_cont(&operation->failed,
                                             operation->statement, happened);
}

int duet__statement_close_step(duet__operation *operation, int happened)
{
    return happened == 0
               ? mysql_stmt_close_start(&operation->failed,
                                        operation->statement)
               : mysql_stmt_close_cont(&operation->failed, operation->statement,
                                       happened);
}
