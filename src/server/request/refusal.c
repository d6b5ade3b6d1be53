/* SPDX-License-Identifier: MIT */
/* refusal.c - the lingering close. */
#include "server/request/refusal.h"

#include "server/request/access_log.h"
#include "server/request/error_page.h"
#include "server/request/reply_wire.h"
#include "server/request/server_state.h"

/* The reply, and what the log has to say of it. */
typedef struct page {
    duet__buffer bytes;
    int status;
    size_t body_bytes;
} page;

static int write_plain(page *page, int status)
{
    char text[DUET__ERROR_PAGE_BYTES];

    page->status = status;
    page->body_bytes = duet__error_page_write(status, text);
    return duet__reply_wire_page(&page->bytes, status);
}

static int write_page(page *page, duet_request *request, int status,
                      const char *detail)
{
    int error;

    if (request == NULL)
        return write_plain(page, status);
    duet__error_page(request, status, detail);
    page->status = request->reply.status;
    page->body_bytes = duet__reply_sent_bytes(request);
    error = duet__reply_wire(&page->bytes, request);
    if (error == 0)
        return 0;
    /* It is larger than what a socket surely takes at once. */
    duet__buffer_reset(&page->bytes);
    return write_plain(page, status);
}

void duet__refuse(duet__connection *connection, int status, const char *detail)
{
    duet_server *server = connection->server;
    page page;

    if (connection->is_refused)
        return;
    connection->is_refused = true;
    server->counts.refused++;
    duet__buffer_init(&page.bytes, DUET__REFUSAL_BYTES_MAX);
    /* It fits the empty socket buffer; a client that is gone needs nothing. */
    if (write_page(&page, connection->request, status, detail) == 0)
        (void)send(connection->descriptor, page.bytes.bytes, page.bytes.length,
                   MSG_DONTWAIT | MSG_NOSIGNAL);
    duet__buffer_free(&page.bytes);
    shutdown(connection->descriptor, SHUT_WR);
    if (server->settings.access_log != NULL)
        duet__access_log_write(connection, page.status, page.body_bytes);
    if (connection->request != NULL)
        connection->request->body.is_discarded = true;
    duet__connection_expect(connection, DUET__EXPECT_LINGER);
}
