/* SPDX-License-Identifier: MIT */
/* connect_tls.c - connects with TLS in a thread, as the connector's handshake
 * always blocks.
 *
 * Invariants: the thread's job owns the connection until the waiting task takes
 * it; a job that was given up ends soon, as its socket is shut down, and closes
 * the connection. Unless tls_no_verify is set, the certificate and its name are
 * verified before the user's name and password are sent. */
#include "database/link/connect_tls.h"

#include <errmsg.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/thread_pool.h>

#include "database/link/certificate.h"
#include "database/link/lookup.h"

enum {
    LOOK_EVERY_MS = 20, /* between two checks of `given_up` */
    FLAW_BYTES = 256,
    /* MARIADB_OPT_TLS_VERIFICATION_CALLBACK: the connector's number is used
     * because it may be newer than its header was. */
    OPTION_ASK = 7031,
    FIRST_LENIENT = 30400 /* the connector's version */
};

/* The part of the connector's MARIADB_TLS that we use: its first members. */
typedef struct tls_session {
    void *data;
    const MARIADB_PVIO *pvio;
    SSL *ssl;
} tls_session;

typedef struct connecting {
    MYSQL *mysql; /* NULL once it was taken */
    duet__database_settings settings;
    bool connected;
    bool asks;             /* the connector calls check_certificate() */
    char flaw[FLAW_BYTES]; /* of the certificate; "" */
    atomic_bool given_up;
    atomic_int descriptor; /* the socket, a duplicate; -1 before it is known */
    char *peer; /* the address, later the name unless `asks`; NULL: a socket */
} connecting;

/* The job of the current thread. */
static _Thread_local connecting *current;

static void free_connecting(void *argument)
{
    connecting *self = argument;
    int descriptor = atomic_load(&self->descriptor);

    if (self->mysql != NULL)
        mysql_close(self->mysql);
    if (descriptor >= 0)
        close(descriptor);
    duet__database_settings_free(&self->settings);
    free(self->peer);
    free(self);
}

/* The connector calls this instead of poll(). */
static int wait_in_thread(my_socket descriptor, my_bool reads, int unused)
{
    struct pollfd one = {.fd = descriptor, .events = reads ? POLLIN : POLLOUT};
    connecting *self = current;
    int count = 0;

    (void)unused;
    if (atomic_load(&self->descriptor) < 0)
        atomic_store(&self->descriptor, fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
    /* The connector gets an address, not a name; it reads the text again when
     * it is connected, as the name that the certificate must have. */
    if (self->peer != NULL && !self->asks)
        memcpy(self->peer, self->settings.host,
               strlen(self->settings.host) + 1);
    while (count == 0 && !atomic_load(&self->given_up)) {
        count = poll(&one, 1, LOOK_EVERY_MS);
        if (count < 0 && errno == EINTR)
            count = 0;
    }
    if (count == 0)
        errno = ETIMEDOUT;
    return count;
}

/* --- the certificate ------------------------------------------------------ */

/* The connector calls this after the handshake. As it may ignore a failure, the
 * socket is shut down: then nothing can be sent. */
static int check_certificate(void *tls, unsigned unused)
{
    const tls_session *session = tls;
    connecting *self = current;
    MYSQL *mysql = self->mysql;
    const char *host = self->peer != NULL ? self->settings.host : "localhost";

    (void)unused;
    if (session->pvio != mysql->net.pvio ||
        SSL_get_app_data(session->ssl) != mysql)
        snprintf(self->flaw, sizeof self->flaw,
                 "this MariaDB Connector cannot check certificates");
    else if (duet__certificate_check(session->ssl, host, self->flaw,
                                     sizeof self->flaw))
        return 0;
    shutdown(mysql_get_socket(mysql), SHUT_RDWR);
    return 1;
}

/* Makes the connector call check_certificate(): from 3.4 on the connector
 * ignores many flaws if it considers the peer local. Older connectors verify
 * everything themselves and do not have the option.
 *
 * Returns 0, or DUET_ETLS if the certificate would not be verified. */
static int ask_for_check(connecting *self)
{
    if (self->settings.tls_no_verify)
        return 0;
    self->asks = mysql_options(self->mysql, (enum mysql_option)OPTION_ASK,
                               (void *)(uintptr_t)check_certificate) == 0;
    if (self->asks || mysql_get_client_version() < FIRST_LENIENT)
        return 0;
    snprintf(self->flaw, sizeof self->flaw,
             "MariaDB Connector %s cannot be made to check certificates",
             mysql_get_client_info());
    return DUET_ETLS;
}

/* Reports the flaw in the form of the connector's own errors. */
static void put_flaw(connecting *self)
{
    NET *net = &self->mysql->net;

    net->last_errno = CR_SSL_CONNECTION_ERROR;
    snprintf(net->sqlstate, sizeof net->sqlstate, "HY000");
    snprintf(net->last_error, sizeof net->last_error, "TLS: %s", self->flaw);
}

/* --- in the thread -------------------------------------------------------- */

static int connect_in_thread(void *argument)
{
    connecting *self = argument;
    const duet__database_settings *settings = &self->settings;

    if (mysql_options(self->mysql, MARIADB_OPT_IO_WAIT,
                      (void *)(uintptr_t)wait_in_thread) != 0)
        return DUET_ENOMEM;
    if (ask_for_check(self) == 0) {
        current = self;
        self->connected =
            mysql_real_connect(self->mysql, self->peer, settings->user,
                               settings->password, settings->database,
                               settings->port, settings->unix_socket,
                               duet__database_flags(settings)) != NULL;
        current = NULL;
    }
    if (self->flaw[0] != '\0') {
        self->connected = false;
        put_flaw(self);
    }
    mysql_options(self->mysql, MARIADB_OPT_IO_WAIT, NULL);
    return 0;
}

/* --- beside the thread ---------------------------------------------------- */

/* `mysql` is taken on success. */
static int new_connecting(MYSQL *mysql, const duet__database_settings *settings,
                          const char *address, connecting **out_self)
{
    connecting *self = calloc(1, sizeof *self);
    size_t room = strlen(settings->host) + 1 + DUET__ADDRESS_BYTES;
    int status;

    if (self == NULL)
        return DUET_ENOMEM;
    atomic_init(&self->descriptor, -1);
    status = duet__database_settings_copy(settings, &self->settings);
    if (status == 0 && address != NULL) {
        self->peer = malloc(room);
        status = self->peer == NULL ? DUET_ENOMEM : 0;
    }
    if (status != 0) {
        free_connecting(self);
        return status;
    }
    if (address != NULL)
        memcpy(self->peer, address, strlen(address) + 1);
    self->mysql = mysql;
    *out_self = self;
    return 0;
}

static void give_up(duet_thread_call *call, connecting *self)
{
    int descriptor;

    atomic_store(&self->given_up, true);
    descriptor = atomic_load(&self->descriptor);
    if (descriptor >= 0)
        shutdown(descriptor, SHUT_RDWR);
    duet_thread_call_cancel(call);
}

int duet__database_connect_tls(duet_database *database, const char *address,
                               bool *out_connected, duet_deadline deadline)
{
    duet_thread_pool *pool;
    duet_thread_call *call;
    connecting *self;
    int result;
    int status = duet_default_thread_pool(&pool);

    if (status == 0)
        status = new_connecting(database->mysql, &database->settings, address,
                                &self);
    if (status != 0)
        return status;
    database->mysql = NULL;
    status = duet_thread_pool_submit(pool, connect_in_thread, self,
                                     free_connecting, &call, deadline);
    if (status != 0)
        return status;
    status = duet_thread_call_wait(call, &result, deadline);
    if (status != 0) {
        give_up(call, self);
    } else if (result == 0) {
        database->mysql = self->mysql;
        self->mysql = NULL;
        *out_connected = self->connected;
    }
    duet_thread_call_free(call);
    return status != 0 ? status : result;
}
