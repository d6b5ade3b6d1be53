/* SPDX-License-Identifier: MIT */
#include "base/life.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <duet/duet.h>

#include "support/abort.h"
#include "support/test.h"
#include "support/worker.h"

#ifdef DUET_THREAD_CHECKS
enum { CHECKED = true };
#else
enum { CHECKED = false };
#endif

/* Each makes one of a kind and closes it twice. */

static int close_session(void *argument)
{
    duet_session *session;

    (void)argument;
    assert_status(duet_session_open(NULL, &session), 0);
    duet_session_close(session);
    duet_session_close(session);
    return 0;
}

static int stop_server(void *argument)
{
    duet_application *application;
    duet_server *server;

    (void)argument;
    assert_status(duet_application_new(NULL, &application), 0);
    assert_status(duet_server_start(application, NULL, &server), 0);
    assert_status(duet_server_stop(server, DUET_NOW), 0);
    return duet_server_stop(server, DUET_NOW);
}

static int free_application(void *argument)
{
    duet_application *application;

    (void)argument;
    assert_status(duet_application_new(NULL, &application), 0);
    duet_application_free(application);
    duet_application_free(application);
    return 0;
}

static int free_thread_pool(void *argument)
{
    duet_thread_pool *pool;

    (void)argument;
    assert_status(duet_thread_pool_new(NULL, &pool), 0);
    duet_thread_pool_free(pool);
    duet_thread_pool_free(pool);
    return 0;
}

static int shut_thread_pool_late(void *argument)
{
    duet_thread_pool *pool;

    (void)argument;
    assert_status(duet_thread_pool_new(NULL, &pool), 0);
    duet_thread_pool_free(pool);
    return duet_thread_pool_shutdown(pool, true, DUET_NEVER);
}

static int close_file(void *argument)
{
    duet_file *file;

    (void)argument;
    assert_status(duet_file_open("/dev/null", "r", NULL, &file, DUET_NEVER), 0);
    assert_status(duet_file_close(file, DUET_NEVER), 0);
    return duet_file_close(file, DUET_NEVER);
}

static int free_loop(void *argument)
{
    duet_loop *loop;

    (void)argument;
    assert_status(duet_loop_new(NULL, &loop), 0);
    duet_loop_free(loop);
    duet_loop_free(loop);
    return 0;
}

#define FREE_TWICE(kind, make)                                                 \
    static int free_##kind(void *argument)                                     \
    {                                                                          \
        duet_##kind *made;                                                     \
                                                                               \
        (void)argument;                                                        \
        assert_status(make, 0);                                                \
        duet_##kind##_free(made);                                              \
        duet_##kind##_free(made);                                              \
        return 0;                                                              \
    }

FREE_TWICE(queue, duet_queue_new(NULL, &made))
FREE_TWICE(channel, duet_channel_new(sizeof(int), 1, &made))
FREE_TWICE(lock, duet_lock_new(&made))
FREE_TWICE(read_write_lock, duet_read_write_lock_new(&made))
FREE_TWICE(event, duet_event_new(&made))
FREE_TWICE(semaphore, duet_semaphore_new(1, NULL, &made))
FREE_TWICE(barrier, duet_barrier_new(2, &made))

static int free_condition(void *argument)
{
    duet_condition *condition;
    duet_lock *lock;

    (void)argument;
    assert_status(duet_lock_new(&lock), 0);
    assert_status(duet_condition_new(lock, &condition), 0);
    duet_condition_free(condition);
    duet_condition_free(condition);
    return 0;
}

FREE_TWICE(fields, duet_fields_new(NULL, &made))
FREE_TWICE(query, duet_query_new(NULL, &made))
FREE_TWICE(url, duet_url_parse("http://example.org/", &made))
FREE_TWICE(future, duet_future_new(&made))
FREE_TWICE(child, duet_child_start((const char *[]){"true", NULL}, NULL, &made))

static int free_response(void *argument)
{
    duet_response *response;
    const duet_fetch_options options = {.out_failed = &response};
    duet_response *none;
    duet_session *session;

    (void)argument;
    assert_status(duet_session_open(NULL, &session), 0);
    assert_int_not_equal(
        duet_get(session, "http://127.0.0.1:1/", &options, &none, DUET_NEVER),
        0);
    assert_non_null(response);
    duet_response_free(response);
    duet_response_free(response);
    return 0;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static int free_file_reader(void *argument)
{
    duet_file *file;
    duet_reader *reader;

    (void)argument;
    assert_status(duet_file_open("/dev/null", "r", NULL, &file, DUET_NEVER), 0);
    assert_status(duet_file_reader(file, NULL, &reader), 0);
    duet_reader_close(reader);
    duet_reader_close(reader);
    return 0;
}

static int free_file_writer(void *argument)
{
    duet_file *file;
    duet_writer *writer;

    (void)argument;
    assert_status(duet_file_open("/dev/null", "w", NULL, &file, DUET_NEVER), 0);
    assert_status(duet_file_writer(file, NULL, &writer), 0);
    duet_writer_close(writer);
    duet_writer_close(writer);
    return 0;
}
#endif

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

static int do_nothing_in_process(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    return 0;
}

FREE_TWICE(shared, duet_shared_new(1, 8, &made))
FREE_TWICE(signal_handler,
           duet_signal_handler_new(SIGUSR1, do_nothing, NULL, &made))
FREE_TWICE(folder_list, duet_path_list(".", NULL, &made, DUET_NEVER))
FREE_TWICE(process, duet_process_start(do_nothing_in_process, NULL, 0, NULL,
                                       &made, DUET_NEVER))

static int join_thread(void *argument)
{
    duet_thread *thread;

    (void)argument;
    assert_status(duet_thread_start(do_nothing, NULL, NULL, &thread), 0);
    assert_status(duet_thread_join(thread, NULL, DUET_NEVER), 0);
    return duet_thread_join(thread, NULL, DUET_NEVER);
}

static int release_thread(void *argument)
{
    duet_thread *thread;

    (void)argument;
    assert_status(duet_thread_start(do_nothing, NULL, NULL, &thread), 0);
    duet_thread_release(thread);
    duet_thread_release(thread);
    return 0;
}

static int free_thread_call(void *argument)
{
    duet_thread_call *call;
    duet_thread_pool *pool;

    (void)argument;
    assert_status(duet_thread_pool_new(NULL, &pool), 0);
    assert_status(duet_thread_pool_submit(pool, do_nothing, NULL, NULL, &call,
                                          DUET_NEVER),
                  0);
    duet_thread_call_free(call);
    duet_thread_call_free(call);
    return 0;
}

static int free_process_call(void *argument)
{
    duet_process_call *call;
    duet_process_pool *pool;

    (void)argument;
    assert_status(duet_process_pool_new(NULL, &pool), 0);
    assert_status(duet_process_pool_submit(pool, worker_id, NULL, 0, &call), 0);
    duet_process_call_free(call);
    duet_process_call_free(call);
    return 0;
}

static const struct {
    duet_task_function *body;
    const char *said;
} cases[] = {
    {close_session, "duet_session_close() was called for the session 0x"},
    {stop_server, "duet_server_stop() was called for the server 0x"},
    {free_application,
     "duet_application_free() was called for the application 0x"},
    {free_thread_pool,
     "duet_thread_pool_free() was called for the thread pool 0x"},
    {shut_thread_pool_late,
     "duet_thread_pool_shutdown() was called for the thread pool 0x"},
    {close_file, "duet_file_close() was called for the file 0x"},
    {free_loop, "duet_loop_free() was called for the loop 0x"},
    {free_queue, "duet_queue_free() was called for the queue 0x"},
    {free_channel, "duet_channel_free() was called for the channel 0x"},
    {free_lock, "duet_lock_free() was called for the lock 0x"},
    {free_read_write_lock,
     "duet_read_write_lock_free() was called for the read-write lock 0x"},
    {free_event, "duet_event_free() was called for the event 0x"},
    {free_semaphore, "duet_semaphore_free() was called for the semaphore 0x"},
    {free_barrier, "duet_barrier_free() was called for the barrier 0x"},
    {free_condition, "duet_condition_free() was called for the condition 0x"},
    {free_fields, "duet_fields_free() was called for the fields 0x"},
    {free_query, "duet_query_free() was called for the query 0x"},
    {free_url, "duet_url_free() was called for the URL 0x"},
    {free_future, "duet_future_free() was called for the future 0x"},
    {free_child, "duet_child_free() was called for the child 0x"},
    {free_response, "duet_response_free() was called for the response 0x"},
    {free_shared, "duet_shared_free() was called for the shared memory 0x"},
    {free_signal_handler,
     "duet_signal_handler_free() was called for the signal handler 0x"},
    {free_folder_list,
     "duet_folder_list_free() was called for the folder list 0x"},
    {free_process, "duet_process_free() was called for the process 0x"},
    {join_thread, "duet_thread_join() was called for the thread 0x"},
    {release_thread, "duet_thread_release() was called for the thread 0x"},
    {free_thread_call,
     "duet_thread_call_free() was called for the thread call 0x"},
    {free_process_call,
     "duet_process_call_free() was called for the process call 0x"},
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    /* They are looked at before they are known to be alive, as some may be
     * closed twice: the sanitizers tell that themselves. */
    {free_file_reader, "duet_reader_close() was called for the reader 0x"},
    {free_file_writer, "duet_writer_close() was called for the writer 0x"},
#endif
};

static void what_is_closed_twice_is_named(void **state)
{
    char text[2048];

    (void)state;
    if (!CHECKED)
        test_skip("a release build does not ask what is alive");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        test_abort(cases[i].body, text, sizeof text);
        if (strstr(text, cases[i].said) == NULL)
            fail_msg("'%s' is not in '%s'", cases[i].said, text);
        assert_non_null(strstr(text, ", which is closed already"));
    }
}

/* Most likely in the same memory. */
static void what_is_made_again_is_alive(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        duet_event *events[3];

        for (int j = 0; j < 3; j++)
            assert_status(duet_event_new(&events[j]), 0);
        for (int j = 0; j < 3; j++)
            duet_event_free(events[(i + j) % 3]);
    }
}

TEST_MAIN(test(what_is_closed_twice_is_named),
          test(what_is_made_again_is_alive))
