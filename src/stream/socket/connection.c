/* SPDX-License-Identifier: MIT */
/* connection.c - a stream over a socket. */
#include "stream/socket/connection.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <duet/descriptor.h>
#include <duet/error.h>
#include <duet/task.h>

#include "base/error.h"
#include "base/life.h"
#include "stream/core/reader.h"
#include "stream/core/writer.h"
#include "stream/socket/descriptor.h"

/* How soon a busy listener is asked again: its queue tells nobody. */
enum { BUSY_PAUSE_MS = 10 };

DUET__LIVES("connection")

struct duet_connection {
    DUET__LIFE
    duet_reader reader;
    duet_writer writer;
    duet__flow in;
    duet__flow out;
    bool is_given_up;
    char peer[DUET__ADDRESS_TEXT];
};

/* --- its reader and its writer ------------------------------------------- */

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    duet_connection *self = context;

    return duet__flow_next(&self->in, out_bytes, out_length, deadline);
}

static int reading_descriptor(void *context)
{
    return ((duet_connection *)context)->in.descriptor;
}

static const duet_reader_functions reading = {
    .next = next, .descriptor = reading_descriptor, .lends_writable = true};

static int write_some(void *context, const char *bytes, size_t length,
                      size_t *out_taken, duet_deadline deadline)
{
    duet_connection *self = context;

    return duet__flow_write(&self->out, bytes, length, out_taken, deadline);
}

static int end(void *context, duet_deadline deadline)
{
    duet_connection *self = context;

    (void)deadline;
    /* A peer that has left cannot be told. */
    if (shutdown(self->out.descriptor, SHUT_WR) != 0 && errno != ENOTCONN)
        return duet__error_from_errno(errno);
    return 0;
}

static void give_up(void *context)
{
    ((duet_connection *)context)->is_given_up = true;
}

static const duet_writer_functions writing = {.write = write_some,
                                              .end = end,
                                              .give_up = give_up,
                                              .descriptor = reading_descriptor};

/* --- life ---------------------------------------------------------------- */

int duet__connection_new(int descriptor, const duet__address *peer,
                         duet_connection **out_connection)
{
    duet_connection *self = calloc(1, sizeof *self);
    duet__address asked;
    int on = 1;

    *out_connection = NULL;
    if (self == NULL)
        return DUET_ENOMEM;
    DUET__LIFE_BEGINS(self);
    if (peer == NULL)
        duet__address_of_socket(descriptor, true, &asked);
    duet__address_write(peer != NULL ? peer : &asked, self->peer);
    /* Small writes are not held back; fails on Unix sockets, which do not. */
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    self->in = self->out = (duet__flow){.descriptor = descriptor,
                                        .is_socket = true,
                                        .outside = DUET__FOR_PEER,
                                        .piece_bytes = DUET__PIECE_BYTES};
    duet__reader_init(&self->reader, &reading, self);
    duet__writer_init(&self->writer, &writing, self);
    *out_connection = self;
    return 0;
}

int duet_connection_of_descriptor(int descriptor,
                                  duet_connection **out_connection)
{
    duet__flow flow;
    int type = 0;
    socklen_t length = sizeof type;
    int status = duet__flow_init(&flow, descriptor, DUET__PIECE_BYTES);

    *out_connection = NULL;
    if (status != 0)
        return status;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) != 0 ||
        type != SOCK_STREAM)
        return duet__fail(DUET_ENOTSUP, "descriptor %d is no stream socket",
                          descriptor);
    return duet__connection_new(descriptor, NULL, out_connection);
}

void duet_connection_close(duet_connection *connection)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};

    if (connection == NULL)
        return;
    DUET__LIFE_ENDS(connection);
    if (connection->is_given_up)
        setsockopt(connection->in.descriptor, SOL_SOCKET, SO_LINGER, &reset,
                   sizeof reset);
    connection->writer.state =
        DUET__WRITER_ENDED; /* if it was not, it is now */
    duet_reader_close(&connection->reader);
    duet_writer_close(&connection->writer);
    duet__flow_free(&connection->in);
    close(connection->in.descriptor);
    free(connection);
}

duet_reader *duet_connection_reader(duet_connection *connection)
{
    return &connection->reader;
}

duet_writer *duet_connection_writer(duet_connection *connection)
{
    return &connection->writer;
}

int duet_connection_descriptor(const duet_connection *connection)
{
    return connection->in.descriptor;
}

const char *duet_connection_peer(const duet_connection *connection)
{
    return connection->peer;
}

/* --- connecting ---------------------------------------------------------- */

int duet__connection_begin(const duet__address *address, int *out_descriptor)
{
    int descriptor = socket(address->any.sa_family,
                            SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int error;

    *out_descriptor = -1;
    if (descriptor < 0)
        return duet__error_from_errno(errno);
    error =
        connect(descriptor, &address->any, address->length) == 0 ? 0 : errno;
    if (error == 0 || error == EINPROGRESS || error == EINTR) {
        *out_descriptor = descriptor;
        return error == 0 ? 0 : DUET_EAGAIN;
    }
    close(descriptor);
    /* A Unix socket whose listener is busy: it cannot be waited for. */
    return error == EAGAIN ? DUET_EBUSY : duet__error_from_errno(error);
}

int duet__connection_outcome(int descriptor)
{
    int error = 0;
    socklen_t length = sizeof error;

    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        error = errno;
    return error == 0 ? 0 : duet__error_from_errno(error);
}

static int begin_when_free(const duet__address *address, int *descriptor,
                           duet_deadline deadline)
{
    int status = duet__connection_begin(address, descriptor);

    while (status == DUET_EBUSY) {
        if (duet_clock_ns() >= deadline.at_ns)
            return DUET_ETIMEDOUT;
        status = duet_sleep(
            duet_deadline_earlier(duet_in_ms(BUSY_PAUSE_MS), deadline));
        if (status == 0)
            status = duet__connection_begin(address, descriptor);
    }
    return status;
}

int duet_connect_unix(const char *path, duet_connection **out_connection,
                      duet_deadline deadline)
{
    duet__address address;
    int descriptor = -1;
    int status = duet__address_of_path(path, &address);

    *out_connection = NULL;
    if (status != 0)
        return status;
    status = begin_when_free(&address, &descriptor, deadline);
    if (status != 0)
        return duet__fail(status, "connect to \"%.108s\": %s", path,
                          duet_error_text(status));
    status = duet__connection_new(descriptor, &address, out_connection);
    if (status != 0)
        close(descriptor);
    return status;
}
