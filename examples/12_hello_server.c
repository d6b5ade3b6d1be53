/* SPDX-License-Identifier: MIT */
/* 12_hello_server.c - a server that says hello.
 * Shows:  an application has routes; duet_serve() runs it until SIGINT or
 *         SIGTERM, and lets requests in flight finish.
 * Run:    ./12_hello_server 8080
 * Prints: listening on http://127.0.0.1:8080 */
#include <duet/duet.h>
#include <stdio.h>
#include <stdlib.h>

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "Hello, world!\n");
}

int main(int count, char **arguments)
{
    const duet_server_options options = {
        .port = (uint16_t)(count > 1 ? strtol(arguments[1], NULL, 10) : 8080),
    };
    duet_application *application;
    int status = duet_application_new(NULL, &application);

    if (status == 0)
        status = duet_route(application, "GET", "/", hello, NULL);
    if (status == 0)
        status = duet_serve(application, &options);
    duet_application_free(application);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
