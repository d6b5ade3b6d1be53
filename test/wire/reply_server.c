/* SPDX-License-Identifier: MIT */
/* The server that replies.py asks: a handler for each kind of reply that one
 * can give, on a free port that its first line names. SIGTERM ends it.
 *
 *     wire_reply_server [milliseconds for a head and for a body
 *                        [milliseconds for a handler [most connections]]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <duet/duet.h>

static int text(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "text\n");
}

/* /give/{how}/{status}: by "return", or with a text. */
static int give(duet_request *request, void *context)
{
    int status = atoi(duet_request_parameter(request, "status"));

    (void)context;
    if (strcmp(duet_request_parameter(request, "how"), "return") == 0)
        return status;
    return duet_reply_text(request, status, "given\n");
}

/* The same with the fields that the server would add by itself. */
static int give_fields(duet_request *request, void *context)
{
    (void)context;
    (void)!duet_reply_field(request, "Allow", "PURGE");
    (void)!duet_reply_field(request, "retry-after", "7");
    (void)!duet_reply_field(request, "Vary", "Accept");
    return give(request, context);
}

static int bytes(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_bytes(request, 200, "\0\1\r\n", 4, NULL);
}

static int json(duet_request *request, void *context)
{
    size_t length;

    (void)context;
    duet_request_body(request, &length);
    return duet_reply_textf(request, 201, "%zu\n", length);
}

static int same(duet_request *request, void *context)
{
    int status = duet_reply_text(request, 304, "");

    (void)context;
    return status != 0 ? status
                       : duet_reply_field(request, "Content-Length", "12345");
}

static int never(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    return duet_sleep(DUET_NEVER);
}

static int later(duet_request *request, void *context)
{
    int status = duet_sleep(duet_in_ms(1));

    (void)context;
    return status != 0 ? status : duet_reply_text(request, 200, "later\n");
}

int main(int count, char **arguments)
{
    static const struct {
        const char *method, *pattern;
        duet_handler *handler;
        duet_half_close half_close;
    } routes[] = {
        {"GET", "/", text, 0},
        {"GET", "/bytes", bytes, 0},
        {"POST", "/take", json, 0},
        {"PUT", "/take", json, 0},
        {"GET", "/same", same, 0},
        {"GET", "/never", never, 0},
        {"GET", "/later", later, DUET_HALF_CLOSE_ANSWERS},
        {"GET", "/give/{how}/{status}", give, 0},
        {"GET", "/fields/{how}/{status}", give_fields, 0},
    };
    duet_server_options options = {
        .header_timeout_ms = count > 1 ? atoi(arguments[1]) : 60000,
        .body_timeout_ms = count > 1 ? atoi(arguments[1]) : 60000,
        .handler_timeout_ms = count > 2 ? atoi(arguments[2]) : 60000,
        .connections_max = count > 3 ? atoi(arguments[3]) : 0,
        .body_bytes_max = 100000,
        .shutdown_ms = 100,
        .error_log = fopen("/dev/null", "w"),
    };
    duet_application *application;
    int status = duet_application_new(NULL, &application);

    for (size_t i = 0; i < sizeof routes / sizeof *routes && status == 0; i++)
        status = duet_route_with_options(
            application, routes[i].method, routes[i].pattern, routes[i].handler,
            NULL, &(duet_route_options){.half_close = routes[i].half_close});
    if (status == 0)
        status = duet_serve(application, &options);
    if (status != 0 && status != DUET_ETIMEDOUT)
        fprintf(stderr, "%s\n", duet_error_name(status));
    duet_application_free(application);
    fclose(options.error_log);
    return status != 0 && status != DUET_ETIMEDOUT;
}
