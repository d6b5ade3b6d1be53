/* SPDX-License-Identifier: MIT */
/* Functions that are called where they cannot work: outside loops, in another
 * thread than the loop's, in a callback, which cannot wait; and those that do
 * nothing with NULL. misuse.py tells which functions these tables lack. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/busy_pool.h"
#include "support/folder.h"
#include "support/process.h"
#include "support/test.h"

/* No sound test waits so long. */
#define SOON duet_in_ms(20000)

/* --- what is called with -------------------------------------------------- */

/* Made anywhere. */
static duet_barrier *barrier;
static duet_channel *channel;
static duet_event *event;
static duet_lock *lock;
static duet_queue *empty, *full;
static duet_read_write_lock *read_write_lock;
static duet_semaphore *semaphore;
static duet_application *application;
static duet_reader *quiet_reader, *other_reader;
static duet_writer *quiet_writer, *full_writer;
static duet_listener *listener, *busy_listener;
static duet_connection *queued[2];

/* Its queue is full. */
static const duet_listener_options busy = {.unix_path = "@duet-sheet-misuse",
                                           .backlog = 1};
/* Made by a task. */
static duet_session *session;
static const char *nowhere = "http://127.0.0.1:1/";
static duet_get_result result;
static duet_file *file;
static duet_file *closing, *replacing; /* taken, whatever is returned */
static duet_process_pool *pool;
static duet_process_call *call; /* goes on for ever */
static duet_process_completions *completion;
static duet_reader *reader;
static duet_writer *writer;
static duet_future *future;
static duet_task *sleeper;
static duet_task_completions *completions;

static duet_deadline when;

static void *output; /* of whatever fails */
static bool answer;
static size_t length;
static duet_stat facts;
static char bytes[8];

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

static int serve_nothing(duet_connection *connection, void *context)
{
    (void)connection, (void)context;
    return 0;
}

static void call_nothing(void *argument)
{
    (void)argument;
}

static int give_none(void *context, void **out_input)
{
    (void)context, (void)out_input;
    return DUET_EEMPTY;
}

static int work_on_none(void *context, void *input, void **out_output)
{
    (void)context, (void)input, (void)out_output;
    return 0;
}

static const duet_bounded_map_steps steps = {.next = give_none,
                                             .work = work_on_none};

static void make_objects(void)
{
    static const duet_queue_options one = {.capacity = 1};

    assert_status(duet_barrier_new(2, &barrier), 0);
    assert_status(duet_channel_new(1, 0, &channel), 0);
    assert_status(duet_event_new(&event), 0);
    assert_status(duet_lock_new(&lock), 0);
    assert_status(duet_queue_new(NULL, &empty), 0);
    assert_status(duet_queue_new(&one, &full), 0);
    assert_status(duet_queue_put_now(full, bytes), 0);
    assert_status(duet_read_write_lock_new(&read_write_lock), 0);
    assert_status(duet_semaphore_new(0, NULL, &semaphore), 0);
    assert_status(duet_application_new(NULL, &application), 0);
    assert_status(duet_memory_pipe(1, &quiet_reader, &quiet_writer), 0);
    assert_status(duet_memory_pipe(1, &other_reader, &full_writer), 0);
    assert_status(duet_write(full_writer, bytes, 1, DUET_NOW), 0);
    assert_status(duet_listener_open(NULL, &listener), 0);
    assert_status(duet_listener_open(&busy, &busy_listener), 0);
    for (int i = 0; i < 2; i++)
        assert_status(duet_connect_unix(busy.unix_path, &queued[i], DUET_NOW),
                      0);
}

static void free_objects(void)
{
    duet_barrier_free(barrier);
    duet_channel_free(channel);
    duet_event_free(event);
    duet_lock_free(lock);
    duet_queue_free(empty);
    duet_queue_free(full);
    duet_read_write_lock_free(read_write_lock);
    duet_semaphore_free(semaphore);
    duet_application_free(application);
    duet_reader_close(quiet_reader);
    duet_writer_close(quiet_writer);
    duet_reader_close(other_reader);
    duet_writer_close(full_writer);
    duet_listener_close(listener);
    duet_connection_close(queued[0]);
    duet_connection_close(queued[1]);
    duet_listener_close(busy_listener);
}

static int sleep_long(void *argument)
{
    (void)argument;
    return duet_sleep(SOON);
}

static int pause_for_ever(const void *argument, size_t argument_length,
                          void **out_bytes, size_t *out_length)
{
    (void)argument, (void)argument_length, (void)out_bytes, (void)out_length;
    while (pause() != 0)
        continue;
    return 0;
}

static int do_nothing_there(const void *argument, size_t argument_length)
{
    (void)argument, (void)argument_length;
    return 0;
}

static void make_processes(void)
{
    static const duet_process_pool_options one = {.workers = 1};

    assert_status(duet_process_pool_new(&one, &pool), 0);
    assert_status(
        duet_process_pool_submit(pool, pause_for_ever, NULL, 0, &call), 0);
    assert_status(duet_process_completions_open(&call, 1, &completion), 0);
}

static void free_processes(void)
{
    duet_process_completions_close(completion);
    duet_process_call_free(call);
    duet_process_pool_free(pool);
}

static void make_task_objects(void)
{
    assert_status(duet_file_open("file", "r", NULL, &closing, SOON), 0);
    assert_status(duet_replacement_open("file", NULL, &replacing, SOON), 0);
    assert_status(duet_session_open(NULL, &session), 0);
    assert_status(duet_file_open("file", "r+", NULL, &file, SOON), 0);
    assert_status(duet_file_reader(file, NULL, &reader), 0);
    assert_status(duet_file_writer(file, NULL, &writer), 0);
    assert_status(duet_write(writer, "late", 4, SOON), 0);
    assert_status(duet_future_new(&future), 0);
    assert_status(duet_spawn(sleep_long, NULL, NULL, &sleeper), 0);
    assert_status(duet_task_completions_open(&sleeper, 1, &completions), 0);
}

static void free_task_objects(void)
{
    duet_task_completions_close(completions);
    duet_task_cancel(sleeper);
    assert_status(duet_join(sleeper, NULL, SOON), 0);
    duet_future_free(future);
    duet_writer_close(writer);
    duet_reader_close(reader);
    assert_status(duet_file_close(file, SOON), 0);
    duet_session_close(session);
}

/* --- the tables ----------------------------------------------------------- */

#define OUT(type) ((type **)(void *)&output)

/* For tasks only, which wait until `when`. */
#define WAITING(X)                                                             \
    X(duet_barrier_wait, (barrier, NULL, when))                                \
    X(duet_bounded_map, (&steps, NULL, NULL, when))                            \
    X(duet_bounded_map_array, (do_nothing, bytes, 1, 1, NULL, NULL, when))     \
    X(duet_channel_send, (channel, bytes, when))                               \
    X(duet_channel_receive, (channel, bytes, when))                            \
    X(duet_connect_unix, (busy.unix_path, OUT(duet_connection), when))         \
    X(duet_event_wait, (event, when))                                          \
    X(duet_file_open, ("file", "r", NULL, OUT(duet_file), when))               \
    X(duet_gather, (&(duet_call){.function = do_nothing}, 1, NULL, when))      \
    X(duet_gather_array, (do_nothing, bytes, 1, 1, NULL, NULL, when))          \
    X(duet_listener_accept, (listener, OUT(duet_connection), when))            \
    X(duet_listener_serve, (listener, serve_nothing, NULL, NULL, when))        \
    X(duet_lock_acquire, (lock, when))                                         \
    X(duet_path_copy, ("file", "copy", NULL, NULL, when))                      \
    X(duet_path_exists, ("file", &answer, when))                               \
    X(duet_path_mkdir, ("made", 0, when))                                      \
    X(duet_path_makedirs, ("made", 0, when))                                   \
    X(duet_path_rmdir, ("made", when))                                         \
    X(duet_path_stat, ("file", &facts, when))                                  \
    X(duet_path_unlink, ("file", when))                                        \
    X(duet_path_rename, ("file", "other", when))                               \
    X(duet_path_list, (".", NULL, OUT(duet_folder_list), when))                \
    X(duet_queue_get, (empty, &output, when))                                  \
    X(duet_queue_put, (full, bytes, when))                                     \
    X(duet_queue_join, (full, when))                                           \
    X(duet_read_write_lock_read, (read_write_lock, when))                      \
    X(duet_read_write_lock_write, (read_write_lock, when))                     \
    X(duet_read_next, (quiet_reader, (const char **)OUT(char), &length, when)) \
    X(duet_repeat_every, (1000, do_nothing, NULL, when))                       \
    X(duet_select,                                                             \
      (&(duet_select_case){.kind = DUET_SELECT_RECEIVE, .channel = channel},   \
       1, &length, when))                                                      \
    X(duet_semaphore_acquire, (semaphore, when))                               \
    X(duet_temporary_file_open, (NULL, OUT(duet_file), when))                  \
    X(duet_temporary_folder_open, (NULL, OUT(duet_temporary_folder), when))    \
    X(duet_to_thread, (do_nothing, NULL, NULL, when))                          \
    X(duet_to_thread_owned, (do_nothing, NULL, NULL, NULL, when))              \
    X(duet_wait_for, (do_nothing, NULL, NULL, NULL, when))                     \
    X(duet_whole_file_read, ("file", NULL, OUT(char), &length, when))          \
    X(duet_whole_file_write, ("file", bytes, 1, NULL, when))                   \
    X(duet_replacement_open, ("file", NULL, OUT(duet_file), when))             \
    X(duet_write, (full_writer, bytes, 1, when))

/* For tasks only, though they do not wait. */
#define FOR_TASKS(X)                                                           \
    X(duet_connect, ("127.0.0.1", 1, NULL, OUT(duet_connection), SOON))        \
    X(duet_sleep, (SOON))                                                      \
    X(duet_wait_readable, (0, SOON))                                           \
    X(duet_wait_writable, (0, SOON))                                           \
    X(duet_group_open, (OUT(duet_group)))                                      \
    X(duet_thread_pool_map_array,                                              \
      (NULL, do_nothing, bytes, 1, 1, NULL, NULL, SOON))                       \
    X(duet_process_pool_new, (NULL, OUT(duet_process_pool)))                   \
    X(duet_server_start, (application, NULL, OUT(duet_server)))                \
    X(duet_task_local_set, (bytes, bytes))                                     \
    X(duet_timeout_open, (SOON, OUT(duet_timeout)))                            \
    X(duet_yield, ())

/* For tasks and callbacks: where a loop runs. */
#define FOR_LOOPS(X)                                                           \
    X(duet_call_at, (SOON, call_nothing, NULL, OUT(duet_callback)))            \
    X(duet_call_soon, (call_nothing, NULL))                                    \
    X(duet_default_thread_pool, (OUT(duet_thread_pool)))                       \
    X(duet_future_new, (OUT(duet_future)))                                     \
    X(duet_session_open, (NULL, OUT(duet_session)))                            \
    X(duet_signal_handler_new,                                                 \
      (SIGUSR2, do_nothing, NULL, OUT(duet_signal_handler)))                   \
    X(duet_spawn, (do_nothing, NULL, NULL, OUT(duet_task)))

/* The same, of objects that only a task can make. */
#define WAITING_FOR_THEIRS(X)                                                  \
    X(duet_task_completions_next, (completions, OUT(duet_task), when))         \
    X(duet_fetch,                                                              \
      (session, "GET", "http://127.0.0.1:1/", NULL, OUT(duet_response), when)) \
    X(duet_process_calls_wait, (&call, 1, DUET_UNTIL_ALL, NULL, when))         \
    X(duet_process_completions_next,                                           \
      (completion, OUT(duet_process_call), when))                              \
    X(duet_process_pool_shutdown, (pool, false, when))                         \
    X(duet_file_write, (file, bytes, 1, when))                                 \
    X(duet_file_write_at, (file, 0, bytes, 1, when))                           \
    X(duet_file_seek, (file, 0, DUET_SEEK_END, NULL, when))                    \
    X(duet_file_truncate, (file, 0, when))                                     \
    X(duet_file_sync, (file, DUET_SYNC_FULL, when))                            \
    X(duet_file_stat, (file, &facts, when))                                    \
    X(duet_writer_flush, (writer, when))                                       \
    X(duet_future_wait, (future, NULL, when))

/* The same, which may have what they wait for at once, or pass a request to
 * cancel on to whom they wait for. */
#define PASSING_ON(X)                                                          \
    X(duet_process_start,                                                      \
      (do_nothing_there, NULL, 0, NULL, OUT(duet_process), when))              \
    X(duet_read_line, (reader, (const char **)OUT(char), &length, SOON))       \
    X(duet_file_read, (file, bytes, 1, &length, when))                         \
    X(duet_file_read_at, (file, 0, bytes, 1, &length, when))                   \
    X(duet_get_all, (session, &nowhere, 1, NULL, &result, SOON))               \
    X(duet_join, (sleeper, NULL, when))                                        \
    X(duet_shield, (sleeper, NULL, when))                                      \
    X(duet_task_wait, (sleeper, when))                                         \
    X(duet_wait_for_task, (sleeper, NULL, when))                               \
    X(duet_tasks_wait, (&sleeper, 1, DUET_UNTIL_ALL, NULL, when))

/* The same, which take them. */
#define TAKING_THEIRS(X)                                                       \
    X(duet_file_close, (closing, SOON))                                        \
    X(duet_replacement_commit, (replacing, SOON))

typedef struct misuse {
    const char *function;
    int (*call)(void);
} misuse;

#define DEFINE(function, arguments)                                            \
    static int misuse_##function(void)                                         \
    {                                                                          \
        return function arguments;                                             \
    }
#define LIST(function, arguments) {#function, misuse_##function},

WAITING(DEFINE)
FOR_TASKS(DEFINE)
FOR_LOOPS(DEFINE)
WAITING_FOR_THEIRS(DEFINE)
PASSING_ON(DEFINE)
TAKING_THEIRS(DEFINE)

static const misuse waiting[] = {WAITING(LIST)};
static const misuse for_tasks[] = {FOR_TASKS(LIST)};
static const misuse for_loops[] = {FOR_LOOPS(LIST)};
static const misuse waiting_for_theirs[] = {WAITING_FOR_THEIRS(LIST)};
static const misuse passing_on[] = {PASSING_ON(LIST)};
static const misuse taking_theirs[] = {TAKING_THEIRS(LIST)};

#define CALL_ALL(table, expected)                                              \
    call_all(table, sizeof(table) / sizeof *(table), expected)

/* How many did not return `expected`, or gave something out. */
static size_t call_all(const misuse *table, size_t count, int expected)
{
    size_t failed = 0;

    for (size_t i = 0; i < count; i++) {
        int status;

        output = NULL;
        if (expected == DUET_ECANCELED)
            duet_task_cancel(duet_current_task());
        status = table[i].call();
        if (expected == DUET_ECANCELED)
            duet_task_uncancel(duet_current_task());
        if (status == expected && output == NULL)
            continue;
        print_error("%s: %s, output %p\n", table[i].function,
                    duet_error_name(status), output);
        failed++;
    }
    return failed;
}

/* --- where they are called ------------------------------------------------ */

static void outside_loops_calls_say_that_there_is_none(void **state)
{
    (void)state;
    make_objects();
    when = SOON;
    assert_int_equal(CALL_ALL(waiting, DUET_ENOLOOP) +
                         CALL_ALL(for_tasks, DUET_ENOLOOP) +
                         CALL_ALL(for_loops, DUET_ENOLOOP),
                     0);
    free_objects();
}

static void *call_in_thread(void *failed)
{
    *(size_t *)failed = CALL_ALL(for_loops, DUET_ENOLOOP);
    return NULL;
}

/* A loop runs, in another thread. */
static int start_thread(void *failed)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, call_in_thread, failed) != 0)
        return DUET_ELIMIT;
    pthread_join(thread, NULL);
    return 0;
}

static void another_threads_loop_is_none(void **state)
{
    size_t failed = 1;

    (void)state;
    assert_status(duet_run(start_thread, &failed, NULL), 0);
    assert_int_equal(failed, 0);
}

static void call_in_callback(void *failed)
{
    when = SOON;
    *(size_t *)failed = CALL_ALL(waiting, DUET_ENOLOOP) +
                        CALL_ALL(for_tasks, DUET_ENOLOOP) +
                        CALL_ALL(waiting_for_theirs, DUET_ENOLOOP) +
                        CALL_ALL(passing_on, DUET_ENOLOOP) +
                        CALL_ALL(taking_theirs, DUET_ENOLOOP);
}

static int call_back(void *failed)
{
    make_objects();
    make_task_objects();
    make_processes();
    assert_status(duet_call_soon(call_in_callback, failed), 0);
    assert_status(duet_yield(), 0);
    free_processes();
    free_task_objects();
    free_objects();
    return 0;
}

static void callbacks_cannot_wait(void **state)
{
    size_t failed = 1;

    (void)state;
    test_make_file("file", "what the file holds");
    assert_status(duet_run(call_back, &failed, NULL), 0);
    assert_int_equal(failed, 0);
    test_file_holds("file", "what the file holds");
    assert_int_equal(test_count_entries("."), 1);
}

/* --- whose time has passed ------------------------------------------------ */

/* So that who wants them waits. What pool threads do might else be done before
 * anybody comes to wait for it. */
static int hold_locks(void *argument)
{
    (void)argument;
    assert_status(duet_lock_acquire(lock, SOON), 0);
    assert_status(duet_read_write_lock_write(read_write_lock, SOON), 0);
    (void)!duet_sleep(SOON);
    duet_read_write_lock_release(read_write_lock);
    duet_lock_release(lock);
    return 0;
}

static int call_in_vain(void *expected)
{
    duet_task *holder;
    size_t failed;

    make_objects();
    make_task_objects();
    make_processes();
    assert_status(duet_spawn(hold_locks, NULL, NULL, &holder), 0);
    assert_status(duet_yield(), 0);
    test_make_pool_busy();
    failed = CALL_ALL(waiting, *(int *)expected) +
             CALL_ALL(waiting_for_theirs, *(int *)expected);
    test_make_pool_free();
    duet_task_cancel(holder);
    assert_status(duet_join(holder, NULL, SOON), 0);
    assert_status(duet_file_close(closing, SOON), 0);
    assert_status(duet_file_close(replacing, SOON), 0);
    free_processes();
    free_task_objects();
    free_objects();
    assert_int_equal(failed, 0);
    return 0;
}

static void cancelled_tasks_wait_for_nothing(void **state)
{
    int expected = DUET_ECANCELED;

    (void)state;
    test_make_file("file", "what the file holds");
    when = SOON;
    assert_status(duet_run(call_in_vain, &expected, NULL), 0);
    test_file_holds("file", "what the file holds");
}

static void nothing_waits_for_a_time_that_has_passed(void **state)
{
    int expected = DUET_ETIMEDOUT;

    (void)state;
    test_make_file("file", "what the file holds");
    when = DUET_NOW;
    assert_status(duet_run(call_in_vain, &expected, NULL), 0);
}

/* --- NULL ----------------------------------------------------------------- */

static int free_nothing(void *argument)
{
    (void)argument;
    duet_application_free(NULL);
    duet_barrier_free(NULL);
    assert_false(duet_callback_cancel(NULL));
    duet_channel_free(NULL);
    duet_child_free(NULL);
    duet_task_completions_close(NULL);
    duet_condition_free(NULL);
    duet_connection_close(NULL);
    duet_event_free(NULL);
    duet_fields_free(NULL);
    assert_status(duet_file_close(NULL, SOON), 0);
    duet_folder_list_free(NULL);
    duet_form_free(NULL);
    duet_future_free(NULL);
    duet_listener_close(NULL);
    duet_lock_free(NULL);
    duet_loop_free(NULL);
    duet_multipart_free(NULL);
    duet_process_call_free(NULL);
    duet_process_completions_close(NULL);
    duet_process_free(NULL);
    duet_process_pool_free(NULL);
    duet_query_free(NULL);
    duet_queue_free(NULL);
    duet_read_write_lock_free(NULL);
    duet_reader_close(NULL);
    duet_response_free(NULL);
    duet_semaphore_free(NULL);
    assert_status(duet_server_stop(NULL, SOON), 0);
    duet_session_close(NULL);
    duet_shared_free(NULL);
    duet_signal_handler_free(NULL);
    duet_task_release(NULL);
    assert_status(duet_temporary_folder_close(NULL, SOON), 0);
    duet_thread_call_free(NULL);
    duet_thread_completions_close(NULL);
    duet_thread_map_close(NULL);
    duet_thread_pool_free(NULL);
    duet_thread_release(NULL);
    duet_url_free(NULL);
    duet_writer_close(NULL);
    return 0;
}

static void null_is_freed_in_tasks_and_outside(void **state)
{
    (void)state;
    assert_status(duet_run(free_nothing, NULL, NULL), 0);
    assert_status(free_nothing(NULL), 0);
}

PROCESS_TEST_MAIN(test(outside_loops_calls_say_that_there_is_none),
                  test(another_threads_loop_is_none),
                  in_folder(callbacks_cannot_wait),
                  in_folder(cancelled_tasks_wait_for_nothing),
                  in_folder(nothing_waits_for_a_time_that_has_passed),
                  test(null_is_freed_in_tasks_and_outside))
