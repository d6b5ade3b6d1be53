/* SPDX-License-Identifier: MIT */
/* DUET_ENOMEM of the contracts: each call is made once without memory. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>
#include <jansson.h>

#include "runtime/core/loop.h"
#include "support/held.h"
#include "support/in_task.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/web.h"
#include "support/worker.h"

/* No sound test waits so long. */
#define SOON duet_in_ms(20000)

/* All allocations fail, and so does the call. */
#define assert_no_memory(call)                                                 \
    do {                                                                       \
        bool has_failed;                                                       \
        int status;                                                            \
                                                                               \
        test_fail_all_allocations();                                           \
        status = call;                                                         \
        has_failed = test_allocation_failed();                                 \
        test_fail_allocation(0);                                               \
        assert_true(has_failed);                                               \
        assert_status(status, DUET_ENOMEM);                                    \
    } while (0)

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

static void call_nothing(void *argument)
{
    (void)argument;
}

static int wait_for_event(void *event)
{
    return duet_event_wait(event, DUET_NEVER);
}

/* From now on the loop has no room for a further timer. */
static void use_up_timers(void)
{
    const duet__timers *timers = &duet_current_loop()->timers;

    while (timers->count + timers->reserved < timers->room)
        assert_status(
            duet_call_at(duet_in_ms(1000000), call_nothing, NULL, NULL), 0);
}

/* --- what tasks share ----------------------------------------------------- */

in_task(waits_need_room_for_a_timer)
{
    duet_event *event;
    duet_semaphore *semaphore;
    duet_barrier *barrier;
    duet_future *future;
    duet_timeout *timeout;

    use_up_timers();
    assert_status(duet_event_new(&event), 0);
    assert_no_memory(duet_event_wait(event, SOON));
    duet_event_free(event);
    assert_status(duet_semaphore_new(0, NULL, &semaphore), 0);
    assert_no_memory(duet_semaphore_acquire(semaphore, SOON));
    duet_semaphore_free(semaphore);
    assert_status(duet_barrier_new(2, &barrier), 0);
    assert_no_memory(duet_barrier_wait(barrier, NULL, SOON));
    duet_barrier_free(barrier);
    assert_status(duet_future_new(&future), 0);
    assert_no_memory(duet_future_wait(future, NULL, SOON));
    duet_future_free(future);
    assert_no_memory(duet_repeat_every(1, do_nothing, NULL, SOON));
    assert_no_memory(duet_sleep(SOON));
    assert_status(duet_timeout_open(DUET_NEVER, &timeout), 0);
    assert_no_memory(duet_timeout_move(timeout, SOON));
    assert_status(duet_timeout_close(timeout, 0), 0);
}

in_task(queues_and_channels)
{
    const duet_queue_options of_one = {.capacity = 1};
    duet_queue *queue;
    duet_channel *channel;
    void *item;
    int value = 0;

    use_up_timers();
    assert_status(duet_queue_new(&of_one, &queue), 0);
    assert_no_memory(duet_queue_get(queue, &item, SOON));
    assert_status(duet_queue_put_now(queue, &value), 0);
    assert_no_memory(duet_queue_put(queue, &value, SOON));
    assert_no_memory(duet_queue_join(queue, SOON));
    duet_queue_free(queue);
    assert_status(duet_channel_new(sizeof value, 0, &channel), 0);
    assert_no_memory(duet_channel_send(channel, &value, SOON));
    assert_no_memory(duet_channel_receive(channel, &value, SOON));
    duet_channel_free(channel);
}

/* Locks are held by a task that lets the test go on. */
typedef struct holder {
    duet_lock *lock;
    duet_read_write_lock *read_write;
    duet_event *event;
} holder;

static int hold_locks(void *argument)
{
    holder *self = argument;

    assert_status(duet_lock_acquire(self->lock, DUET_NEVER), 0);
    assert_status(duet_read_write_lock_write(self->read_write, DUET_NEVER), 0);
    assert_status(duet_event_wait(self->event, DUET_NEVER), 0);
    assert_status(duet_read_write_lock_release(self->read_write), 0);
    return duet_lock_release(self->lock);
}

in_task(locks)
{
    holder self;
    duet_condition *condition;
    duet_task *task;

    use_up_timers();
    assert_status(duet_lock_new(&self.lock), 0);
    assert_status(duet_read_write_lock_new(&self.read_write), 0);
    assert_status(duet_event_new(&self.event), 0);
    assert_status(duet_condition_new(self.lock, &condition), 0);
    assert_status(duet_lock_acquire(self.lock, DUET_NEVER), 0);
    assert_no_memory(duet_condition_wait(condition, SOON));
    assert_status(duet_lock_release(self.lock), 0);
    assert_status(duet_spawn(hold_locks, &self, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    assert_no_memory(duet_lock_acquire(self.lock, SOON));
    assert_no_memory(duet_read_write_lock_read(self.read_write, SOON));
    duet_event_set(self.event);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    duet_condition_free(condition);
    duet_event_free(self.event);
    duet_read_write_lock_free(self.read_write);
    duet_lock_free(self.lock);
}

/* --- tasks ---------------------------------------------------------------- */

in_task(tasks_are_awaited)
{
    duet_event *event;
    duet_task *task;
    duet_task *ended;
    duet_task_completions *completions;

    use_up_timers();
    assert_status(duet_event_new(&event), 0);
    assert_status(duet_spawn(wait_for_event, event, NULL, &task), 0);
    assert_status(duet_task_completions_open(&task, 1, &completions), 0);
    assert_no_memory(duet_task_completions_next(completions, &ended, SOON));
    duet_task_completions_close(completions);
    assert_no_memory(duet_join(task, NULL, SOON));
    assert_no_memory(duet_task_wait(task, SOON));
    assert_no_memory(duet_shield(task, NULL, SOON));
    assert_no_memory(duet_task_on_end(task, NULL, NULL));
    duet_event_set(event);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    duet_event_free(event);
}

in_task(tasks_are_begun)
{
    const duet_spawn_options large = {.stack_bytes = 4 * 1024 * 1024};
    duet_call calls[] = {{.function = do_nothing}, {.function = do_nothing}};
    duet_group *group;

    use_up_timers();
    assert_no_memory(duet_spawn(do_nothing, NULL, &large, NULL));
    assert_no_memory(duet_gather(calls, 2, NULL, SOON));
    assert_no_memory(duet_group_open(&group));
    assert_no_memory(duet_call_soon(call_nothing, NULL));
    assert_no_memory(
        duet_loop_call_from_thread(duet_current_loop(), call_nothing, NULL));
}

in_task(look_inside)
{
    char *text;

    assert_no_memory(duet_inspect_text(duet_current_loop(), NULL, &text));
}

in_task(descriptors)
{
    int ends[2];

    use_up_timers();
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends),
                     0);
    assert_no_memory(duet_wait_readable(ends[0], SOON));
    close(ends[0]);
    close(ends[1]);
}

/* --- threads -------------------------------------------------------------- */

in_task(threads)
{
    duet_thread_pool *pool;
    duet_thread *thread;
    test_held call;

    use_up_timers();
    assert_no_memory(duet_default_thread_pool(&pool));
    assert_no_memory(duet_to_thread(do_nothing, NULL, NULL, SOON));
    test_held_init(&call, 0);
    assert_status(duet_thread_start(test_run_held, &call, NULL, &thread), 0);
    assert_no_memory(duet_thread_join(thread, NULL, SOON));
    sem_post(&call.go_on);
    assert_status(duet_thread_join(thread, NULL, DUET_NEVER), 0);
}

in_task(thread_pools)
{
    duet_thread_pool *pool = test_new_pool(1, 0);
    test_held held;
    duet_thread_call *call = test_hold(pool, &held, 0);

    use_up_timers();
    assert_no_memory(duet_thread_call_wait(call, NULL, SOON));
    assert_no_memory(duet_thread_pool_shutdown(pool, false, SOON));
    sem_post(&held.go_on);
    duet_thread_call_free(call);
    test_end_pool(pool);
}

/* --- processes ------------------------------------------------------------ */

static int pause_for_ever(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    return pause();
}

in_task(processes)
{
    duet_process *process;

    use_up_timers();
    assert_status(
        duet_process_start(pause_for_ever, NULL, 0, NULL, &process, DUET_NEVER),
        0);
    assert_no_memory(duet_process_wait(process, NULL, SOON));
    assert_status(duet_process_signal(process, SIGKILL), 0);
    assert_status(duet_process_wait(process, NULL, DUET_NEVER), 0);
    duet_process_free(process);
}

in_task(process_pools)
{
    const duet_process_pool_options one = {.workers = 1};
    duet_process_pool *pool;
    duet_process_call *call;
    duet_process_call *ended;
    duet_process_completions *completions;

    use_up_timers();
    assert_status(duet_process_pool_new(&one, &pool), 0);
    assert_status(duet_process_pool_submit(pool, worker_hang, NULL, 0, &call),
                  0);
    assert_status(duet_process_completions_open(&call, 1, &completions), 0);
    assert_no_memory(duet_process_completions_next(completions, &ended, SOON));
    duet_process_completions_close(completions);
    assert_no_memory(duet_process_pool_shutdown(pool, false, SOON));
    duet_process_call_free(call);
    duet_process_pool_free(pool);
}

/* A thread that holds a lock until it is let go. */
typedef struct locker {
    duet_shared *shared;
    test_held held;
} locker;

static int lock_it(void *argument)
{
    locker *self = argument;
    int status = duet_shared_lock(self->shared, NULL, DUET_NEVER);

    (void)test_run_held(&self->held);
    duet_shared_unlock(self->shared);
    return status;
}

in_task(shared_memory)
{
    locker self;
    duet_thread *thread;
    int result;

    use_up_timers();
    test_held_init(&self.held, 0);
    assert_status(duet_shared_new(1, 8, &self.shared), 0);
    assert_status(duet_thread_start(lock_it, &self, NULL, &thread), 0);
    while (sem_wait(&self.held.begun) != 0)
        continue;
    assert_no_memory(duet_shared_lock(self.shared, NULL, SOON));
    sem_post(&self.held.go_on);
    assert_status(duet_thread_join(thread, &result, DUET_NEVER), 0);
    assert_status(result, 0);
    duet_shared_free(self.shared);
}

in_task(programs)
{
    static const char *const sleeping[] = {"/bin/sleep", "1000", NULL};
    const duet_child_options pipes = {
        .ends = {DUET_CHILD_PIPE, DUET_CHILD_PIPE, DUET_CHILD_NULL}};
    duet_child_output output;
    duet_child *child;
    char *line;
    size_t length;

    use_up_timers();
    assert_no_memory(duet_child_start(sleeping, &pipes, &child));
    assert_status(duet_child_start(sleeping, &pipes, &child), 0);
    assert_no_memory(
        duet_child_read_line(child, DUET_CHILD_OUTPUT, &line, &length, SOON));
    assert_no_memory(duet_child_communicate(child, NULL, 0, &output, SOON));
    duet_child_free(child);
}

/* --- files and streams ---------------------------------------------------- */

in_task(files)
{
    duet_file *file;

    assert_status(duet_temporary_file_open(NULL, &file, SOON), 0);
    assert_no_memory(duet_file_seek(file, 0, DUET_SEEK_END, NULL, SOON));
    assert_status(duet_file_close(file, SOON), 0);
}

static int lend_nothing(void *context, const char **out_bytes,
                        size_t *out_length, duet_deadline deadline)
{
    (void)context;
    (void)out_bytes;
    (void)out_length;
    (void)deadline;
    return DUET_ENOMEM;
}

static int take_all(void *context, const char *bytes, size_t length,
                    size_t *out_taken, duet_deadline deadline)
{
    (void)context;
    (void)bytes;
    (void)deadline;
    *out_taken = length;
    return 0;
}

static int observe(void *context, const void *bytes, size_t length)
{
    (void)context;
    (void)bytes;
    (void)length;
    return 0;
}

in_task(streams)
{
    static const duet_reader_functions source = {.next = lend_nothing};
    static const duet_writer_functions sink = {.write = take_all};
    duet_reader *reader;
    duet_writer *writer;
    duet_reader *upper;
    duet_writer *upper_writer;
    const char *bytes;
    size_t length;

    assert_no_memory(duet_reader_new(&source, NULL, &reader));
    assert_no_memory(duet_writer_new(&sink, NULL, &writer));
    assert_status(duet_reader_new(&source, NULL, &reader), 0);
    assert_status(duet_writer_new(&sink, NULL, &writer), 0);
    assert_no_memory(duet_limited_reader(reader, 1, DUET_LIMIT_ENDS, &upper));
    assert_no_memory(duet_observed_reader(reader, observe, NULL, &upper));
    assert_no_memory(duet_tee_reader(reader, writer, &upper));
    assert_no_memory(
        duet_observed_writer(writer, observe, NULL, &upper_writer));
    assert_status(duet_read_next(reader, &bytes, &length, SOON), DUET_ENOMEM);
    duet_reader_close(reader);
    duet_writer_close(writer);
}

static int serve_nothing(duet_connection *connection, void *context)
{
    (void)connection;
    (void)context;
    return 0;
}

in_task(connections)
{
    const duet_listener_options options = {.unix_path = "@duet-no-memory"};
    duet_connection *connection;
    duet_connection *accepted;
    duet_listener *listener;

    use_up_timers();
    assert_no_memory(duet_listener_open(&options, &listener));
    assert_status(duet_listener_open(&options, &listener), 0);
    assert_no_memory(duet_connect("127.0.0.1", 1, NULL, &connection, SOON));
    assert_no_memory(
        duet_connect_unix(options.unix_path, &connection, DUET_NEVER));
    assert_no_memory(duet_listener_accept(listener, &accepted, SOON));
    assert_no_memory(
        duet_listener_serve(listener, serve_nothing, NULL, NULL, SOON));
    duet_listener_close(listener);
}

/* --- the web -------------------------------------------------------------- */

/* The JSON library allocates by itself; duet watches the functions that it
 * finds when it first uses it. */
static bool json_fails;

static void *allocate_json(size_t bytes)
{
    return json_fails ? NULL : malloc(bytes);
}

static void fail_json(bool fails)
{
    static bool is_set;

    if (!is_set)
        json_set_alloc_funcs(allocate_json, free);
    is_set = true;
    json_fails = fails;
}

static int reply_json(duet_request *request, void *web)
{
    duet_writer *writer;
    json_t *json;
    int status;

    (void)web;
    fail_json(true);
    assert_status(duet_request_json(request, &json), DUET_ENOMEM);
    fail_json(false);
    assert_no_memory(duet_reply_stream(request, 200, NULL, &writer, SOON));
    test_fail_all_allocations();
    do
        status = duet_request_defer(request, call_nothing, NULL);
    while (status == 0); /* a request has some memory of its own */
    test_fail_allocation(0);
    assert_status(status, DUET_ENOMEM);
    return duet_reply_text(request, 200, "done");
}

static void ask_for_json(test_web *web)
{
    test_expect_status(
        test_ask(web, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                      "Content-Length: 2\r\n\r\n[]"),
        200);
}

static void requests(void **state)
{
    static const test_route routes[] = {{"POST", "/", reply_json}, {NULL}};

    (void)state;
    test_web_run(routes, NULL, ask_for_json);
}

static int reply_list(duet_request *request, void *web)
{
    (void)web;
    return duet_reply_text(request, 200, "[1]");
}

static void read_json(test_web *web)
{
    duet_session *session;
    duet_response *response;
    json_t *json;

    assert_status(duet_session_open(NULL, &session), 0);
    assert_status(
        duet_get(session, duet_server_url(web->server), NULL, &response, SOON),
        0);
    fail_json(true);
    assert_status(duet_response_json(response, &json), DUET_ENOMEM);
    assert_null(json);
    fail_json(false);
    assert_status(duet_response_json(response, &json), 0);
    assert_int_equal(json_array_size(json), 1);
    duet_response_free(response);
    duet_session_close(session);
}

static void responses(void **state)
{
    static const test_route routes[] = {{"GET", "/", reply_list}, {NULL}};

    (void)state;
    test_web_run(routes, NULL, read_json);
}

in_task(servers_and_sessions)
{
    duet_application *application;
    duet_server *server;
    duet_session *session;
    duet_response *response;
    duet_get_result result;
    const char *url = "http://127.0.0.1:1/";

    assert_status(duet_application_new(NULL, &application), 0);
    assert_no_memory(duet_route(application, "GET", "/", reply_json, NULL));
    assert_no_memory(duet_server_start(application, NULL, &server));
    duet_application_free(application);
    assert_no_memory(duet_session_open(NULL, &session));
    assert_status(duet_session_open(NULL, &session), 0);
    assert_no_memory(duet_fetch(session, "GET", url, NULL, &response, SOON));
    assert_no_memory(duet_get_all(session, &url, 1, NULL, &result, SOON));
    duet_session_close(session);
}

static void queries(void **state)
{
    duet_query *query;

    (void)state;
    assert_no_memory(duet_query_new(NULL, &query));
    assert_status(duet_query_new(NULL, &query), 0);
    assert_no_memory(duet_query_add(query, "name", "value", 5));
    duet_query_free(query);
}

PROCESS_TEST_MAIN(test(waits_need_room_for_a_timer), test(queues_and_channels),
                  test(locks), test(tasks_are_awaited), test(tasks_are_begun),
                  test(look_inside), test(descriptors), test(threads),
                  test(thread_pools), test(processes), test(process_pools),
                  test(shared_memory), test(programs), test(files),
                  test(streams), test(connections), test(requests),
                  test(responses), test(servers_and_sessions), test(queries))
