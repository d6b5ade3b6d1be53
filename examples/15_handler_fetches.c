/* SPDX-License-Identifier: MIT */
/* 15_handler_fetches.c - both voices: a handler that fetches.
 * Shows:  client and server share the loop; a handler fetches three pages at
 *         once and joins them; if its client hangs up, the fetches end, too.
 * Run:    ./15_handler_fetches 8080 URL1 URL2 URL3
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
    page *own = argument;
    int status = duet_get(session, own->url, NULL, &own->response, DUET_NEVER);

    if (status == 0 && duet_response_status(own->response) != 200)
        status = DUET_ENOENT; /* its text is that of an error page */
    return status;
}

static int join_pages(duet_request *request, void *context)
{
    char **urls = context;
    page pages[3] = {{urls[0], NULL}, {urls[1], NULL}, {urls[2], NULL}};
    duet_call calls[3] = {
        {fetch, &pages[0], 0}, {fetch, &pages[1], 0}, {fetch, &pages[2], 0}};
    int status = duet_gather(calls, 3, NULL, duet_in_ms(5000));
    const char *text = "";

    for (int i = 0; i < 3 && status == 0 && text != NULL; i++)
        text = duet_request_printf(request, "%s%s", text,
                                   duet_response_body(pages[i].response, NULL));
    for (int i = 0; i < 3; i++)
        duet_response_free(pages[i].response);
    if (status != 0 || text == NULL)
        return status != 0 ? 502 : DUET_ENOMEM;
    return duet_reply_text(request, 200, text);
}

static int open_session(void *place)
{
    return duet_session_open(NULL, place);
}

static int close_session(void *place)
{
    duet_session_close(*(duet_session **)place);
    return 0;
}

int main(int count, char **arguments)
{
    duet_application *app;

    if (count != 5 || duet_application_new(NULL, &app) != 0)
        return 2;
    uint16_t port = (uint16_t)strtol(arguments[1], NULL, 10);
    bool failed =
        duet_application_on_start(app, open_session, close_session, &session) ||
        duet_route(app, "GET", "/", join_pages, arguments + 2) ||
        duet_serve(app, &(duet_server_options){.port = port});
    duet_application_free(app);
    return failed;
}
