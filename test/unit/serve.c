/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

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
    return duet_sleep(DUET_NEVER);
}

/* The whole program, in a process of its own; exits with 0, 10 if requests had
 * to be cancelled. */
static void be_a_program(int output)
{
    const duet_server_options options = {.shutdown_ms = 20};
    duet_application *application;
    int status;

    dup2(output, 1);
    status = duet_application_new(NULL, &application);
    if (status == 0)
        status = duet_route(application, "GET", "/", hello, NULL);
    if (status == 0)
        status = duet_route(application, "GET", "/endless", endless, NULL);
    if (status == 0)
        status = duet_serve(application, &options);
    duet_application_free(application);
    exit(status == 0 ? 0 : status == DUET_ETIMEDOUT ? 10 : 1);
}

typedef struct program {
    pid_t pid;
    FILE *output;
    int port;
} program;

static program start_program(void)
{
    program program;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    program.pid = fork();
    assert_true(program.pid >= 0);
    if (program.pid == 0) {
        close(ends[0]);
        be_a_program(ends[1]);
    }
    close(ends[1]);
    program.output = fdopen(ends[0], "r");
    assert_int_equal(fscanf(program.output, "listening on http://127.0.0.1:%d",
                            &program.port),
                     1);
    return program;
}

static int end_program(program *program, int signal)
{
    int status;

    assert_int_equal(kill(program->pid, signal), 0);
    assert_int_equal(waitpid(program->pid, &status, 0), program->pid);
    fclose(program->output);
    return status;
}

/* Asks with curl; returns what it started. */
static FILE *ask(const program *program, const char *path)
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
        program program = start_program();
        char reply[16] = "";
        FILE *curl = ask(&program, "/");

        assert_non_null(fgets(reply, sizeof reply, curl));
        pclose(curl);
        assert_string_equal(reply, "hello");
        assert_int_equal(end_program(&program, signals[i]), 0);
    }
}

static void request_beyond_the_bound_is_cancelled(void **state)
{
    program program = start_program();
    FILE *curl = ask(&program, "/endless");
    char reply[64] = "";

    (void)state;
    usleep(300000); /* if curl is slower still, the stop is merely clean */
    assert_in_range(WEXITSTATUS(end_program(&program, SIGTERM)), 0, 10);
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
