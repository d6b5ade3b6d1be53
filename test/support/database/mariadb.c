/* SPDX-License-Identifier: MIT */
/* mariadb.c - see mariadb.h. */
#include "support/database/mariadb.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/test.h"

test_mariadb test_server;

bool test_has_mariadb(void)
{
    return test_has_program("mariadbd") &&
           test_has_program("mariadb-install-db") &&
           test_has_program("openssl");
}

static void make_certificates(const char *folder)
{
    const char *names = "subjectAltName=DNS:localhost\n";

    test_file_write(folder, "names", names, strlen(names));
    test_command(folder, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                 "-subj", "/CN=duet test CA", "-keyout", "ca.key", "-out",
                 "ca.pem", NULL);
    test_command(folder, "openssl", "req", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                 "/CN=server", "-keyout", "server.key", "-out", "server.csr",
                 NULL);
    test_command(folder, "openssl", "x509", "-req", "-days", "2", "-CA",
                 "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile",
                 "names", "-in", "server.csr", "-out", "server.pem", NULL);
}

void test_mariadb_init(test_mariadb *mariadb)
{
    const char *folder;
    char data[TEST_FOLDER_BYTES + 32], temporary[TEST_FOLDER_BYTES + 32];

    test_peer_init(&mariadb->peer);
    folder = mariadb->peer.folder;
    snprintf(mariadb->unix_socket, sizeof mariadb->unix_socket, "%s/socket",
             folder);
    snprintf(mariadb->tls_ca_file, sizeof mariadb->tls_ca_file, "%s/ca.pem",
             folder);
    mariadb->options = (duet_database_options){
        .port = (uint16_t)mariadb->peer.port,
        .database = "test",
        .stop_ms = 60000 /* a loaded machine may take its time */};
    make_certificates(folder);
    snprintf(data, sizeof data, "--datadir=%s/data", folder);
    snprintf(temporary, sizeof temporary, "--tmpdir=%s", folder);
    /* --force: also where not even "localhost" has an address. */
    test_command(folder, "mariadb-install-db", "--no-defaults", "--force", data,
                 temporary, "--auth-root-authentication-method=normal",
                 geteuid() == 0 ? "--user=root" : "--skip-name-resolve", NULL);
    test_mariadb_start(mariadb);
}

static bool takes_local_connections(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_taken;

    assert_true(descriptor >= 0);
    assert_true(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path));
    is_taken = connect(descriptor, (const struct sockaddr *)&address,
                       sizeof address) == 0;
    close(descriptor);
    return is_taken;
}

void test_mariadb_start(test_mariadb *mariadb)
{
    const char *folder = mariadb->peer.folder;
    char data[TEST_FOLDER_BYTES + 32], path[TEST_FOLDER_BYTES + 32];
    char temporary[TEST_FOLDER_BYTES + 32], port[32];

    /* A server clears away what others have in a temporary folder. */
    snprintf(temporary, sizeof temporary, "--tmpdir=%s", folder);
    snprintf(data, sizeof data, "--datadir=%s/data", folder);
    snprintf(path, sizeof path, "--socket=%s", mariadb->unix_socket);
    snprintf(port, sizeof port, "--port=%d", mariadb->peer.port);
    test_peer_start(
        &mariadb->peer, "mariadbd", "--no-defaults", data, path, port,
        temporary, "--bind-address=127.0.0.1", "--skip-name-resolve",
        "--skip-networking=0", "--ssl-ca=../ca.pem", "--ssl-cert=../server.pem",
        "--ssl-key=../server.key", "--innodb-flush-log-at-trx-commit=0",
        "--innodb-buffer-pool-size=16M", "--performance-schema=off",
        "--max-connections=200", "--log-warnings=1",
        /* Under Valgrind on a loaded machine a handshake may last longer than
         * the usual 10 s. */
        "--connect-timeout=600", "--net-read-timeout=600",
        geteuid() == 0 ? "--user=root" : "--skip-log-bin", NULL);
    /* The server listens there a moment after it does at its port. */
    while (!takes_local_connections(mariadb->unix_socket)) {
        assert_int_equal(waitpid(mariadb->peer.pid, NULL, WNOHANG), 0);
        usleep(1000);
    }
}

void test_mariadb_kill(test_mariadb *mariadb)
{
    kill(mariadb->peer.pid, SIGKILL);
    waitpid(mariadb->peer.pid, NULL, 0);
    mariadb->peer.pid = 0;
}

void test_mariadb_stop(test_mariadb *mariadb)
{
    test_peer_stop(&mariadb->peer);
}

int test_server_start(void **state)
{
    (void)state;
    test_mariadb_init(&test_server);
    return 0;
}

int test_server_stop(void **state)
{
    (void)state;
    test_mariadb_stop(&test_server);
    return 0;
}

void test_run_task(int (*body)(void *argument), void *argument)
{
    assert_status(duet_run(body, argument, NULL), 0);
}

duet_deadline test_soon(void)
{
    return duet_in_ms(600000); /* what hangs is ended before */
}

static void must_be_0(int status, const char *what)
{
    if (status != 0)
        print_error("%s: %s\n", what, duet_error_message(status));
    assert_status(status, 0);
}

duet_database *test_database(void)
{
    duet_database *database;

    must_be_0(duet_database_open(&test_server.options, &database, test_soon()),
              "connect");
    return database;
}

void test_sql(duet_database *database, const char *sql, duet_rows **out_rows)
{
    must_be_0(duet_database_query(database, sql, NULL, out_rows, test_soon()),
              sql);
}

int64_t test_number(duet_database *database, const char *sql)
{
    duet_rows *rows;
    int64_t number;

    test_sql(database, sql, &rows);
    assert_int_equal(duet_rows_next(rows, test_soon()), 1);
    number = duet_rows_value(rows, 0).integer;
    duet_rows_free(rows);
    return number;
}
