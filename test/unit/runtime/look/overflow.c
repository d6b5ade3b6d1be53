/* SPDX-License-Identifier: MIT */
#include "runtime/look/overflow.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/duet.h>

#include "runtime/context/context.h"
#include "support/test.h"

/* What a child said on standard error, and how it ended. */
typedef struct death {
    char said[4096];
    int ended;
} death;

static void die(death *out, duet_task_function *body,
                const duet_loop_options *options)
{
    const struct rlimit no_core = {0, 0};
    size_t length = 0;
    ssize_t got;
    int ends[2];
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &no_core);
        dup2(ends[1], STDERR_FILENO);
        signal(SIGSEGV, SIG_DFL);
        duet_run(body, NULL, options);
        _exit(0);
    }
    close(ends[1]);
    while (length < sizeof out->said - 1 &&
           (got = read(ends[0], out->said + length,
                       sizeof out->said - 1 - length)) > 0)
        length += (size_t)got;
    out->said[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &out->ended, 0), child);
}

/* Uses more and more stack, in steps smaller than a guard. */
static int dig(int depth)
{
    volatile char block[1024];

    block[0] = (char)depth;
    if (depth < 0)
        return 0;
    return dig(depth + 1) + block[0];
}

static int dig_down(void *argument)
{
    (void)argument;
    return dig(0) & 1;
}

static void
an_overflow_of_the_main_task_names_the_option_of_the_loop(void **state)
{
    const duet_loop_options options = {.main_stack_bytes = 32 * 1024};
    death seen;

    (void)state;
    die(&seen, dig_down, &options);
    assert_true(WIFSIGNALED(seen.ended));
    assert_non_null(strstr(seen.said, "stack overflow in task 'main'"));
    assert_non_null(strstr(seen.said, "32768 bytes"));
    assert_non_null(
        strstr(seen.said, "with duet_loop_options.main_stack_bytes\n"));
}

static int spawn_digger(void *argument)
{
    const duet_spawn_options options = {.name = "digger",
                                        .stack_bytes = 128 * 1024};
    duet_task *task;

    (void)argument;
    if (duet_spawn(dig_down, NULL, &options, &task) != 0)
        return 1;
    return duet_join(task, NULL, DUET_NEVER);
}

static void an_overflow_names_the_task_and_its_stack(void **state)
{
    death seen;

    (void)state;
    die(&seen, spawn_digger, NULL);
    assert_true(WIFSIGNALED(seen.ended));
    assert_int_equal(WTERMSIG(seen.ended), SIGSEGV);
    assert_non_null(strstr(seen.said, "stack overflow in task 'digger'"));
    assert_non_null(strstr(seen.said, "131072 bytes"));
}

/* As an array of 160 KiB that is filled from its far end, where the compiler
 * was not told to touch each page on the way there. */
static int reach_far_down(void *argument)
{
    volatile char *here = __builtin_frame_address(0);

    (void)argument;
    here[-160 * 1024] = 1;
    return 0;
}

static int fill_an_array(void *argument)
{
    volatile char array[16 * 1024 * 1024];

    (void)argument;
    __asm__ volatile("" : : "r"(array) : "memory"); /* as large as it says */
    array[0] = 1;
    return array[0];
}

static duet_task_function *far_function;

/* Among others, whose stacks lie around. */
static int gather_far_functions(void *argument)
{
    duet_call calls[8];

    (void)argument;
    for (int i = 0; i < 8; i++)
        calls[i] = (duet_call){.function = far_function};
    return duet_gather(calls, 8, NULL, DUET_NEVER);
}

static void an_array_that_is_larger_than_the_stack_is_told(void **state)
{
    duet_task_function *const functions[] = {reach_far_down, fill_an_array};

    (void)state;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        death seen;

        far_function = functions[i];
        die(&seen, gather_far_functions, NULL);
        assert_true(WIFSIGNALED(seen.ended));
        assert_int_equal(WTERMSIG(seen.ended), SIGSEGV);
        assert_non_null(strstr(seen.said, "stack overflow in task 'gather'"));
        assert_non_null(
            strstr(seen.said, "with duet_gather_options.stack_bytes\n"));
    }
}

static int dig_in_a_handler(duet_request *request, void *context)
{
    return duet_reply_textf(request, 200, "%d", dig_down(context));
}

static int ask_for_an_overflow(void *argument)
{
    duet_application *application;
    duet_server *server;
    duet_session *session;
    duet_response *response;
    char url[64];

    (void)argument;
    assert_status(duet_application_new(NULL, &application), 0);
    assert_status(duet_route(application, "GET", "/", dig_in_a_handler, NULL),
                  0);
    assert_status(duet_server_start(application, NULL, &server), 0);
    assert_status(duet_session_open(NULL, &session), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", duet_server_port(server));
    return duet_get(session, url, NULL, &response, DUET_NEVER);
}

static void
an_overflow_of_a_handler_names_the_option_of_the_server(void **state)
{
    death seen;

    (void)state;
    die(&seen, ask_for_an_overflow, NULL);
    assert_true(WIFSIGNALED(seen.ended));
    assert_int_equal(WTERMSIG(seen.ended), SIGSEGV);
    assert_non_null(strstr(seen.said, "stack overflow in task '"));
    assert_non_null(
        strstr(seen.said, "with duet_server_options.stack_bytes\n"));
}

static int touch_nothing(void *argument)
{
    *(volatile char *)(argument != NULL ? argument : (void *)16) = 1;
    return 0;
}

static void another_fault_is_not_called_an_overflow(void **state)
{
    death seen;

    (void)state;
    die(&seen, touch_nothing, NULL);
    assert_true(WIFSIGNALED(seen.ended));
    assert_int_equal(WTERMSIG(seen.ended), SIGSEGV);
    assert_null(strstr(seen.said, "stack overflow"));
}

static void nothing_is_said_if_not_wanted(void **state)
{
    const duet_loop_options quiet = {.no_overflow_report = true};
    death seen;

    (void)state;
    die(&seen, spawn_digger, &quiet);
    assert_true(WIFSIGNALED(seen.ended));
    assert_int_equal(WTERMSIG(seen.ended), SIGSEGV);
    assert_null(strstr(seen.said, "duet"));
}

static int look_at_handler(void *argument)
{
    return sigaction(SIGSEGV, NULL, argument);
}

static void the_handler_is_there_only_while_a_loop_runs(void **state)
{
    struct sigaction before;
    struct sigaction during;
    struct sigaction after;

    (void)state;
    sigaction(SIGSEGV, NULL, &before);
    assert_status(duet_run(look_at_handler, &during, NULL), 0);
    sigaction(SIGSEGV, NULL, &after);
    assert_true(before.sa_handler == after.sa_handler);
    /* Somebody else's handler, cmocka's, is left alone. */
    if (before.sa_handler != SIG_DFL)
        assert_true(during.sa_handler == before.sa_handler);
}

#if defined(DUET__ADDRESS_SANITIZER) || defined(DUET__THREAD_SANITIZER)
#define WITHOUT_SANITIZER 0
#else
#define WITHOUT_SANITIZER 1
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(an_array_that_is_larger_than_the_stack_is_told),
        test(an_overflow_names_the_task_and_its_stack),
        test(an_overflow_of_the_main_task_names_the_option_of_the_loop),
        test(an_overflow_of_a_handler_names_the_option_of_the_server),
        test(another_fault_is_not_called_an_overflow),
        test(nothing_is_said_if_not_wanted),
        test(the_handler_is_there_only_while_a_loop_runs),
    };

    if (!WITHOUT_SANITIZER) {
        puts("SKIPPED: the sanitizer handles SIGSEGV itself");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
