/* SPDX-License-Identifier: MIT */
/* 07_handler_fetches.c - both voices: a handler that fetches.
 * Shows:  client and server share the loop; a handler fetches three pages at
 *         once and joins them; if its client hangs up, the fetches end, too.
 * Run:    ./07_handler_fetches 8080 URL1 URL2 URL3
 * Prints: listening on http://127.0.0.1:8080 */
#include <duet/duet.h>

#include <stdlib.h>

static duet_session *session;
static char **urls; /* three */

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
    page p[3] = {{urls[0], NULL}, {urls[1], NULL}, {urls[2], NULL}};
    duet_call calls[3] = {
        {fetch, &p[0], 0}, {fetch, &p[1], 0}, {fetch, &p[2], 0}};
    int status = duet_gather(calls, 3, NULL, duet_in_ms(5000));

    (void)context;
    if (status == 0)
        status = duet_reply_textf(request, 200, "%s%s%s",
                                  duet_response_body(p[0].response, NULL),
                                  duet_response_body(p[1].response, NULL),
                                  duet_response_body(p[2].response, NULL));
    for (int i = 0; i < 3; i++)
        duet_response_free(p[i].response);
    return status < 0 ? 502 : status;
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
    duet_server_options options = {0};
    duet_application *app;

    if (count != 5 || duet_application_new(NULL, &app) != 0)
        return 2;
    options.port = (uint16_t)strtol(arguments[1], NULL, 10);
    urls = arguments + 2;
    int status =
        duet_application_on_start(app, open_session, close_session, NULL);
    if (status == 0)
        status = duet_route(app, "GET", "/", join_pages, NULL);
    if (status == 0)
        status = duet_serve(app, &options);
    duet_application_free(app);
    return status == 0 ? 0 : 1;
}
