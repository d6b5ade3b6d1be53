/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/program.h"
#include "support/web.h"

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static int endless(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    puts("begun");
    fflush(stdout);
    return duet_sleep(DUET_NEVER);
}

/* The whole program; its exit status is 10 if requests had to be cancelled. */
static int be_a_program(void)
{
    const duet_server_options options = {.shutdown_ms = 20};
    duet_application *application;
    int status;

    status = duet_application_new(NULL, &application);
    if (status == 0)
        status = duet_route(application, "GET", "/", hello, NULL);
    if (status == 0)
        status = duet_route(application, "GET", "/endless", endless, NULL);
    if (status == 0)
        status = duet_serve(application, &options);
    duet_application_free(application);
    return status == 0 ? 0 : status == DUET_ETIMEDOUT ? 10 : 1;
}

/* Asks with curl; returns what it started. */
static FILE *ask(const test_program *program, const char *path)
{
    char command[128];

    snprintf(command, sizeof command, "curl -s http://127.0.0.1:%d%s",
             program->port, path);
    return popen(command, "r");
}

static void each_signal_stops_it_cleanly(void **state)
{
    const int signals[] = {SIGINT, SIGTERM};

    (void)state;
    for (int i = 0; i < 2; i++) {
        test_program program = test_program_start(be_a_program);
        char reply[16] = "";
        FILE *curl = ask(&program, "/");

        assert_non_null(fgets(reply, sizeof reply, curl));
        pclose(curl);
        assert_string_equal(reply, "hello");
        assert_int_equal(test_program_end(&program, signals[i]), 0);
    }
}

static void request_beyond_the_bound_is_cancelled(void **state)
{
    test_program program = test_program_start(be_a_program);
    FILE *curl = ask(&program, "/endless");
    char reply[64] = "";
    char line[16] = "";

    (void)state;
    while (strcmp(line, "begun\n") != 0)
        assert_non_null(fgets(line, sizeof line, program.output));
    assert_int_equal(WEXITSTATUS(test_program_end(&program, SIGTERM)), 10);
    (void)!fgets(reply, sizeof reply, curl);
    pclose(curl);
}

static int serve_inside(void *application)
{
    return duet_serve(application, NULL);
}

static void loop_inside_a_loop_is_refused(void **state)
{
    duet_application *application;

    (void)state;
    assert_status(duet_application_new(NULL, &application), 0);
    assert_status(duet_run(serve_inside, application, NULL), DUET_EBUSY);
    duet_application_free(application);
}

TEST_MAIN(test(each_signal_stops_it_cleanly),
          test(request_beyond_the_bound_is_cancelled),
          test(loop_inside_a_loop_is_refused))
