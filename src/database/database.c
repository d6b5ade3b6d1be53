/* SPDX-License-Identifier: MIT */
/* database.c - connections: opened, closed, opened again; and the frame of
 * every public call on one. */
#include "database/database.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <duet/task.h>

#include "database/connect_tls.h"
#include "database/drain.h"
#include "database/last_error.h"
#include "database/lookup.h"
#include "database/operation.h"
#include "database/rows.h"
#include "database/socket_wait.h"
#include "database/statement.h"

DUET__LIVES("database")

/* --- connecting ----------------------------------------------------------- */

static int connect_step(duet__operation *operation, int happened)
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

static int set_options(MYSQL *mysql, const duet__database_settings *settings)
{
    const my_bool yes = 1;
    const my_bool verify = !settings->tls_no_verify;
    const unsigned no_files = 0;
    const unsigned protocol = settings->unix_socket != NULL
                                  ? MYSQL_PROTOCOL_SOCKET
                                  : MYSQL_PROTOCOL_TCP;
    const size_t packet = (size_t)settings->packet_bytes_max;
    int failed = mysql_options(mysql, MYSQL_OPT_NONBLOCK, NULL);

    failed |= mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    failed |= mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &no_files);
    failed |= mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
    failed |= mysql_options(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
    failed |= mysql_options(mysql, MYSQL_REPORT_DATA_TRUNCATION, &yes);
    if (settings->init_sql != NULL)
        failed |= mysql_options(mysql, MYSQL_INIT_COMMAND, settings->init_sql);
    if (settings->tls) {
        failed |= mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
        failed |=
            mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
        /* With an authority the connector checks, whatever it was told. */
        failed |= mysql_ssl_set(
            mysql, settings->tls_key_file, settings->tls_cert_file,
            verify ? settings->tls_ca_file : NULL, NULL, NULL);
    }
    return failed ? DUET_ENOMEM : 0;
}

static int fail_to_connect(duet_database *database, const char *address,
                           int status)
{
    if (status == DUET_ETIMEDOUT)
        duet_fail(status, "connect %s: no answer before the deadline",
                  address != NULL ? address : database->settings.unix_socket);
    database->is_lost = true;
    duet__database_disconnect(database);
    return status;
}

static int connect_plain(duet_database *database, const char *address,
                         bool *out_connected, duet_deadline deadline)
{
    duet__operation operation = {.step = connect_step,
                                 .mysql = database->mysql,
                                 .text = address,
                                 .settings = &database->settings};
    bool was_stopping = database->is_stopping;
    int status;

    database->is_stopping = true; /* the server does nothing yet to be killed */
    status = duet__operation_run(database, &operation, deadline);
    database->is_stopping = was_stopping;
    *out_connected = operation.connected != NULL;
    return status;
}

/* Makes one attempt.
 *
 *   address  NULL: over the Unix socket */
static int connect_to(duet_database *database, const char *address,
                      duet_deadline deadline)
{
    bool tls = database->settings.tls;
    bool connected = false;
    int status;

    database->mysql = mysql_init(NULL);
    if (database->mysql == NULL)
        return DUET_ENOMEM;
    status = set_options(database->mysql, &database->settings);
    database->is_lost = false;
    if (status == 0)
        status = (tls ? duet__database_connect_tls
                      : connect_plain)(database, address, &connected, deadline);
    if (status == 0 && !connected)
        status = duet__database_error(database, NULL, "connect");
    if (status == 0) {
        duet__database_unblock(database->mysql);
        database->is_encrypted = mysql_get_ssl_cipher(database->mysql) != NULL;
        if (tls && !database->is_encrypted)
            status = duet_fail(DUET_ETLS, "connect: the server does not "
                                          "encrypt");
    }
    return status == 0 ? 0 : fail_to_connect(database, address, status);
}

static int connect_host(duet_database *database, duet_deadline deadline)
{
    duet__database_addresses addresses;
    int status =
        duet__database_lookup(database->settings.host, &addresses, deadline);

    if (status != 0)
        return status;
    status = DUET_ECONNECT;
    for (int i = 0; i < addresses.count && status == DUET_ECONNECT; i++)
        status = connect_to(database, addresses.text[i], deadline);
    return status;
}

int duet__database_connect(duet_database *database, duet_deadline deadline)
{
    int status;

    if (duet_current_task() == NULL)
        return DUET_ENOLOOP;
    if (database->settings.unix_socket != NULL)
        status = connect_to(database, NULL, deadline);
    else
        status = connect_host(database, deadline);
    if (status == 0)
        database->opened_ns = database->idle_ns = duet_clock_ns();
    return status;
}

void duet__database_disconnect(duet_database *database)
{
    if (database->mysql == NULL)
        return;
    duet__rows_detach(database->reader);
    if (database->source != NULL) {
        database->source->handle = NULL; /* or it would be read to its end */
        mysql_free_result(database->source);
        database->source = NULL;
    }
    database->running = NULL;
    database->was_killed = false;
    if (database->is_lost) /* no goodbye: that could wait for the peer */
        shutdown(mysql_get_socket(database->mysql), SHUT_RDWR);
    mysql_close(database->mysql);
    database->mysql = NULL;
    database->is_lost = true;
    while (database->dropped != NULL) {
        duet_statement *statement = database->dropped;

        database->dropped = statement->next;
        duet__statement_end(statement);
    }
}

/* --- public calls --------------------------------------------------------- */

int duet__database_enter(duet_database *database, const duet_rows *reader)
{
    int status = 0;

    if (duet_current_task() == NULL)
        return DUET_ENOLOOP;
    if (database->in_use)
        return duet_fail(DUET_EBUSY, "another task uses the connection");
    if (database->reader != NULL && database->reader != reader)
        return duet_fail(DUET_EBUSY, "rows of the connection are unread");
    database->in_use = true;
    if (!database->is_lost && reader == NULL)
        status = duet__database_drain(database);
    if (status == 0 && database->is_lost)
        status = duet_fail(DUET_EDISCONNECTED, "the connection is closed");
    if (status != 0)
        duet__database_leave(database, status);
    return status;
}

int duet__database_leave(duet_database *database, int status)
{
    bool gave_up = status == DUET_ETIMEDOUT || status == DUET_ECANCELED ||
                   status == DUET_ETOOLARGE || status == DUET_ENOMEM;

    if (gave_up) {
        duet__rows_detach(database->reader);
        if (!database->is_lost &&
            duet__database_drain(database) == DUET_ECANCELED &&
            status != DUET_ECANCELED)
            duet__database_pass_cancel();
    }
    if (gave_up && status != DUET_ETOOLARGE)
        duet_fail(status, "database: %s; the connection is %s",
                  duet_error_text(status),
                  database->is_lost ? "closed" : "clean");
    if (database->is_lost)
        duet__database_disconnect(database);
    database->in_use = false;
    return status;
}

int duet_database_open(const duet_database_options *options,
                       duet_database **out_database, duet_deadline deadline)
{
    duet_database *database = calloc(1, sizeof *database);
    duet__database_settings settings;
    int status;

    *out_database = NULL;
    if (database == NULL)
        return DUET_ENOMEM;
    DUET__LIFE_BEGINS(database);
    status = duet__database_settings_read(options, &settings);
    if (status == 0)
        status = duet__database_settings_copy(&settings, &database->settings);
    if (status == 0)
        status = duet__database_connect(database, deadline);
    if (status != 0) {
        duet_database_close(database);
        return status;
    }
    *out_database = database;
    return 0;
}

void duet_database_close(duet_database *database)
{
    if (database == NULL)
        return;
    DUET__LIFE_ENDS(database);
    duet__rows_detach(database->reader);
    duet__database_disconnect(database);
    duet__database_settings_free(&database->settings);
    free(database);
}

int duet_database_reconnect(duet_database *database, duet_deadline deadline)
{
    int status;

    if (database->in_use)
        return duet_fail(DUET_EBUSY, "another task uses the connection");
    duet__rows_detach(database->reader);
    duet__database_disconnect(database);
    database->in_use = true;
    status = duet__database_connect(database, deadline);
    database->in_use = false;
    return status;
}

static int ping_step(duet__operation *operation, int happened)
{
    return happened == 0
               ? mysql_ping_start(&operation->result, operation->mysql)
               : mysql_ping_cont(&operation->result, operation->mysql,
                                 happened);
}

int duet__database_ping(duet_database *database, duet_deadline deadline)
{
    duet__operation operation = {.step = ping_step, .mysql = database->mysql};
    int status = duet__operation_run(database, &operation, deadline);

    if (status == 0 && operation.result != 0)
        status = duet__database_error(database, NULL, "ping");
    return status;
}

int duet_database_ping(duet_database *database, duet_deadline deadline)
{
    int status = duet__database_enter(database, NULL);

    if (status != 0)
        return status;
    return duet__database_leave(database,
                                duet__database_ping(database, deadline));
}

/* --- what is known -------------------------------------------------------- */

bool duet_database_is_open(const duet_database *database)
{
    return !database->is_lost;
}

bool duet_database_is_encrypted(const duet_database *database)
{
    return database->is_encrypted;
}

uint64_t duet_database_id(const duet_database *database)
{
    return database->mysql != NULL ? mysql_thread_id(database->mysql) : 0;
}

bool duet_database_in_transaction(const duet_database *database)
{
    return database->mysql != NULL &&
           (database->mysql->server_status & SERVER_STATUS_IN_TRANS) != 0;
}

int duet_database_escape(const duet_database *database, const char *text,
                         size_t bytes, char **out_escaped, size_t *out_bytes)
{
    const size_t most = (size_t)1 << 30;
    unsigned long written;

    *out_escaped = NULL;
    if (database->mysql == NULL)
        return duet_fail(DUET_EDISCONNECTED,
                         "database: the connection is lost");
    if (bytes > most)
        return duet_fail(DUET_ETOOLARGE, "escape %zu bytes: more than %zu",
                         bytes, most);
    *out_escaped = malloc(bytes * 2 + 1);
    if (*out_escaped == NULL)
        return DUET_ENOMEM;
    written = mysql_real_escape_string(database->mysql, *out_escaped, text,
                                       (unsigned long)bytes);
    if (out_bytes != NULL)
        *out_bytes = written;
    return 0;
}
