/* SPDX-License-Identifier: MIT */
/* 34_proxy.c - a response of another server, passed on while it comes.
 * Shows:  duet_copy() from a response to a reply: no part is taken for a whole.
 * Run:    ./34_proxy 8080 http://127.0.0.1:9000
 * Prints: listening on http://127.0.0.1:8080 */
#include <duet/duet.h>
#include <stdio.h>
#include <stdlib.h>

static duet_session *session; /* open while the server runs */
static int pass_on(duet_request *request, void *upstream)
{
    const char *url = duet_request_printf(request, "%s%s", (char *)upstream,
                                          duet_request_target(request));
    duet_response *response;
    duet_writer *reply;
    if (url == NULL ||
        duet_open(session, "GET", url, NULL, &response, duet_in_ms(10000)) != 0)
        return 502;
    const duet_fields *fields = duet_response_fields(response);
    const duet_reply_stream_options options = {
        .content_type = duet_fields_get(fields, "Content-Type")};
    int status = duet_reply_stream(request, duet_response_status(response),
                                   &options, &reply, DUET_NEVER);
    if (status == 0)
        status =
            duet_copy(duet_response_reader(response), reply, NULL, DUET_NEVER);
    duet_response_free(response);
    return status;
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
    duet_server_options options = {0};
    duet_application *app;
    if (count != 3 || duet_application_new(NULL, &app) != 0)
        return 2;
    options.port = (uint16_t)strtol(arguments[1], NULL, 10);
    int status =
        duet_application_on_start(app, open_session, close_session, &session);
    if (status == 0)
        status = duet_route(app, "GET", "/{path*}", pass_on, arguments[2]);
    if (status == 0)
        status = duet_serve(app, &options);
    duet_application_free(app);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
