/* SPDX-License-Identifier: MIT */
/* outgoing.c - one gathering send for all that is there, and the ring.
 *
 * Invariant: a chunk is begun for bytes that are there, and all of them are in
 * the ring or sent before anything else: so it is never shorter than its size
 * says. */
#include "server/connection/outgoing.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <duet/task.h>

#include "base/error.h"
#include "server/connection/disconnect.h"
#include "server/request/server_state.h"

enum {
    /* So much is worth a system call of its own. */
    HOLD_BYTES = 16384,
    /* A handler that never waits lets others run after so many bytes. */
    YIELD_BYTES = 1 << 20,
    PARTS_MAX = 7,
};

/* --- what is to be sent -------------------------------------------------- */

static bool is_between_chunks(const duet__outgoing *self)
{
    return self->owed == 0 && self->chunk_end.length == 0;
}

static void begin_chunk(duet__outgoing *self, size_t length)
{
    int digits;

    self->owed = length;
    if (!self->is_chunked)
        return;
    digits =
        snprintf(self->size_line, sizeof self->size_line, "%zx\r\n", length);
    self->size = duet__text_of(self->size_line, (size_t)digits);
    self->chunk_end = DUET__TEXT("\r\n");
}

/* Begins the next chunk, with all that is in the ring and `own` bytes more. */
static void go_on(duet__outgoing *self, size_t own)
{
    if (self->ring.length + own > 0)
        begin_chunk(self, self->ring.length + own);
    if (!self->is_last)
        return;
    self->end = self->end_if_all;
    self->end_if_all.length = 0;
}

bool duet__outgoing_is_empty(const duet__outgoing *self)
{
    return self->head.length == 0 && self->ring.length == 0 &&
           is_between_chunks(self) && self->end.length == 0 &&
           self->end_if_all.length == 0;
}

/* --- sending ------------------------------------------------------------- */

static void add_part(struct iovec *parts, size_t *count, const void *bytes,
                     size_t length)
{
    if (length > 0)
        parts[(*count)++] = (struct iovec){(void *)(uintptr_t)bytes, length};
}

/* Those of the chunk that has begun; `own` bytes of it are the caller's. */
static size_t gather(const duet__outgoing *self, struct iovec *parts,
                     const char *bytes, size_t own)
{
    size_t from_ring = self->owed - own;
    size_t count = 0;
    char *front;
    size_t first = duet__ring_front(&self->ring, &front);

    first = first < from_ring ? first : from_ring;
    add_part(parts, &count, self->head.bytes, self->head.length);
    add_part(parts, &count, self->size.bytes, self->size.length);
    add_part(parts, &count, front, first);
    add_part(parts, &count, self->ring.bytes, from_ring - first);
    add_part(parts, &count, bytes, own);
    add_part(parts, &count, self->chunk_end.bytes, self->chunk_end.length);
    add_part(parts, &count, self->end.bytes, self->end.length);
    return count;
}

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* Takes from the front of `text` what was sent of it. */
static void account(duet__text *text, size_t *sent)
{
    size_t part = least(*sent, text->length);

    *text = duet__text_skip(*text, part);
    *sent -= part;
}

/* Returns how many of the caller's bytes were sent. */
static size_t account_all(duet__outgoing *self, size_t own, size_t sent)
{
    size_t from_ring;
    size_t from_own;

    account(&self->head, &sent);
    account(&self->size, &sent);
    from_ring = least(sent, self->owed - own);
    duet__ring_drop(&self->ring, from_ring);
    sent -= from_ring;
    from_own = least(sent, own);
    sent -= from_own;
    self->owed -= from_ring + from_own;
    account(&self->chunk_end, &sent);
    account(&self->end, &sent);
    return from_own;
}

/* The parts that belong together are sent together by us: the system need not
 * wait for more. */
static void do_not_delay(duet__connection *connection)
{
    int on = 1;

    if (connection->does_not_delay)
        return;
    connection->does_not_delay = true;
    (void)setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &on,
                     sizeof on);
}

/* The socket is full: it is watched, and has its time for progress. */
static void stall(duet__outgoing *self)
{
    int status = duet__disconnect_watch_writable(self->connection);

    self->is_stalled = true;
    if (status != 0)
        duet__outgoing_fail(self, status);
    else
        duet__connection_expect(self->connection, DUET__EXPECT_SEND);
}

static void fail_of_errno(duet__outgoing *self)
{
    int code = duet__error_from_errno(errno);

    duet__outgoing_fail(self, code == DUET_ENOMEM ? code : DUET_EDISCONNECTED);
}

/* One system call. Returns how many of the caller's bytes were sent. */
static size_t send_chunk(duet__outgoing *self, const char *bytes, size_t own)
{
    struct iovec parts[PARTS_MAX];
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = gather(self, parts, bytes, own)};
    size_t all = 0;
    ssize_t sent;

    for (size_t i = 0; i < message.msg_iovlen; i++)
        all += parts[i].iov_len;
    do
        sent = sendmsg(self->connection->descriptor, &message,
                       MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && errno != EAGAIN) {
        fail_of_errno(self);
        return 0;
    }
    if (sent < (ssize_t)all)
        stall(self);
    if (sent < 0)
        return 0;
    self->since_yield += (size_t)sent;
    return account_all(self, own, (size_t)sent);
}

/* Sends what the socket takes of all that is there and of `length` bytes more,
 * for which there is room in the ring; what it does not take goes there. */
static void push(duet__outgoing *self, const char *bytes, size_t length)
{
    size_t left = length;

    duet__list_remove(&self->held);
    if (self->failure != 0)
        return;
    do_not_delay(self->connection);
    while (self->failure == 0 && !self->is_stalled) {
        size_t own = 0;

        if (is_between_chunks(self)) {
            go_on(self, left);
            own = left;
        }
        if (duet__outgoing_is_empty(self))
            return;
        own = send_chunk(self, bytes, own);
        bytes += own;
        left -= own;
    }
    if (self->failure == 0 && duet__ring_put(&self->ring, bytes, left) < left)
        duet__outgoing_fail(self, DUET_ENOMEM);
}

/* --- the socket ---------------------------------------------------------- */

/* Tasks go on when a fair part of the ring is free, or all is sent. */
static void wake(duet__outgoing *self)
{
    if (self->failure != 0 || self->ring.length <= self->ring.capacity / 2)
        duet__wake_all(&self->waiting, 0);
}

static void look(duet__outgoing *self)
{
    if (self->failure != 0)
        return;
    if (self->connection->has_hung_up || self->connection->is_reset) {
        duet__outgoing_fail(self, DUET_EDISCONNECTED);
        return;
    }
    if (!self->is_stalled)
        return;
    self->is_stalled = false;
    push(self, NULL, 0);
    if (!self->is_stalled)
        duet__deadline_clear(&self->connection->deadline);
    wake(self);
}

void duet__outgoing_fail(duet__outgoing *self, int code)
{
    if (self->failure != 0)
        return;
    self->failure = code;
    duet__list_remove(&self->held);
    duet__ring_free(&self->ring);
    self->owed = 0;
    duet__wake_all(&self->waiting, 0);
}

/* --- the task's ---------------------------------------------------------- */

static int wait_for_client(duet__outgoing *self, duet_deadline deadline)
{
    duet__wait wait = {
        .what = "client", .object = self, .outside = DUET__FOR_PEER};
    int status;

    duet__list_push_back(&self->waiting, &wait.link);
    status = duet__park(&wait, deadline);
    self->since_yield = 0;
    return status != 0 ? status : self->failure;
}

/* Until the end of the turn there may be more to send with it. */
static void hold(duet__outgoing *self)
{
    duet_server *server = self->connection->server;

    if (self->is_stalled || duet__link_is_in(&self->held))
        return;
    duet__list_push_back(&server->held.list, &self->held);
    if (server->held.is_queued)
        return;
    server->held.is_queued = true;
    duet__loop_append(server->loop, &server->held.ready);
}

static int let_others_run(duet__outgoing *self, duet_deadline deadline)
{
    if (self->since_yield < YIELD_BYTES || duet_deadline_is_now(deadline))
        return 0;
    self->since_yield = 0;
    return duet_yield();
}

int duet__outgoing_put(duet__outgoing *self, const char *bytes, size_t length,
                       size_t *out_taken, duet_deadline deadline)
{
    int status = let_others_run(self, deadline);

    while (status == 0 && self->failure == 0 &&
           duet__ring_room(&self->ring) == 0)
        status = wait_for_client(self, deadline);
    if (status != 0 || self->failure != 0)
        return status != 0 ? status : self->failure;
    length = least(length, duet__ring_room(&self->ring));
    if (self->is_stalled || self->ring.length + length < HOLD_BYTES) {
        if (duet__ring_put(&self->ring, bytes, length) == 0)
            return DUET_ENOMEM;
        hold(self);
    } else {
        push(self, bytes, length);
    }
    if (self->failure == 0)
        *out_taken = length;
    return self->failure;
}

void duet__outgoing_push(duet__outgoing *self)
{
    push(self, NULL, 0);
}

int duet__outgoing_flush(duet__outgoing *self, duet_deadline deadline)
{
    int status = self->failure;

    if (status == 0) {
        push(self, NULL, 0);
        status = self->failure;
    }
    while (status == 0 && !duet__outgoing_is_empty(self))
        status = wait_for_client(self, deadline);
    return status;
}

int duet__outgoing_end(duet__outgoing *self, duet__text end,
                       duet_deadline deadline)
{
    if (!self->is_last)
        self->end_if_all = end;
    self->is_last = true;
    return duet__outgoing_flush(self, deadline);
}

/* --- life ---------------------------------------------------------------- */

void duet__outgoing_init(duet__outgoing *self, duet__connection *connection,
                         duet__text head, size_t ring_bytes, bool is_chunked)
{
    *self = (duet__outgoing){
        .connection = connection,
        .look = look,
        .head = head,
        .is_chunked = is_chunked,
    };
    duet__ring_init(&self->ring, ring_bytes);
    duet__link_init(&self->held);
    duet__link_init(&self->waiting);
    connection->outgoing = self;
    hold(self);
}

void duet__outgoing_free(duet__outgoing *self)
{
    duet__list_remove(&self->held);
    duet__ring_free(&self->ring);
    self->connection->outgoing = NULL;
}

/* --- of a server --------------------------------------------------------- */

static void push_held(duet__ready *ready)
{
    duet_server *server = DUET__MEMBER(ready, duet_server, held.ready);
    duet__link *link;

    server->held.is_queued = false;
    while ((link = duet__list_pop_front(&server->held.list)) != NULL)
        push(DUET__MEMBER(link, duet__outgoing, held), NULL, 0);
}

void duet__outgoing_held_init(duet_server *server)
{
    duet__link_init(&server->held.list);
    server->held.ready.run = push_held;
}

void duet__outgoing_held_stop(duet_server *server)
{
    if (server->held.is_queued)
        (void)duet__run_queue_remove(&server->loop->ready, &server->held.ready);
}
