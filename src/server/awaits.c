/* SPDX-License-Identifier: MIT */
/* awaits.c - what happens to a client that is waited for too long.
 *
 * libmicrohttpd's own time-out counts from the last byte, so a byte now and
 * then keeps a connection for ever. Ours count from the begin of what is waited
 * for; only sending counts from the last progress, because a large reply over a
 * slow line takes its time. */
#include <linux/tcp.h>
#include <netinet/in.h>

#include "server/refusal.h"
#include "server/request.h"
#include "server/server.h"

static duet__connection *connection_of(duet__deadline_entry *entry)
{
    return DUET__MEMBER(entry, duet__connection, deadline);
}

static void head_passed(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    duet__connection *connection = connection_of(entry);

    (void)deadlines;
    /* Without a request line there may be no request to answer. */
    if (connection->request != NULL)
        duet__refuse(connection, 408);
    else
        duet__connection_cut(connection);
}

static void body_passed(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    (void)deadlines;
    duet__refuse(connection_of(entry), 408);
}

static void handler_passed(duet__deadlines *deadlines,
                           duet__deadline_entry *entry)
{
    (void)deadlines;
    duet__request_timed_out(connection_of(entry)->request);
}

/* Bytes that the client has acknowledged so far. */
static uint64_t acknowledged(const duet__connection *connection)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;

    if (getsockopt(connection->descriptor, IPPROTO_TCP, TCP_INFO, &info,
                   &length) != 0)
        return 0;
    return info.tcpi_bytes_acked;
}

static void send_passed(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    duet__connection *connection = connection_of(entry);
    uint64_t sent = acknowledged(connection);

    if (sent == connection->sent_before) {
        duet__connection_cut(connection);
        return;
    }
    connection->sent_before = sent;
    duet__deadlines_set(deadlines, entry);
}

static void cut(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    (void)deadlines;
    duet__connection_cut(connection_of(entry));
}

void duet__awaits_init(duet_server *server)
{
    const duet__settings *settings = &server->settings;
    const struct {
        int64_t duration_ns;
        void (*passed)(duet__deadlines *deadlines, duet__deadline_entry *entry);
    } awaits[DUET__AWAITS] = {
        [DUET__AWAIT_HEAD] = {settings->header_timeout_ns, head_passed},
        [DUET__AWAIT_BODY] = {settings->body_timeout_ns, body_passed},
        [DUET__AWAIT_HANDLER] = {settings->handler_timeout_ns, handler_passed},
        [DUET__AWAIT_SEND] = {settings->send_timeout_ns, send_passed},
        [DUET__AWAIT_KEEP_ALIVE] = {settings->keep_alive_timeout_ns, cut},
        [DUET__AWAIT_LINGER] = {DUET__LINGER_MS * INT64_C(1000000), cut},
    };

    for (int i = 0; i < DUET__AWAITS; i++)
        duet__deadlines_init(&server->awaits[i], server->loop,
                             awaits[i].duration_ns, awaits[i].passed);
}

void duet__awaits_stop(duet_server *server)
{
    for (int i = 0; i < DUET__AWAITS; i++)
        duet__deadlines_stop(&server->awaits[i]);
}
