/* SPDX-License-Identifier: MIT */
/* duet's server under load: "hello" at /, the same after one wait at /yield,
 * and at /upstream what a GET of the upstream answers.
 *
 * usage: duet_server PORT [UPSTREAM_URL] */

#include <stdio.h>
#include <stdlib.h>

#include <duet/duet.h>

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static int hello_after_wait(duet_request *request, void *context)
{
    (void)context;
    int status = duet_yield();
    return status ? status : duet_reply_text(request, 200, "hello");
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: duet_server PORT [UPSTREAM_URL]\n");
        return 2;
    }
    duet_application *application;
    duet_server_options options = {.port = (uint16_t)atoi(argv[1]),
                                   .connections_max = 15000,
                                   .keep_alive_timeout_ms = 600 * 1000};
    int status = duet_application_new(NULL, &application);
    if (status == 0)
        status = duet_route(application, "GET", "/", hello, NULL);
    if (status == 0)
        status =
            duet_route(application, "GET", "/yield", hello_after_wait, NULL);
    if (status == 0)
        status = duet_serve(application, &options);
    duet_application_free(application);
    if (status != 0)
        fprintf(stderr, "duet_server: %s\n", duet_error_name(status));
    return status != 0;
}
