/* SPDX-License-Identifier: MIT */
/* database_tls.c - connecting with TLS, in a thread: the connector's handshake
 * blocks, whatever it is told.
 *
 * Invariant: the thread's job owns the connection until the waiting task takes
 * it out; a job that was given up ends soon, as its socket is shut down, and
 * closes it. */
#include "database/database.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/thread_pool.h>

/* How soon a thread that waits sees that it was given up. */
enum { LOOK_EVERY_MS = 20 };

typedef struct connecting {
    MYSQL *mysql; /* NULL once it was taken */
    duet__database_settings settings;
    bool connected;
    atomic_bool given_up;
    atomic_int descriptor; /* the socket, a duplicate; -1 before it is known */
    char *peer;            /* the address, later the name; NULL: a socket */
} connecting;

/* What the thread connects for. */
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

/* The connector calls this in place of poll(). */
static int wait_in_thread(my_socket descriptor, my_bool reads, int unused)
{
    struct pollfd one = {.fd = descriptor, .events = reads ? POLLIN : POLLOUT};
    connecting *self = current;
    int count = 0;

    (void)unused;
    if (atomic_load(&self->descriptor) < 0)
        atomic_store(&self->descriptor, fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
    /* The connector gets an address, not a name; it looks at the text again
     * when it is connected: the certificate must name that. */
    if (self->peer != NULL)
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

static int connect_in_thread(void *argument)
{
    connecting *self = argument;
    const duet__database_settings *settings = &self->settings;

    if (mysql_options(self->mysql, MARIADB_OPT_IO_WAIT,
                      (void *)(uintptr_t)wait_in_thread) != 0)
        return DUET_ENOMEM;
    current = self;
    self->connected =
        mysql_real_connect(self->mysql, self->peer, settings->user,
                           settings->password, settings->database,
                           settings->port, settings->unix_socket,
                           duet__database_flags(settings)) != NULL;
    current = NULL;
    mysql_options(self->mysql, MARIADB_OPT_IO_WAIT, NULL);
    return 0;
}

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
