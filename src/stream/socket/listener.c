/* SPDX-License-Identifier: MIT */
/* listener.c - accepts connections, one by one or with a handler for each. */
#include <duet/listener.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <duet/descriptor.h>
#include <duet/error.h>
#include <duet/group.h>
#include <duet/semaphore.h>
#include <duet/task.h>

#include "base/error.h"
#include "base/life.h"
#include "base/limit.h"
#include "runtime/context/stack.h"
#include "stream/socket/connection.h"
#include "stream/socket/listen.h"

enum {
    CONNECTIONS_DEFAULT = 1024,
    /* What lacks descriptors or memory is tried again so much later. */
    LACK_PAUSE_MS = 50,
    /* Connections that may be accepted before other tasks run. */
    IN_A_ROW = 64,
};

DUET__LIVES("listener")

struct duet_listener {
    DUET__LIFE
    int descriptor;
    duet__address address;
};

/* --- opening and closing ------------------------------------------------- */

static int read_address(const duet_listener_options *options,
                        duet__address *address)
{
    if (options->backlog < 0)
        return duet__fail(DUET_EINVAL, "backlog is negative");
    if (options->unix_path == NULL)
        return duet__listen_address(options->host, options->port, address);
    if (options->host != NULL)
        return duet__fail(DUET_EINVAL, "host and unix_path exclude each other");
    return duet__address_of_path(options->unix_path, address);
}

int duet_listener_open(const duet_listener_options *options,
                       duet_listener **out_listener)
{
    static const duet_listener_options standard;
    duet_listener *self;
    int status;

    *out_listener = NULL;
    if (options == NULL)
        options = &standard;
    self = calloc(1, sizeof *self);
    if (self == NULL)
        return DUET_ENOMEM;
    status = read_address(options, &self->address);
    if (status == 0)
        status = duet__listen_on(&self->address, options->reuse_port,
                                 options->backlog, &self->descriptor);
    if (status != 0) {
        free(self);
        return status;
    }
    duet__address_of_socket(self->descriptor, false, &self->address);
    DUET__LIFE_BEGINS(self);
    *out_listener = self;
    return 0;
}

void duet_listener_close(duet_listener *listener)
{
    const duet__address *address;

    if (listener == NULL)
        return;
    DUET__LIFE_ENDS(listener);
    address = &listener->address;
    if (address->any.sa_family == AF_UNIX && address->local.sun_path[0] != '\0')
        unlink(address->local.sun_path);
    close(listener->descriptor);
    free(listener);
}

uint16_t duet_listener_port(const duet_listener *listener)
{
    return duet__address_port(&listener->address);
}

/* --- accepting ----------------------------------------------------------- */

/* The connection ended before it was accepted; accept(2) also passes errors of
 * its network on. */
static bool is_of_the_peer(int error)
{
    return error == ECONNABORTED || error == EINTR || error == EPROTO ||
           error == ENETDOWN || error == ENOPROTOOPT || error == EHOSTDOWN ||
           error == ENONET || error == EHOSTUNREACH || error == ENETUNREACH ||
           error == EPERM || error == EOPNOTSUPP || error == ETIMEDOUT ||
           error == ECONNRESET;
}

static int accept_one(duet_listener *listener, duet_connection **out_connection)
{
    duet__address peer = {.length = sizeof peer.local};
    int descriptor = accept4(listener->descriptor, &peer.any, &peer.length,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
    int status;

    if (descriptor < 0)
        return is_of_the_peer(errno) ? DUET_ECONNABORTED
                                     : duet__error_from_errno(errno);
    status = duet__connection_new(descriptor, &peer, out_connection);
    if (status != 0)
        close(descriptor);
    return status;
}

int duet_listener_accept(duet_listener *listener,
                         duet_connection **out_connection,
                         duet_deadline deadline)
{
    int status = DUET_ECONNABORTED;

    *out_connection = NULL;
    while (status == DUET_ECONNABORTED) {
        status = accept_one(listener, out_connection);
        if (status != DUET_EAGAIN)
            continue;
        status = duet_wait_readable(listener->descriptor, deadline);
        if (status == 0)
            status = DUET_ECONNABORTED;
    }
    return status;
}

/* --- serving ------------------------------------------------------------- */

typedef struct serving {
    duet_listener *listener;
    duet_connection_handler *handler;
    void *context;
    duet_spawn_options spawn;
    duet_group *group;
    duet_semaphore *places;
} serving;

typedef struct served {
    serving *serving;
    duet_connection *connection;
} served;

static void end_one(served *self)
{
    duet_connection_close(self->connection);
    duet_semaphore_release(self->serving->places);
    free(self);
}

/* A failure is told to the peer; for the group it is none. */
static int handle(void *argument)
{
    served *self = argument;
    serving *all = self->serving;
    int status = all->handler(self->connection, all->context);

    if (status != 0)
        duet_writer_give_up(duet_connection_writer(self->connection));
    end_one(self);
    return 0;
}

static bool is_lack(int status)
{
    return status == DUET_EMFILE || status == DUET_ENFILE ||
           status == DUET_ENOMEM || status == DUET_ELIMIT || status == -ENOBUFS;
}

/* Accepts one and starts its task; what lacks memory for that is closed. */
static int accept_and_start(serving *self, duet_deadline deadline)
{
    duet_connection *connection;
    served *one;
    int status = duet_listener_accept(self->listener, &connection, deadline);

    if (status != 0)
        return status;
    one = malloc(sizeof *one);
    if (one == NULL) {
        duet_connection_close(connection);
        return DUET_ENOMEM;
    }
    *one = (served){self, connection};
    status = duet_group_spawn(self->group, handle, one, &self->spawn, NULL);
    if (status != 0) {
        duet_connection_close(connection);
        free(one);
    }
    return status;
}

static int serve_until(serving *self, duet_deadline deadline)
{
    unsigned in_a_row = 0;
    int status = 0;

    while (status == 0) {
        if (++in_a_row % IN_A_ROW == 0)
            status = duet_yield();
        if (status == 0)
            status = duet_semaphore_acquire(self->places, deadline);
        if (status != 0)
            break;
        status = accept_and_start(self, deadline);
        if (status != 0)
            duet_semaphore_release(self->places);
        if (is_lack(status))
            status = duet_sleep(
                duet_deadline_earlier(duet_in_ms(LACK_PAUSE_MS), deadline));
    }
    return status;
}

int duet_listener_serve(duet_listener *listener,
                        duet_connection_handler *handler, void *context,
                        const duet_listener_serve_options *options,
                        duet_deadline deadline)
{
    static const duet_listener_serve_options standard;
    serving self = {.listener = listener,
                    .handler = handler,
                    .context = context,
                    /* Started at once: a task that is cancelled
                     * before never runs, and would free nothing. */
                    .spawn = {.name = "connection", .start_now = true}};
    size_t most;
    int status;

    if (handler == NULL)
        return duet__fail(DUET_EINVAL, "there is no handler");
    if (options == NULL)
        options = &standard;
    self.spawn.stack_bytes = options->stack_bytes;
    status =
        options->stack_bytes == 0 ? 0 : duet__stack_check(options->stack_bytes);
    if (status == 0)
        status = duet__limit_read("connections_max", options->connections_max,
                                  CONNECTIONS_DEFAULT, &most);
    if (status == 0)
        status = duet_semaphore_new(most, NULL, &self.places);
    if (status != 0)
        return status;
    status = duet_group_open(&self.group);
    if (status == 0) {
        status = serve_until(&self, deadline);
        status = duet_group_close(self.group, status);
    }
    duet_semaphore_free(self.places);
    return status;
}
