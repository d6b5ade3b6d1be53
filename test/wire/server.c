/* SPDX-License-Identifier: MIT */
/* The server that wire.py sends raw requests to: "end" for GET /end, "taken"
 * for whatever else is let in, on a free port that its first line names.
 * SIGTERM ends it. */
#include <stdio.h>

#include <duet/duet.h>

static int say(duet_request *request, void *text)
{
    return duet_reply_text(request, 200, text);
}

int main(void)
{
    const duet_server_options options = {.header_timeout_ms = 5000,
                                         .body_timeout_ms = 5000};
    duet_application *application;
    int status = duet_application_new(NULL, &application);

    if (status == 0)
        status = duet_route(application, "GET", "/end", say, "end\n");
    if (status == 0)
        status = duet_route(application, "*", "/{rest*}", say, "taken\n");
    if (status == 0)
        status = duet_serve(application, &options);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_name(status));
    duet_application_free(application);
    return status != 0;
}
