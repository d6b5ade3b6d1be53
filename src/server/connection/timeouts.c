/* SPDX-License-Identifier: MIT */
/* timeouts.c - what happens to a client that is waited for too long.
 *
 * libmicrohttpd's own time-out counts from the last byte, so a byte now and
 * then keeps a connection for ever. Ours count from the begin of what is waited
 * for; only sending counts from the last progress, because a large reply over a
 * slow line takes its time. */
#include <linux/tcp.h>
#include <netinet/in.h>

#include "server/connection/timeouts.h"
#include "server/request/refusal.h"
#include "server/request/request_cancel.h"
#include "server/request/request.h"

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

/* The server stops: does the client send on, within its time? It is waited for
 * once more then. */
static bool is_sending_on(duet__connection *connection,
                          duet__deadlines *deadlines, int64_t duration_ns)
{
    int64_t now_ns = deadlines->loop->now_ns;
    uint64_t received = tcp_info_of(connection).tcpi_bytes_received;
    bool has_paused = received == connection->received_before;

    if (connection->ends_ns == 0)
        connection->ends_ns =
            duration_ns == INT64_MAX ? INT64_MAX : now_ns + duration_ns;
    if (has_paused || now_ns >= connection->ends_ns)
        return false;
    connection->received_before = received;
    duet__deadlines_set(deadlines, &connection->deadline);
    return true;
}

/* Has a lull of a request passed for a server that stops? */
static bool has_dealt_with_lull(duet__connection *connection,
                                duet__deadlines *deadlines, int64_t duration_ns)
{
    if (!connection->all->is_hurried)
        return false;
    if (!is_sending_on(connection, deadlines, duration_ns))
        duet__refuse(connection, 503, "the server stops");
    return true;
}

static void head_passed(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    duet__connection *connection = connection_of(entry);

    if (has_dealt_with_lull(connection, deadlines,
                            connection->all->settings->header_timeout_ns))
        return;
    /* Who has sent nothing has asked for nothing. */
    if (connection->request != NULL || has_sent_something(connection))
        duet__refuse(connection, 408, "the head took too long");
    else
        duet__connection_cut(connection);
}

static void body_passed(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    duet__connection *connection = connection_of(entry);

    if (!has_dealt_with_lull(connection, deadlines,
                             connection->all->settings->body_timeout_ns))
        duet__refuse(connection, 408, "the body took too long");
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

/* Neither a handler nor a reply is waited for. */
static bool waits_for_bytes(const duet__connection *connection)
{
    const duet_request *request = connection->request;

    return request == NULL || connection->is_refused ||
           duet__connection_is_receiving(connection) ||
           (request->body.is_coming && !request->run.is_suspended);
}

static void look(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    duet__connection *connection = DUET__MEMBER(entry, duet__connection, look);

    (void)deadlines;
    if (waits_for_bytes(connection) && duet__connection_is_at_end(connection))
        duet__connection_cut(connection);
}

static void stop(duet__connections *connections, int count)
{
    while (count-- > 0)
        duet__deadlines_stop(&connections->timeouts[count]);
    duet__deadlines_stop(&connections->looks);
}

int duet__connection_timeouts_init(duet__connections *connections)
{
    const duet__settings *settings = connections->settings;
    const struct {
        int64_t duration_ns;
        void (*passed)(duet__deadlines *deadlines, duet__deadline_entry *entry);
    } timeouts[DUET__EXPECTED_KINDS] = {
        [DUET__EXPECT_HEAD] = {settings->header_timeout_ns, head_passed},
        [DUET__EXPECT_BODY] = {settings->body_timeout_ns, body_passed},
        [DUET__EXPECT_HANDLER] = {settings->handler_timeout_ns, handler_passed},
        [DUET__EXPECT_SEND] = {settings->send_timeout_ns, send_passed},
        [DUET__EXPECT_KEEP_ALIVE] = {settings->keep_alive_timeout_ns, cut},
        [DUET__EXPECT_LINGER] = {DUET__LINGER_MS * INT64_C(1000000), cut},
    };

    int status = duet__deadlines_init(&connections->looks, connections->loop,
                                      DUET__LOOK_MS * INT64_C(1000000), look);
    int set_up = 0;

    if (status != 0)
        return status;
    while (status == 0 && set_up < DUET__EXPECTED_KINDS) {
        status = duet__deadlines_init(
            &connections->timeouts[set_up], connections->loop,
            timeouts[set_up].duration_ns, timeouts[set_up].passed);
        set_up += status == 0;
    }
    if (status != 0)
        stop(connections, set_up);
    return status;
}

static void shorten(duet__deadlines *deadlines)
{
    if (deadlines->duration_ns > DUET__LULL_MS * INT64_C(1000000))
        deadlines->duration_ns = DUET__LULL_MS * INT64_C(1000000);
    duet__loop_disarm(deadlines->loop, &deadlines->timer);
}

static void hurry(duet__connection *connection, bool in_head)
{
    const duet__settings *settings = connection->all->settings;
    int64_t duration_ns =
        in_head ? settings->header_timeout_ns : settings->body_timeout_ns;

    connection->ends_ns =
        duration_ns == INT64_MAX ? INT64_MAX : connection->deadline.at;
    connection->received_before = tcp_info_of(connection).tcpi_bytes_received;
    duet__connection_expect(connection,
                            in_head ? DUET__EXPECT_HEAD : DUET__EXPECT_BODY);
}

void duet__connection_timeouts_hurry(duet__connections *connections)
{
    duet__link *link = connections->list.next;

    connections->is_hurried = true;
    shorten(&connections->timeouts[DUET__EXPECT_HEAD]);
    shorten(&connections->timeouts[DUET__EXPECT_BODY]);
    for (; link != &connections->list; link = link->next) {
        duet__connection *connection =
            DUET__MEMBER(link, duet__connection, link);
        const duet_request *request = connection->request;

        if (duet__connection_is_receiving(connection))
            hurry(connection, request->phase == DUET__REQUEST_HEAD);
    }
}

void duet__connection_timeouts_stop(duet__connections *connections)
{
    stop(connections, DUET__EXPECTED_KINDS);
}
