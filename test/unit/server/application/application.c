/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "server/application/application.h"
#include "support/memory.h"

static char trace[32];

static int handler(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    return 0;
}

static int start(void *context)
{
    const char *name = context;

    strncat(trace, name, 1);
    return *name == 'x' ? DUET_EIO : 0;
}

static int cleanup(void *context)
{
    const char *name = context;

    strcat(trace, "-");
    strncat(trace, name, 1);
    return DUET_EIO; /* ignored */
}

static duet_application *application_with(const char *hooks)
{
    duet_application *application;

    trace[0] = '\0';
    assert_status(duet_application_new(NULL, &application), 0);
    for (; *hooks != '\0'; hooks++)
        assert_status(duet_application_on_start(application, start, cleanup,
                                                (void *)(uintptr_t)hooks),
                      0);
    return application;
}

static void hooks_run_in_order_and_clean_up_in_reverse(void **state)
{
    duet_application *application = application_with("abc");

    (void)state;
    assert_status(duet__application_start(application), 0);
    duet__application_cleanup(application);
    assert_string_equal(trace, "abc-c-b-a");
    duet_application_free(application);
}

static void failed_start_cleans_up_what_had_started(void **state)
{
    duet_application *application = application_with("abxc");

    (void)state;
    assert_status(duet__application_start(application), DUET_EIO);
    assert_string_equal(trace, "abx-b-a");
    duet_application_free(application);
}

static void hooks_may_be_missing(void **state)
{
    duet_application *application = application_with("");

    (void)state;
    assert_status(duet_application_on_start(application, NULL, NULL, NULL), 0);
    assert_status(duet__application_start(application), 0);
    duet__application_cleanup(application);
    duet_application_free(application);
    duet_application_free(NULL);
}

static void nothing_changes_while_a_server_runs(void **state)
{
    duet_application *application = application_with("");

    (void)state;
    application->servers = 1;
    assert_status(duet_route(application, "GET", "/", handler, NULL),
                  DUET_ESTATE);
    assert_status(duet_application_on_start(application, start, NULL, NULL),
                  DUET_ESTATE);
    application->servers = 0;
    assert_status(duet_route(application, "GET", "/", handler, NULL), 0);
    duet_application_free(application);
}

static void options_limit_the_routes(void **state)
{
    duet_application_options options = {.routes_max = 1};
    duet_application *application;

    (void)state;
    assert_status(duet_application_new(&options, &application), 0);
    assert_status(duet_route(application, "GET", "/", handler, NULL), 0);
    assert_status(duet_route(application, "PUT", "/", handler, NULL),
                  DUET_EFULL);
    duet_application_free(application);
    options.routes_max = -2;
    assert_status(duet_application_new(&options, &application), DUET_EINVAL);
    assert_null(application);
}

static int make(void)
{
    duet_application *application;
    int status = duet_application_new(NULL, &application);

    if (status == 0)
        status = duet_application_on_start(application, start, cleanup, "a");
    duet_application_free(application);
    return status;
}

static void out_of_memory_leaves_nothing(void **state)
{
    (void)state;
    test_each_allocation_failing(make, 2);
}

TEST_MAIN(test(hooks_run_in_order_and_clean_up_in_reverse),
          test(failed_start_cleans_up_what_had_started),
          test(hooks_may_be_missing), test(nothing_changes_while_a_server_runs),
          test(options_limit_the_routes), test(out_of_memory_leaves_nothing))
