/* SPDX-License-Identifier: MIT */
/* 15_handler_fetches.c - both voices: a handler that fetches.
 * Shows:  client and server share the loop; a handler fetches three pages at
 *         once and joins them; if its client hangs up, the fetches end, too.
 * Run:    ./15_handler_fetches 8080 URL1 URL2 URL3
 * Prints: listening on http://127.0.0.1:8080 */
#include <duet/duet.h>
#include <stdio.h>
#include <stdlib.h>

static duet_session *session; /* open while the server runs */

static int join_pages(duet_request *request, void *urls)
{
    duet_get_result pages[3] = {{0}};
    const char *text = "";
    int status = duet_get_all(session, urls, 3, NULL, pages, duet_in_ms(5000));

    for (int i = 0; i < 3 && status == 0; i++) {
        if (pages[i].status != 0 ||
            duet_response_status(pages[i].response) != 200)
            status = 502;
        else if ((text = duet_request_printf(
                      request, "%s%s", text,
                      duet_response_body(pages[i].response, NULL))) == NULL)
            status = DUET_ENOMEM;
    }
    duet_get_results_clear(pages, 3);
    return status != 0 ? status : duet_reply_text(request, 200, text);
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
    const duet_server_options options = {
        .port = (uint16_t)strtol(arguments[1], NULL, 10)};
    int status =
        duet_application_on_start(app, open_session, close_session, &session);
    if (status == 0)
        status = duet_route(app, "GET", "/", join_pages, arguments + 2);
    if (status == 0)
        status = duet_serve(app, &options);
    duet_application_free(app);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
