/* SPDX-License-Identifier: MIT */
/* connect.c - opens and closes a connection.
 *
 * Invariant: database->mysql is set only while there is a connection, or one is
 * being made. An attempt that is given up is aborted: the server does nothing
 * yet that would have to be stopped. */
#include "database/link/connect.h"

#include <sys/socket.h>

#include <duet/task.h>

#include "database/link/connect_tls.h"
#include "database/link/last_error.h"
#include "database/link/leftovers.h"
#include "database/link/lookup.h"
#include "database/link/socket_wait.h"
#include "database/link/steps.h"

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
        /* With a CA file the connector verifies, whatever its option says. */
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
    duet__operation operation = {.step = duet__connect_step,
                                 .mysql = database->mysql,
                                 .text = address,
                                 .settings = &database->settings};
    int status = duet__operation_run_or_break(database, &operation, deadline);

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
    duet__leftovers_discard(database);
    /* No COM_QUIT: sending it could wait for the peer. Without memory a failed
     * attempt leaves no socket, but a pointer to one for mysql_get_socket(). */
    if (database->is_lost && database->mysql->net.pvio != NULL)
        shutdown(mysql_get_socket(database->mysql), SHUT_RDWR);
    mysql_close(database->mysql);
    database->mysql = NULL;
    database->is_lost = true;
    duet__leftovers_end_statements(database);
}
