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

struct upstream {
    const char *url;
    duet_session *session;
};

static int open_upstream(void *context)
{
    struct upstream *upstream = context;
    const duet_session_options options = {.per_host_max = 256,
                                          .connections_max = 256};
    return duet_session_open(&options, &upstream->session);
}

static int close_upstream(void *context)
{
    struct upstream *upstream = context;
    duet_session_close(upstream->session);
    return 0;
}

static int answer_of_upstream(duet_request *request, void *context)
{
    struct upstream *upstream = context;
    duet_response *response;
    size_t count;
    int status = duet_get(upstream->session, upstream->url, NULL, &response,
                          duet_in_ms(30 * 1000));
    if (status != 0)
        return status;
    const char *body = duet_response_body(response, &count);
    status = duet_reply_bytes(request, duet_response_status(response), body,
                              count, "text/plain");
    duet_response_free(response);
    return status;
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
    struct upstream upstream = {.url = argc > 2 ? argv[2] : NULL};
    if (status == 0 && upstream.url)
        status = duet_application_on_start(application, open_upstream,
                                           close_upstream, &upstream);
    if (status == 0 && upstream.url)
        status = duet_route(application, "GET", "/upstream", answer_of_upstream,
                            &upstream);
    if (status == 0)
        status = duet_serve(application, &options);
    duet_application_free(application);
    if (status != 0)
        fprintf(stderr, "duet_server: %s\n", duet_error_name(status));
    return status != 0;
}
