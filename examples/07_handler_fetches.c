/* SPDX-License-Identifier: MIT */
/* 07_handler_fetches.c - both voices: a handler that fetches.
 * Shows:  client and server share the loop; a handler fetches three pages at
 *         once and joins them; if its client hangs up, the fetches end, too.
 * Run:    ./07_handler_fetches 8080 URL1 URL2 URL3
 * Prints: listening on http://127.0.0.1:8080 */
#include <duet/duet.h>

#include <stdlib.h>

static duet_session *session; /* open while the server runs */

typedef struct page {
    const char *url;
    duet_response *response;
} page;

static int fetch(void *argument)
{
    page *page = argument;

    return duet_get(session, page->url, NULL, &page->response, DUET_NEVER);
}

static int join_pages(duet_request *request, void *context)
{
    char **urls = context;
    page pages[3] = {{urls[0], NULL}, {urls[1], NULL}, {urls[2], NULL}};
    duet_call calls[3] = {
        {fetch, &pages[0], 0}, {fetch, &pages[1], 0}, {fetch, &pages[2], 0}};
    const char *text = "";
    int status = duet_gather(calls, 3, NULL, duet_in_ms(5000));

    for (int i = 0; i < 3; i++) {
        const char *body =
            status == 0 ? duet_response_body(pages[i].response, NULL) : "";

        text = duet_request_printf(request, "%s%s", text, body);
        duet_response_free(pages[i].response);
    }
    return status == 0 ? duet_reply_text(request, 200, text) : 502;
}

static int open_session(void *context)
{
    (void)context;
    return duet_session_open(NULL, &session);
}

static int close_session(void *context)
{
    (void)context;
    duet_session_close(session);
    return 0;
}

int main(int count, char **arguments)
{
    duet_application *app;

    if (count != 5 || duet_application_new(NULL, &app) != 0)
        return 2;
    uint16_t port = (uint16_t)strtol(arguments[1], NULL, 10);
    bool failed =
        duet_application_on_start(app, open_session, close_session, NULL) ||
        duet_route(app, "GET", "/", join_pages, arguments + 2) ||
        duet_serve(app, &(duet_server_options){.port = port});
    duet_application_free(app);
    return failed;
}
