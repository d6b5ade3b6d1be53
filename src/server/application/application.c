/* SPDX-License-Identifier: MIT */
/* application.c - an application's life: made, given routes and hooks, used by
 * servers, freed.
 *
 * Invariant: routes and hooks do not change while a server runs. */
#include "server/application/application.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "base/limit.h"
#include "server/application/compression.h"
#include "server/application/half_close.h"

DUET__LIVES("application")

enum { DEFAULT_ROUTES_MAX = 10000, DRAIN_DEFAULT = 65536 };

int duet_application_new(const duet_application_options *options,
                         duet_application **out_application)
{
    static const duet_application_options defaults;
    duet_application *application;
    size_t routes_max;
    int status;

    *out_application = NULL;
    if (options == NULL)
        options = &defaults;
    status = duet__limit_read("routes_max", options->routes_max,
                              DEFAULT_ROUTES_MAX, &routes_max);
    if (status != 0)
        return status;
    application = calloc(1, sizeof *application);
    if (application == NULL)
        return DUET_ENOMEM;
    duet__router_init(&application->router, routes_max);
    DUET__LIFE_BEGINS(application);
    *out_application = application;
    return 0;
}

void duet_application_free(duet_application *application)
{
    if (application == NULL)
        return;
    DUET__LIFE_ENDS(application);
    DUET__CHECK(application->servers == 0,
                "a server still runs with the application");
    duet__router_free(&application->router);
    free(application->hooks);
    free(application);
}

static int check_idle(const duet_application *application)
{
    if (application->servers == 0)
        return 0;
    return duet__fail(DUET_ESTATE, "a server runs with this application");
}

/* The limits; 0 for those of the server. */
static int read_route_options(const duet_route_options *options,
                              duet__route *route)
{
    size_t timeout_ms = 0;
    int status = duet__half_close_check(options->half_close);

    if (status == 0)
        status = duet__compression_check(options->compression);
    if (status == 0)
        status = duet__limit_read("body_bytes_max", options->body_bytes_max, 0,
                                  &route->body_bytes_max);
    if (status == 0)
        status = duet__limit_read("body_timeout_ms", options->body_timeout_ms,
                                  0, &timeout_ms);
    if (status == 0)
        status = duet__limit_read("drain_bytes_max", options->drain_bytes_max,
                                  DRAIN_DEFAULT, &route->drain_bytes_max);
    route->body_timeout_ns = timeout_ms > INT64_MAX
                                 ? INT64_MAX
                                 : duet__ns_of_ms((int64_t)timeout_ms);
    return status;
}

int duet_route(duet_application *application, const char *method,
               const char *pattern, duet_handler *handler, void *context)
{
    return duet_route_with_options(application, method, pattern, handler,
                                   context, NULL);
}

int duet_route_with_options(duet_application *application, const char *method,
                            const char *pattern, duet_handler *handler,
                            void *context, const duet_route_options *options)
{
    static const duet_route_options defaults;
    int status = check_idle(application);
    duet__route read;
    duet__route *route;

    if (options == NULL)
        options = &defaults;
    if (status == 0)
        status = read_route_options(options, &read);
    if (status == 0)
        status = duet__router_add(&application->router, method, pattern,
                                  handler, context, &route);
    if (status != 0)
        return status;
    route->half_close = options->half_close;
    route->compression = options->compression;
    route->streams_body = options->streams_body;
    route->body_bytes_max = read.body_bytes_max;
    route->body_timeout_ns = read.body_timeout_ns;
    route->drain_bytes_max = read.drain_bytes_max;
    return 0;
}

int duet_application_on_start(duet_application *application,
                              duet_application_hook *start,
                              duet_application_hook *cleanup, void *context)
{
    int status = check_idle(application);
    duet__hook *hooks;

    if (status != 0)
        return status;
    hooks = realloc(application->hooks,
                    (application->hook_count + 1) * sizeof *hooks);
    if (hooks == NULL)
        return DUET_ENOMEM;
    application->hooks = hooks;
    hooks[application->hook_count++] = (duet__hook){start, cleanup, context};
    return 0;
}

int duet_application_on_error(duet_application *application,
                              duet_error_page *page, void *context)
{
    int status = check_idle(application);

    if (status != 0)
        return status;
    application->error_page = page;
    application->error_context = context;
    return 0;
}

static void clean_up(duet_application *application, size_t count)
{
    while (count-- > 0) {
        const duet__hook *hook = &application->hooks[count];

        if (hook->cleanup != NULL)
            hook->cleanup(hook->context);
    }
}

int duet__application_start(duet_application *application)
{
    for (size_t i = 0; i < application->hook_count; i++) {
        const duet__hook *hook = &application->hooks[i];
        int status = hook->start != NULL ? hook->start(hook->context) : 0;

        if (status < 0) {
            clean_up(application, i);
            return status;
        }
    }
    return 0;
}

void duet__application_cleanup(duet_application *application)
{
    clean_up(application, application->hook_count);
}
