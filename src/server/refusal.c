/* SPDX-License-Identifier: MIT */
/* refusal.c - the lingering close. */
#include "server/refusal.h"

#include <stdio.h>

#include <duet/status.h>

#include "server/error_page.h"
#include "server/server.h"

static bool has_method(const duet_request *request, duet__text method)
{
    return request != NULL && duet__text_equal(request->method, method);
}

void duet__refuse(duet__connection *connection, int status)
{
    char page[DUET__ERROR_PAGE_BYTES];
    size_t page_length = duet__error_page_write(status, page);
    char reply[512];
    int length;

    if (connection->is_refused)
        return;
    connection->is_refused = true;
    connection->server->counts.refused++;
    length = snprintf(
        reply, sizeof reply,
        "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: text/plain; "
        "charset=utf-8\r\nContent-Length: %zu\r\n%s\r\n%s",
        status, duet_status_reason(status), page_length,
        status == 503 ? "Retry-After: 1\r\n" : "",
        has_method(connection->request, DUET__TEXT("HEAD")) ? "" : page);
    /* It fits the empty socket buffer; a client that is gone needs nothing. */
    (void)send(connection->descriptor, reply, (size_t)length,
               MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(connection->descriptor, SHUT_WR);
    if (connection->request != NULL)
        connection->request->discards_body = true;
    duet__server_await(connection, DUET__AWAIT_LINGER);
}
