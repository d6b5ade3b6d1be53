/* SPDX-License-Identifier: MIT */
/* Error codes of contracts that no other test has a reason to provoke; codes.py
 * counts them. Each case is a call that fails with the code it is named for. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/duet.h>
#include <jansson.h>

#include "support/busy_pool.h"
#include "support/folder.h"
#include "support/held.h"
#include "support/in_task.h"
#include "support/process.h"
#include "support/web.h"
#include "support/worker.h"

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

in_task(program_that_ended_for_another_is_not_found)
{
    static const char *const doing_nothing[] = {"/bin/true", NULL};
    duet_child *child;

    assert_status(duet_child_start(doing_nothing, NULL, &child), 0);
    assert_int_equal(waitpid(duet_child_id(child), NULL, 0),
                     duet_child_id(child));
    assert_status(duet_child_wait(child, NULL, SOON), DUET_ECHILD);
    assert_status(duet_child_stop(child, NULL, SOON), DUET_ECHILD);
    duet_child_free(child);
}

/* The program does not heed SIGTERM: it has not ended before anybody waits. */
in_task(cancelled_stop_ends_the_program_all_the_same)
{
    static const char *const stubborn[] = {
        "/bin/sh", "-c", "trap '' TERM; echo ready; exec sleep 1000", NULL};
    static const duet_child_options options = {
        .ends = {DUET_CHILD_NULL, DUET_CHILD_PIPE}};
    duet_child *child;
    char *line;
    size_t length;

    assert_status(duet_child_start(stubborn, &options, &child), 0);
    assert_status(
        duet_child_read_line(child, DUET_CHILD_OUTPUT, &line, &length, SOON),
        0);
    assert_cancelled(duet_child_stop(child, NULL, SOON));
    duet_child_free(child);
}

/* --- processes ------------------------------------------------------------ */

static int pause_for_ever(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    return pause();
}

/* The parent of a process, which is the fork server. */
static pid_t parent_of(int id)
{
    char path[64];
    int parent = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", id);
    file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*d (%*[^)]) %*c %d", &parent), 1);
    fclose(file);
    return parent;
}

in_task(server_that_stands_still_takes_some_signals)
{
    duet_process *process;
    pid_t server;
    int status = 0;

    assert_status(
        duet_process_start(pause_for_ever, NULL, 0, NULL, &process, DUET_NOW),
        DUET_ETIMEDOUT);
    assert_cancelled(
        duet_process_start(pause_for_ever, NULL, 0, NULL, &process, SOON));
    assert_status(
        duet_process_start(pause_for_ever, NULL, 0, NULL, &process, DUET_NEVER),
        0);
    server = parent_of(duet_process_id(process));
    assert_int_equal(kill(server, SIGSTOP), 0);
    while (status == 0)
        status = duet_process_signal(process, SIGWINCH);
    assert_int_equal(kill(server, SIGCONT), 0);
    assert_status(status, DUET_EAGAIN);
    duet_process_free(process);
}

in_task(process_pool_refuses_what_is_too_much)
{
    const duet_process_pool_options little = {
        .workers = 1, .queue_limit = 1, .message_limit_bytes = 16};
    const int kill_it = -SIGKILL;
    const duet_process_input killing = {&kill_it, sizeof kill_it};
    const duet_process_input large = {much, 17};
    duet_process_output output;
    duet_process_call *running;
    duet_process_call *waiting;
    duet_process_pool *pool;

    assert_status(duet_process_pool_new(&little, &pool), 0);
    assert_status(duet_process_pool_map(pool, worker_square, &killing, 1, NULL,
                                        &output, SOON),
                  DUET_EDIED);
    assert_status(duet_process_pool_map(pool, worker_reverse, &large, 1, NULL,
                                        &output, SOON),
                  DUET_ETOOLARGE);
    duet_process_output_clear(&output);
    assert_cancelled(
        duet_process_pool_call(pool, worker_hang, NULL, 0, &output, SOON));
    assert_status(
        duet_process_pool_submit(pool, worker_hang, NULL, 0, &running), 0);
    assert_status(duet_yield(), 0);
    assert_status(
        duet_process_pool_submit(pool, worker_hang, NULL, 0, &waiting), 0);
    assert_status(
        duet_process_pool_call(pool, worker_id, NULL, 0, &output, SOON),
        DUET_EFULL);
    duet_process_call_free(running);
    duet_process_call_free(waiting);
    duet_process_pool_free(pool);
}

static int fail_at_once(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    return DUET_EIO;
}

static int fail_in_thread(void *argument)
{
    (void)argument;
    return DUET_EIO;
}

in_task(pools_break_with_their_initializer)
{
    const duet_process_pool_options failing = {.initializer = fail_at_once};
    const duet_thread_pool_options failing_threads = {.initializer =
                                                          fail_in_thread};
    duet_process_output output;
    duet_process_call *call;
    duet_process_pool *pool;
    duet_thread_call *thread_call;
    duet_thread_pool *threads;
    int result;

    assert_status(duet_process_pool_new(&failing, &pool), 0);
    assert_status(
        duet_process_pool_call(pool, worker_id, NULL, 0, &output, SOON),
        DUET_EBROKEN);
    assert_status(duet_process_pool_submit(pool, worker_id, NULL, 0, &call),
                  DUET_EBROKEN);
    duet_process_pool_free(pool);
    assert_status(duet_thread_pool_new(&failing_threads, &threads), 0);
    assert_status(duet_thread_pool_submit(threads, do_nothing, NULL, NULL,
                                          &thread_call, SOON),
                  0);
    assert_status(duet_thread_call_wait(thread_call, &result, SOON), 0);
    assert_status(result, DUET_EBROKEN);
    duet_thread_call_free(thread_call);
    assert_status(duet_thread_pool_submit(threads, do_nothing, NULL, NULL,
                                          &thread_call, SOON),
                  DUET_EBROKEN);
    assert_status(duet_thread_pool_map_array(threads, do_nothing, &result, 1,
                                             sizeof result, NULL, NULL, SOON),
                  DUET_EBROKEN);
    duet_thread_pool_free(threads);
}

in_task(map_in_a_busy_pool_may_come_too_late)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    int number = 0;
    test_held held;
    duet_thread_call *call = test_hold(pool, &held, 0);

    assert_status(duet_thread_pool_map_array(pool, do_nothing, &number, 1,
                                             sizeof number, NULL, NULL,
                                             duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    sem_post(&held.go_on);
    duet_thread_call_free(call);
    test_end_pool(pool);
}

/* --- streams -------------------------------------------------------------- */

in_task(streams_fail_as_their_contracts_say)
{
    duet_reader *reader;
    duet_writer *writer;
    const char *line;
    size_t length;

    assert_status(duet_memory_reader("long", 4, &reader), 0);
    assert_status(duet_reader_set_line_limit(reader, 1), 0);
    assert_status(duet_read_line(reader, &line, &length, SOON), DUET_ETOOLARGE);
    duet_reader_close(reader);
    assert_status(duet_memory_writer(DUET_NO_LIMIT, &writer), 0);
    /* Not one of the characters of the C locale. */
    assert_status(duet_writef(writer, SOON, "%ls", L"\x4e00"), DUET_EINVAL);
    duet_writer_close(writer);
}

static int wait_for_ever(void *context, const char **out_bytes,
                         size_t *out_length, duet_deadline deadline)
{
    (void)context;
    (void)out_bytes;
    (void)out_length;
    return duet_sleep(deadline);
}

static int begin_anew(void *context, duet_deadline deadline)
{
    (void)context;
    (void)deadline;
    return 0;
}

static int read_it(void *reader)
{
    const char *bytes;
    size_t length;

    return duet_read_next(reader, &bytes, &length, DUET_NEVER);
}

in_task(reader_that_is_read_is_not_rewound)
{
    static const duet_reader_functions source = {.next = wait_for_ever,
                                                 .rewind = begin_anew};
    duet_reader *reader;
    duet_task *task;

    assert_status(duet_reader_new(&source, NULL, &reader), 0);
    assert_status(duet_spawn(read_it, reader, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    assert_status(duet_reader_rewind(reader, SOON), DUET_EBUSY);
    duet_task_cancel(task);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    duet_reader_close(reader);
}

/* --- signals and descriptors ---------------------------------------------- */

static int handle_nothing(void *argument)
{
    (void)argument;
    return 0;
}

in_task(signal_handlers_have_an_end)
{
    enum { MANY = 65 };
    duet_signal_handler *handlers[MANY];
    int count = 0;
    int status = 0;

    while (status == 0 && count < MANY) {
        status = duet_signal_handler_new(SIGUSR1, handle_nothing, NULL,
                                         &handlers[count]);
        count += status == 0;
    }
    assert_status(status, DUET_ELIMIT);
    while (count > 0)
        duet_signal_handler_free(handlers[--count]);
}

/* --- files ---------------------------------------------------------------- */

in_task(replacement_may_come_too_late)
{
    duet_file *file;

    assert_status(duet_replacement_open("late", NULL, &file, SOON), 0);
    test_make_pool_busy();
    assert_status(duet_replacement_commit(file, duet_in_ms(1)), DUET_ETIMEDOUT);
    test_make_pool_free();
    test_await_idle_pool();
    assert_int_equal(test_count_entries("."), 0);
}

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
    (void)!duet_sleep(SOON);
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

/* Nests arrays. */
static json_t *nest(int depth)
{
    json_t *json = json_array();

    while (depth-- > 0) {
        json_t *outer = json_array();

        json_array_append_new(outer, json);
        json = outer;
    }
    return json;
}

static int reply_deeply(duet_request *request, void *web)
{
    (void)web;
    assert_status(duet_reply_json(request, 200, nest(1000)), DUET_ETOOLARGE);
    return duet_reply_text(request, 200, "too deep");
}

/* Which descriptor of the server is asked for makes no difference. */
static void select_what_a_server_owns(test_web *web)
{
    enum { DESCRIPTORS = 256 };
    int status = 0;

    test_expect_body(test_get(web, "/"), "too deep");
    for (int i = 3; i < DESCRIPTORS && status != DUET_EBUSY; i++) {
        const duet_select_case one = {.kind = DUET_SELECT_READABLE,
                                      .descriptor = i};
        size_t index;

        status = duet_select(&one, 1, &index, duet_in_ms(1));
    }
    assert_status(status, DUET_EBUSY);
}

static void servers_own_descriptors_and_small_stacks(void **state)
{
    static const test_route routes[] = {{"GET", "/", reply_deeply}, {NULL}};
    const duet_server_options options = {.json_depth_max = 2048,
                                         .stack_bytes = 64 * 1024};

    (void)state;
    test_web_run(routes, &options, select_what_a_server_owns);
}

in_task(plain_text_is_no_tls)
{
    duet_application *application;
    duet_server *server;
    duet_session *session;
    duet_response *response;
    char url[64];

    assert_status(duet_application_new(NULL, &application), 0);
    assert_status(duet_server_start(application, NULL, &server), 0);
    assert_status(duet_session_open(NULL, &session), 0);
    snprintf(url, sizeof url, "https://127.0.0.1:%d/",
             duet_server_port(server));
    assert_status(duet_fetch(session, "GET", url, NULL, &response, SOON),
                  DUET_ETLS);
    duet_session_close(session);
    assert_status(duet_server_stop(server, SOON), 0);
    duet_application_free(application);
}

/* --- connections ---------------------------------------------------------- */

in_task(listeners_refuse_what_cannot_be)
{
    char path[200];
    const duet_listener_options long_path = {.unix_path = path};
    const duet_listener_options elsewhere = {.host = "192.0.2.1"};
    duet_connection *connection;
    duet_listener *listener;

    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_status(duet_listener_open(&long_path, &listener), DUET_ENAMETOOLONG);
    assert_status(duet_connect_unix(path, &connection, SOON),
                  DUET_ENAMETOOLONG);
    assert_status(duet_listener_open(&elsewhere, &listener),
                  DUET_EADDRNOTAVAIL);
}

/* --- without a loop ------------------------------------------------------- */

/* A listener that accepts and says nothing. */
static int listen_silently(int *out_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (void *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (void *)&address, &length), 0);
    *out_port = ntohs(address.sin_port);
    return listener;
}

static void interrupt_ends_a_blocking_fetch(void **state)
{
    int port;
    int listener = listen_silently(&port);
    duet_response *response;
    char url[64];
    int connection;
    int end;
    pid_t child;

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(duet_blocking_get(url, NULL, &response, DUET_NO_LIMIT) ==
                      DUET_ECANCELED
                  ? 0
                  : 1);
    connection = accept(listener, NULL, NULL);
    assert_true(connection >= 0);
    assert_int_equal(kill(child, SIGINT), 0);
    assert_int_equal(waitpid(child, &end, 0), child);
    assert_int_equal(end, 0);
    close(connection);
    close(listener);
}

PROCESS_TEST_MAIN(
    test(loops_refuse_options_out_of_range),
    test(loop_on_virtual_time_says_that_it_is_stuck),
    test(condition_waits_end_early), test(calls_on_a_program_end_early),
    test(program_that_says_too_much_is_refused),
    in_folder(paths_that_cannot_be_are_refused),
    in_folder(folders_are_not_replaced), in_folder(pipes_have_no_positions),
    test(fetches_fail_as_their_contract_says),
    test(program_that_ended_for_another_is_not_found),
    test(cancelled_stop_ends_the_program_all_the_same),
    test(server_that_stands_still_takes_some_signals),
    test(process_pool_refuses_what_is_too_much),
    test(pools_break_with_their_initializer), test(signal_handlers_have_an_end),
    test(map_in_a_busy_pool_may_come_too_late),
    test(streams_fail_as_their_contracts_say),
    test(listeners_refuse_what_cannot_be),
    test(reader_that_is_read_is_not_rewound),
    in_folder(replacement_may_come_too_late),
    test(servers_own_descriptors_and_small_stacks), test(plain_text_is_no_tls),
    test(interrupt_ends_a_blocking_fetch))
