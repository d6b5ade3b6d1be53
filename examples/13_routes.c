/* SPDX-License-Identifier: MIT */
/* 13_routes.c - methods and parameters.
 * Shows:  {name} in a pattern is a parameter; other methods get 405, other
 *         paths 404; a handler that returns a status gives that page.
 * Run:    ./13_routes 8080
 * Prints: listening on http://127.0.0.1:8080 */
#include <duet/duet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int greet(duet_request *request, void *context)
{
    const char *name = duet_request_parameter(request, "name");
    const char *greeting = duet_request_query(request, "greeting");

    (void)context;
    if (strcmp(name, "nobody") == 0)
        return 404;
    return duet_reply_textf(request, 200, "%s, %s!\n",
                            greeting != NULL ? greeting : "Hello", name);
}

static int forget(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_textf(request, 200, "Who is %s?\n",
                            duet_request_parameter(request, "name"));
}

int main(int count, char **arguments)
{
    const duet_server_options options = {
        .port = (uint16_t)(count > 1 ? strtol(arguments[1], NULL, 10) : 8080),
    };
    duet_application *application;
    int status = duet_application_new(NULL, &application);

    if (status == 0)
        status = duet_route(application, "GET", "/people/{name}", greet, NULL);
    if (status == 0)
        status =
            duet_route(application, "DELETE", "/people/{name}", forget, NULL);
    if (status == 0)
        status = duet_serve(application, &options);
    duet_application_free(application);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
