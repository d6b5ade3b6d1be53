/* SPDX-License-Identifier: MIT */
/* Error codes of contracts that no other test has a reason to provoke; codes.py
 * counts them. Each case is a call that fails with the code it is named for. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/folder.h"
#include "support/in_task.h"

/* No sound test waits so long. */
#define SOON duet_in_ms(20000)

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

/* Expects that a call which a cancelled task makes ends at once. */
#define assert_cancelled(call)                                                 \
    do {                                                                       \
        duet_task_cancel(duet_current_task());                                 \
        assert_status(call, DUET_ECANCELED);                                   \
        duet_task_uncancel(duet_current_task());                               \
    } while (0)

/* --- loops and tasks ------------------------------------------------------ */

static void loops_refuse_options_out_of_range(void **state)
{
    static const duet_loop_options bad = {.shutdown_ms = -2};
    duet_loop *loop;

    (void)state;
    assert_status(duet_loop_new(&bad, &loop), 0);
    assert_status(duet_loop_run(loop, do_nothing, NULL), DUET_EINVAL);
    assert_status(duet_loop_start(loop, do_nothing, NULL), DUET_EINVAL);
    duet_loop_free(loop);
}

static int wait_for_nobody(void *argument)
{
    duet_event *event;
    int status = duet_event_new(&event);

    (void)argument;
    if (status == 0)
        status = duet_event_wait(event, DUET_NEVER);
    duet_event_free(event);
    return status;
}

static void loop_on_virtual_time_says_that_it_is_stuck(void **state)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const duet_loop_options options = {.virtual_time = true,
                                       .report_descriptor = null};
    duet_loop *loop;

    (void)state;
    assert_true(null >= 0);
    assert_status(duet_loop_new(&options, &loop), 0);
    assert_status(duet_loop_run(loop, wait_for_nobody, NULL), DUET_EDEADLK);
    duet_loop_free(loop);
    close(null);
}

in_task(condition_waits_end_early)
{
    duet_lock *lock;
    duet_condition *condition;

    assert_status(duet_lock_new(&lock), 0);
    assert_status(duet_condition_new(lock, &condition), 0);
    assert_status(duet_condition_wait(condition, SOON), DUET_EPERM);
    assert_status(duet_lock_acquire(lock, SOON), 0);
    assert_status(duet_condition_wait(condition, DUET_NOW), DUET_ETIMEDOUT);
    assert_cancelled(duet_condition_wait(condition, SOON));
    assert_status(duet_lock_release(lock), 0);
    duet_condition_free(condition);
    duet_lock_free(lock);
}

/* --- programs ------------------------------------------------------------- */

static const char *const sleeping[] = {"/bin/sleep", "1000", NULL};

/* More than a pipe takes. */
static char much[1 << 20];

in_task(calls_on_a_program_end_early)
{
    static const duet_child_options pipes = {
        .ends = {DUET_CHILD_PIPE, DUET_CHILD_PIPE, DUET_CHILD_NULL}};
    duet_child_output output;
    duet_child *child;
    char *line;
    size_t length;

    assert_status(duet_child_start(sleeping, &pipes, &child), 0);
    assert_status(duet_child_signal(child, 999), DUET_EINVAL);
    assert_status(
        duet_child_read(child, DUET_CHILD_ERROR, much, 1, &length, SOON),
        DUET_ESTATE);
    assert_status(duet_child_write(child, much, sizeof much, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_cancelled(duet_child_write(child, much, sizeof much, SOON));
    assert_cancelled(
        duet_child_read(child, DUET_CHILD_OUTPUT, much, 1, &length, SOON));
    assert_cancelled(
        duet_child_read_line(child, DUET_CHILD_OUTPUT, &line, &length, SOON));
    assert_cancelled(duet_child_wait(child, NULL, SOON));
    assert_status(duet_child_communicate(child, NULL, 0, &output, DUET_NOW),
                  DUET_ETIMEDOUT);
    duet_child_free(child);

    assert_status(duet_child_start(sleeping, &pipes, &child), 0);
    assert_cancelled(duet_child_communicate(child, NULL, 0, &output, SOON));
    duet_child_free(child);
}

in_task(program_that_says_too_much_is_refused)
{
    static const char *const saying[] = {"/bin/echo", "said", NULL};
    static const duet_child_options options = {
        .ends = {DUET_CHILD_NULL, DUET_CHILD_PIPE}, .output_limit_bytes = 1};
    duet_child_output output;
    duet_child *child;

    assert_status(duet_child_start(saying, &options, &child), 0);
    assert_status(duet_child_communicate(child, NULL, 0, &output, SOON),
                  DUET_ETOOLARGE);
    duet_child_free(child);
}

/* --- files ---------------------------------------------------------------- */

in_task(paths_that_cannot_be_are_refused)
{
    char name[300];
    duet_stat facts;
    duet_file *file;

    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_status(duet_path_stat(name, &facts, SOON), DUET_ENAMETOOLONG);
    assert_status(duet_file_open(name, "w", NULL, &file, SOON),
                  DUET_ENAMETOOLONG);
    assert_status(duet_path_mkdir("folder", 010000, SOON), DUET_EINVAL);
    assert_status(duet_path_makedirs("folder", 010000, SOON), DUET_EINVAL);
    assert_status(duet_replacement_open(
                      "file", &(duet_replacement_options){.permissions = -1U},
                      &file, SOON),
                  DUET_EINVAL);
    assert_int_equal(test_count_entries("."), 0);
}

in_task(folders_are_not_replaced)
{
    duet_file *file;

    test_make_file("file", "");
    assert_status(duet_path_mkdir("empty", 0, SOON), 0);
    assert_status(duet_path_mkdir("full", 0, SOON), 0);
    test_make_file("full/file", "");
    assert_status(duet_path_replace("file", "full", SOON), DUET_EISDIR);
    assert_status(duet_path_replace("empty", "full", SOON), DUET_ENOTEMPTY);
    assert_status(duet_replacement_open("full", NULL, &file, SOON),
                  DUET_EISDIR);
}

in_task(pipes_have_no_positions)
{
    static const duet_file_options now = {.flags = O_WRONLY | O_NONBLOCK};
    duet_file *file;

    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_status(duet_file_open("pipe", "r+", NULL, &file, SOON), 0);
    assert_status(duet_file_write_at(file, 1, "a", 1, SOON), DUET_ESPIPE);
    assert_status(duet_file_close(file, SOON), 0);
    assert_status(duet_file_open("pipe", NULL, &now, &file, SOON), DUET_EAGAIN);
}

/* --- client and server ---------------------------------------------------- */

static int close_it(void *session)
{
    duet_session_close(session);
    return 0;
}

static int say_ok(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "ok");
}

static int wait_long(duet_request *request, void *context)
{
    (void)context;
    duet_sleep(SOON);
    return duet_reply_text(request, 200, "late");
}

in_task(fetches_fail_as_their_contract_says)
{
    static const duet_fetch_options little = {.body_bytes_max = 1};
    duet_application *application;
    duet_server *server;
    duet_session *session;
    duet_response *response;
    char late[128];

    assert_status(duet_application_new(NULL, &application), 0);
    assert_status(duet_route(application, "GET", "no slash", say_ok, NULL),
                  DUET_EROUTE);
    assert_status(duet_route(application, "GET", "/", say_ok, NULL), 0);
    assert_status(duet_route(application, "GET", "/late", wait_long, NULL), 0);
    assert_status(duet_server_start(application, NULL, &server), 0);
    assert_status(duet_application_on_error(application, NULL, NULL),
                  DUET_ESTATE);
    snprintf(late, sizeof late, "%s/late", duet_server_url(server));
    assert_status(duet_session_open(NULL, &session), 0);

    assert_status(duet_fetch(session, "GET", duet_server_url(server), &little,
                             &response, SOON),
                  DUET_ETOOLARGE);
    assert_cancelled(duet_fetch(session, "GET", duet_server_url(server), NULL,
                                &response, SOON));
    assert_status(duet_fetch(session, "GET", "http://127.0.0.1:1/", NULL,
                             &response, SOON),
                  DUET_ECONNREFUSED);
    assert_status(duet_spawn(close_it, session, NULL, NULL), 0);
    assert_status(duet_fetch(session, "GET", late, NULL, &response, SOON),
                  DUET_ECLOSED);
    assert_status(duet_server_stop(server, SOON), 0);
    duet_application_free(application);
}

TEST_MAIN(test(loops_refuse_options_out_of_range),
          test(loop_on_virtual_time_says_that_it_is_stuck),
          test(condition_waits_end_early), test(calls_on_a_program_end_early),
          test(program_that_says_too_much_is_refused),
          in_folder(paths_that_cannot_be_are_refused),
          in_folder(folders_are_not_replaced),
          in_folder(pipes_have_no_positions),
          test(fetches_fail_as_their_contract_says))
