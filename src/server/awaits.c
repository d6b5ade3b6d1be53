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

static struct tcp_info tcp_info_of(const duet__connection *connection)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;

    (void)getsockopt(connection->descriptor, IPPROTO_TCP, TCP_INFO, &info,
                     &length);
    return info;
}

static bool has_sent_something(const duet__connection *connection)
{
    return tcp_info_of(connection).tcpi_bytes_received > 0;
}

static void head_passed(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    duet__connection *connection = connection_of(entry);

    (void)deadlines;
    /* Who has sent nothing has asked for nothing. */
    if (connection->request != NULL || has_sent_something(connection))
        duet__refuse(connection, 408, "the head took too long");
    else
        duet__connection_cut(connection);
}

static void body_passed(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    (void)deadlines;
    duet__refuse(connection_of(entry), 408, "the body took too long");
}

static void handler_passed(duet__deadlines *deadlines,
                           duet__deadline_entry *entry)
{
    (void)deadlines;
    duet__request_timed_out(connection_of(entry)->request);
}

static void send_passed(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    duet__connection *connection = connection_of(entry);
    uint64_t sent = tcp_info_of(connection).tcpi_bytes_acked;

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
