/* SPDX-License-Identifier: MIT */
/* last_error.c - converts errors of the server and of the connector to
 * codes. */
#include "database/link/last_error.h"

#include <errmsg.h>
#include <errno.h>
#include <mysqld_error.h>
#include <stdio.h>
#include <string.h>

/* The connector's own numbers; those of the server and of SIGNAL are outside
 * this range. */
enum {
    CLIENT_FIRST = 2000,
    CLIENT_LAST = 2999,
    CONNECTOR_FIRST = 5000,
    CONNECTOR_LAST = 5099
};

int duet__database_error_code(unsigned number)
{
    switch (number) {
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
    case CR_SOCKET_CREATE_ERROR:
    case CR_IPSOCK_ERROR:
        return DUET_ECONNECT;
    case CR_SSL_CONNECTION_ERROR:
        return DUET_ETLS;
    case CR_UNKNOWN_HOST: /* of an address: the connector gets no names */
    case CR_OUT_OF_MEMORY:
        return DUET_ENOMEM;
    case CR_NET_PACKET_TOO_LARGE:
    case ER_NET_PACKET_TOO_LARGE:
        return DUET_ETOOLARGE;
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case CR_SERVER_LOST_EXTENDED:
    case CR_STMT_CLOSED:
    case ER_SERVER_SHUTDOWN:
    case ER_CONNECTION_KILLED:
    case ER_ABORTING_CONNECTION:
    case ER_NEW_ABORTING_CONNECTION:
    case ER_NET_PACKETS_OUT_OF_ORDER:
    case ER_NET_READ_ERROR:
    case ER_NET_READ_INTERRUPTED:
    case ER_NET_ERROR_ON_WRITE:
    case ER_NET_WRITE_INTERRUPTED:
        return DUET_EDISCONNECTED;
    case CR_COMMANDS_OUT_OF_SYNC:
    case CR_MALFORMED_PACKET:
    case CR_UNKNOWN_ERROR:
    case CR_VERSION_ERROR:
    case CR_SERVER_HANDSHAKE_ERR:
        return DUET_EPROTOCOL;
    default:
        return DUET_EDATABASE;
    }
}

bool duet__database_error_loses(unsigned number)
{
    return duet__database_error_code(number) == DUET_EDISCONNECTED ||
           (number >= CLIENT_FIRST && number <= CLIENT_LAST) ||
           (number >= CONNECTOR_FIRST && number <= CONNECTOR_LAST) ||
           number == ER_NET_PACKET_TOO_LARGE;
}

/* Was the connection closed because the server sent a packet that is too large?
 * The connector reports a lost connection; but a real loss leaves a 2 here. */
static bool was_too_large(const duet_database *database, unsigned number)
{
    enum { NOT_READ = 1 };

    return number == CR_NET_PACKET_TOO_LARGE ||
           (number == CR_SERVER_LOST && database->mysql->net.error == NOT_READ);
}

/* The connector gives a failed socket() as a number in its message alone. */
static int code_of_socket(unsigned number, const char *message, int code)
{
    static const int resources[] = {EMFILE, ENFILE, ENOMEM, ENOBUFS};

    if (number != CR_IPSOCK_ERROR && number != CR_SOCKET_CREATE_ERROR)
        return code;
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        char text[16];

        snprintf(text, sizeof text, "(%d)", resources[i]);
        if (strstr(message, text) != NULL)
            return i < 2 ? DUET_EMFILE : DUET_ENOMEM;
    }
    return code;
}

int duet__database_error(duet_database *database, MYSQL_STMT *statement,
                         const char *what)
{
    unsigned number = 0;
    int code;

    if (statement != NULL)
        number = mysql_stmt_errno(statement);
    if (number == 0) { /* the connection broke within a row: only it has the
                        * error */
        statement = NULL;
        number = mysql_errno(database->mysql);
    }
    code = number != 0 ? duet__database_error_code(number) : DUET_EPROTOCOL;
    database->error_number = number;
    snprintf(database->error_sqlstate, sizeof database->error_sqlstate, "%s",
             statement != NULL ? mysql_stmt_sqlstate(statement)
                               : mysql_sqlstate(database->mysql));
    snprintf(database->error_message, sizeof database->error_message, "%s",
             statement != NULL ? mysql_stmt_error(statement)
                               : mysql_error(database->mysql));
    if (number == 0 || duet__database_error_loses(number))
        database->is_lost = true;
    if (was_too_large(database, number))
        return duet_fail(DUET_ETOOLARGE,
                         "%s: a row is larger than packet_bytes_max, %lld "
                         "bytes; the connection is closed",
                         what, (long long)database->settings.packet_bytes_max);
    if (number == 0)
        return duet_fail(code,
                         "%s: the connector gives no reason: the answer is "
                         "invalid, or there was no memory; the connection is "
                         "closed",
                         what);
    code = code_of_socket(number, database->error_message, code);
    return duet_fail(code, "%s: error %u (%s): %s", what, number,
                     database->error_sqlstate, database->error_message);
}

int duet__database_error_if_large(const duet_database *database, int status,
                                  const char *what, size_t bytes)
{
    enum { SELDOM_TOO_LARGE_BYTES = 1024 * 1024 };

    if (status != DUET_EDISCONNECTED || bytes < SELDOM_TOO_LARGE_BYTES)
        return status;
    return duet_fail(status,
                     "%s: error %u (%s): %s; %zu bytes may be over the "
                     "server's max_allowed_packet",
                     what, database->error_number, database->error_sqlstate,
                     database->error_message, bytes);
}

duet_database_error duet_database_last_error(const duet_database *database)
{
    duet_database_error error = {.number = database->error_number,
                                 .message = database->error_message};

    memcpy(error.sqlstate, database->error_sqlstate, sizeof error.sqlstate);
    return error;
}
