/* SPDX-License-Identifier: MIT */
/* What the system refuses arrives as the code that the contract names: system
 * calls are made to fail, each in a process of its own. */
#include "support/refuse.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/busy_pool.h"
#include "support/folder.h"
#include "support/test.h"
#include "support/valgrind.h"

static const char from[] = "from", to[] = "to";

/* --- files ---------------------------------------------------------------- */

static int link_it(void *argument)
{
    (void)argument;
    return duet_path_link(from, to, DUET_NEVER);
}

static int rename_it(void *argument)
{
    (void)argument;
    return duet_path_rename(from, to, DUET_NEVER);
}

static int replace_it(void *argument)
{
    (void)argument;
    return duet_path_replace(from, to, DUET_NEVER);
}

static int make_folder(void *argument)
{
    (void)argument;
    return duet_path_mkdir(to, 0, DUET_NEVER);
}

static int remove_it(void *argument)
{
    (void)argument;
    return duet_path_unlink(from, DUET_NEVER);
}

static int copy_it(void *argument)
{
    (void)argument;
    return duet_path_copy(from, to, NULL, NULL, DUET_NEVER);
}

static int open_it(void *argument)
{
    duet_file *file;
    int status = duet_file_open(from, "r", NULL, &file, DUET_NEVER);

    (void)argument;
    return status != 0 ? status : duet_file_close(file, DUET_NEVER);
}

static int sync_it(void *argument)
{
    duet_file *file;
    int status = duet_file_open(from, "a", NULL, &file, DUET_NEVER);

    (void)argument;
    if (status != 0)
        return status;
    status = duet_file_sync(file, DUET_SYNC_FULL, DUET_NEVER);
    (void)!duet_file_close(file, DUET_NEVER);
    return status;
}

static int write_whole(void *argument)
{
    (void)argument;
    return duet_whole_file_write(to, "new", 3, NULL, DUET_NEVER);
}

static int begin_to_replace(void *argument)
{
    duet_file *file;
    int status = duet_replacement_open(from, NULL, &file, DUET_NEVER);

    (void)argument;
    return status != 0 ? status : duet_file_close(file, DUET_NEVER);
}

static int read_whole(void *argument)
{
    char *bytes;
    int status = duet_whole_file_read(from, NULL, &bytes, NULL, DUET_NEVER);

    (void)argument;
    free(bytes);
    return status;
}

/* A file that was opened on another loop, whose threads have ended: here each
 * call needs a thread. */
static duet_file *open_before;

/* More than is read without a thread. */
enum { UNCACHED_BYTES = 1024 * 1024 };

static int read_before(void *argument)
{
    static char bytes[UNCACHED_BYTES];
    size_t length;

    (void)argument;
    return duet_file_read(open_before, bytes, sizeof bytes, &length,
                          DUET_NEVER);
}

static int write_before(void *argument)
{
    (void)argument;
    return duet_file_write(open_before, "new", 3, DUET_NEVER);
}

static int seek_before(void *argument)
{
    (void)argument;
    return duet_file_seek(open_before, 0, DUET_SEEK_END, NULL, DUET_NEVER);
}

static int sync_before(void *argument)
{
    (void)argument;
    return duet_file_sync(open_before, DUET_SYNC_FULL, DUET_NEVER);
}

static int truncate_before(void *argument)
{
    (void)argument;
    return duet_file_truncate(open_before, 1, DUET_NEVER);
}

static int close_before(void *argument)
{
    (void)argument;
    return duet_file_close(open_before, DUET_NEVER);
}

static int commit_before(void *argument)
{
    (void)argument;
    return duet_replacement_commit(open_before, DUET_NEVER);
}

static int read_line_before(void *argument)
{
    duet_reader *reader;
    const char *line;
    size_t length;
    int status = duet_file_reader(open_before, NULL, &reader);

    (void)argument;
    if (status != 0)
        return status;
    if (!test_refuse(SYS_preadv2, ENOSYS)) /* needs no thread */
        return 1;
    status = duet_read_line(reader, &line, &length, DUET_NEVER);
    duet_reader_close(reader);
    return status;
}

static int open_for_later(void *path)
{
    return duet_replacement_open(path, NULL, &open_before, DUET_NEVER);
}

static int open_temporary(void *argument)
{
    duet_file *file;
    int status = duet_temporary_file_open(NULL, &file, DUET_NEVER);

    (void)argument;
    return status != 0 ? status : duet_file_close(file, DUET_NEVER);
}

static int open_temporary_folder(void *argument)
{
    duet_temporary_folder *folder;
    int status = duet_temporary_folder_open(NULL, &folder, DUET_NEVER);

    (void)argument;
    return status != 0 ? status
                       : duet_temporary_folder_close(folder, DUET_NEVER);
}

/* A call that has ended before the task waits for it is not cancelled: here it
 * cannot begin. */
static int cancel_temporary(void *argument)
{
    int status;

    test_make_pool_busy();
    duet_task_cancel(duet_current_task());
    status = open_temporary(argument);
    test_make_pool_free();
    return status;
}

/* --- threads and processes ------------------------------------------------ */

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

static int submit_to_pool(void *argument)
{
    duet_thread_pool *pool;
    duet_thread_call *call;
    int status = duet_thread_pool_new(NULL, &pool);

    if (status != 0)
        return status;
    status = duet_thread_pool_submit(pool, do_nothing, argument, NULL, &call,
                                     DUET_NEVER);
    duet_thread_call_free(call);
    duet_thread_pool_free(pool);
    return status;
}

static int start_thread(void *argument)
{
    duet_thread *thread;
    int status = duet_thread_start(do_nothing, argument, NULL, &thread);

    return status != 0 ? status : duet_thread_join(thread, NULL, DUET_NEVER);
}

static int do_nothing_in_process(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    return 0;
}

static int start_process(void *argument)
{
    duet_process *process;
    int status = duet_process_start(do_nothing_in_process, NULL, 0, NULL,
                                    &process, DUET_NEVER);

    (void)argument;
    duet_process_free(process);
    return status;
}

static int share(void *argument)
{
    duet_shared *shared;
    int status = duet_shared_new(1, 8, &shared);

    (void)argument;
    duet_shared_free(shared);
    return status;
}

static int start_child(void *argument)
{
    const char *const arguments[] = {"true", NULL};
    const duet_child_options options = {.ends = {DUET_CHILD_PIPE}};
    duet_child *child;
    int status = duet_child_start(arguments, &options, &child);

    (void)argument;
    duet_child_free(child);
    return status;
}

static int signal_child(void *argument)
{
    const char *const arguments[] = {"sleep", "1000", NULL};
    duet_child *child;
    int status = duet_child_start(arguments, NULL, &child);

    (void)argument;
    if (status != 0)
        return status;
    status = duet_child_signal(child, SIGTERM);
    kill(duet_child_id(child), SIGKILL);
    assert_status(duet_child_wait(child, NULL, DUET_NEVER), 0);
    duet_child_free(child);
    return status;
}

static int next_of_none(void *context, void **out_argument)
{
    (void)context;
    *out_argument = NULL;
    return 0;
}

static int map_in_threads(void *argument)
{
    duet_thread_pool *pool;
    duet_thread_map *map = NULL;
    int status = duet_thread_pool_new(NULL, &pool);

    if (status == 0)
        status = duet_thread_map_open(pool, do_nothing, next_of_none, argument,
                                      NULL, &map);
    if (status == 0)
        status = duet_thread_map_next(map, NULL, NULL, DUET_NEVER);
    duet_thread_map_close(map);
    duet_thread_pool_free(pool);
    return status;
}

static int map_array_in_threads(void *argument)
{
    int number = 0;

    (void)argument;
    return duet_thread_pool_map_array(NULL, do_nothing, &number, 1,
                                      sizeof number, NULL, NULL, DUET_NEVER);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static int spawn_with_large_stack(void *argument)
{
    const duet_spawn_options options = {.stack_bytes = 64 * 1024 * 1024};
    duet_task *task;
    int status = duet_spawn(do_nothing, argument, &options, &task);

    return status != 0 ? status : duet_join(task, NULL, DUET_NEVER);
}
#endif

static int do_in_thread(void *argument)
{
    return duet_to_thread(do_nothing, argument, NULL, DUET_NEVER);
}

static int start_fork_server(void *argument)
{
    int status = duet_process_server_start();

    (void)argument;
    duet_process_server_stop();
    return status;
}

static int listen_at_all(void *argument)
{
    duet_application *application;
    duet_server *server = NULL;
    int status = duet_application_new(NULL, &application);

    (void)argument;
    if (status == 0)
        status = duet_server_start(application, NULL, &server);
    duet_server_stop(server, DUET_NEVER);
    duet_application_free(application);
    return status;
}

static int fetch_it(void *argument)
{
    duet_session *session;
    duet_response *response = NULL;
    int status = duet_session_open(NULL, &session);

    (void)argument;
    if (status == 0)
        status = duet_fetch(session, "GET", "http://127.0.0.1:1/", NULL,
                            &response, DUET_NEVER);
    duet_response_free(response);
    duet_session_close(session);
    return status;
}

static int connect_it(void *argument)
{
    duet_connection *connection;
    int status = duet_connect("127.0.0.1", 1, NULL, &connection, DUET_NEVER);

    (void)argument;
    return status;
}

static int open_listener(void *argument)
{
    duet_listener *listener;
    int status = duet_listener_open(NULL, &listener);

    (void)argument;
    duet_listener_close(listener);
    return status;
}

static int accept_it(void *argument)
{
    const duet_listener_options options = {.unix_path = "@duet-refused"};
    duet_connection *client = NULL;
    duet_connection *connection = NULL;
    duet_listener *listener;
    int status = duet_listener_open(&options, &listener);

    (void)argument;
    if (status == 0)
        status = duet_connect_unix(options.unix_path, &client, DUET_NEVER);
    if (status == 0)
        status = duet_listener_accept(listener, &connection, DUET_NEVER);
    duet_connection_close(connection);
    duet_connection_close(client);
    duet_listener_close(listener);
    return status;
}

static int handle_signal(void *argument)
{
    duet_signal_handler *handler;
    int status =
        duet_signal_handler_new(SIGUSR1, do_nothing, argument, &handler);

    duet_signal_handler_free(handler);
    return status;
}

static duet_loop *made;

static int start_loop(void *argument)
{
    return duet_loop_start(made, do_nothing, argument);
}

static int run_watched_loop(void *argument)
{
    return duet_loop_run(made, do_nothing, argument);
}

static int make_loop(void *argument)
{
    duet_loop *loop;
    int status = duet_loop_new(NULL, &loop);

    (void)argument;
    duet_loop_free(loop);
    return status;
}

/* --- the table ------------------------------------------------------------ */

typedef struct refusal {
    const char *what;
    long call; /* to be refused; -1 for none */
    int error;
    int (*function)(void *argument);
    int expected;
    bool outside; /* of tasks */
} refusal;

/* Threads are made by clone3(), or by clone() where that is refused. */
enum { NONE = -1, THREADS = -2 };

#ifdef SYS_rename
enum {
    RENAME = SYS_rename,
    MKDIR = SYS_mkdir,
    UNLINK = SYS_unlink,
    LINK = SYS_link
};
#else
enum {
    RENAME = SYS_renameat,
    MKDIR = SYS_mkdirat,
    UNLINK = SYS_unlinkat,
    LINK = SYS_linkat
};
#endif

static const refusal refusals[] = {
    {"rename", SYS_renameat2, EXDEV, rename_it, DUET_EXDEV, false},
    {"rename", SYS_renameat2, EROFS, rename_it, DUET_EROFS, false},
    {"rename", SYS_renameat2, EPERM, rename_it, DUET_EPERM, false},
    {"replace", RENAME, EXDEV, replace_it, DUET_EXDEV, false},
    {"replace", RENAME, EIO, replace_it, DUET_EIO, false},
    {"link", LINK, EXDEV, link_it, DUET_EXDEV, false},
    {"folder", MKDIR, EROFS, make_folder, DUET_EROFS, false},
    {"folder", MKDIR, EACCES, make_folder, DUET_EACCES, false},
    {"folder", MKDIR, EDQUOT, make_folder, DUET_EDQUOT, false},
    {"unlink", UNLINK, EACCES, remove_it, DUET_EACCES, false},
    {"copy", SYS_copy_file_range, ENOSPC, copy_it, DUET_ENOSPC, false},
    {"copy", SYS_copy_file_range, EIO, copy_it, DUET_EIO, false},
    {"copy", THREADS, EAGAIN, copy_it, DUET_ELIMIT, false},
    {"copy", NONE, 0, copy_it, DUET_ENOLOOP, true},
    {"open", SYS_openat, EACCES, open_it, DUET_EACCES, false},
    {"open", SYS_openat, ENFILE, open_it, DUET_ENFILE, false},
    {"open", SYS_openat, EMFILE, open_it, DUET_EMFILE, false},
    {"open", THREADS, EAGAIN, open_it, DUET_ELIMIT, false},
    {"open", NONE, 0, open_it, DUET_ENOLOOP, true},
    {"sync", SYS_fsync, EIO, sync_it, DUET_EIO, false},
    {"sync", SYS_fsync, ENOSPC, sync_it, DUET_ENOSPC, false},
    {"whole file", SYS_openat, EACCES, write_whole, DUET_EACCES, false},
    {"whole file", SYS_openat, EROFS, write_whole, DUET_EROFS, false},
    {"whole file", SYS_fsync, EIO, write_whole, DUET_EIO, false},
    {"whole file", SYS_fsync, ENOSPC, write_whole, DUET_ENOSPC, false},
    {"whole file", THREADS, EAGAIN, write_whole, DUET_ELIMIT, false},
    {"whole file", NONE, 0, write_whole, DUET_ENOLOOP, true},
    {"whole file", SYS_openat, EACCES, read_whole, DUET_EACCES, false},
    {"whole file", NONE, 0, read_whole, DUET_ENOLOOP, true},
    {"temporary", SYS_openat, EACCES, open_temporary, DUET_EACCES, false},
    {"temporary", SYS_openat, EROFS, open_temporary, DUET_EROFS, false},
    {"temporary", SYS_openat, ENOSPC, open_temporary, DUET_ENOSPC, false},
    {"temporary", THREADS, EAGAIN, open_temporary, DUET_ELIMIT, false},
    {"temporary", NONE, 0, open_temporary, DUET_ENOLOOP, true},
    {"temporary", NONE, 0, cancel_temporary, DUET_ECANCELED, false},
    {"temporary", MKDIR, EROFS, open_temporary_folder, DUET_EROFS, false},
    {"thread pool", THREADS, EAGAIN, submit_to_pool, DUET_ELIMIT, false},
    {"thread pool", THREADS, EAGAIN, submit_to_pool, DUET_ELIMIT, true},
    {"thread", THREADS, EAGAIN, start_thread, DUET_ELIMIT, false},
    {"process", THREADS, EAGAIN, start_process, DUET_EAGAIN, true},
    {"process", SYS_socketpair, ENFILE, start_process, DUET_ENFILE, true},
    {"process", SYS_socketpair, EMFILE, start_process, DUET_EMFILE, true},
    {"shared", SYS_memfd_create, EMFILE, share, DUET_EMFILE, true},
    {"shared", SYS_memfd_create, ENFILE, share, DUET_ENFILE, true},
    {"child", SYS_pipe2, EMFILE, start_child, DUET_EMFILE, false},
    {"child", SYS_pipe2, ENFILE, start_child, DUET_ENFILE, false},
    {"child", THREADS, EAGAIN, start_child, DUET_EAGAIN, false},
    {"child", SYS_pidfd_send_signal, EPERM, signal_child, DUET_EPERM, false},
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    /* The sanitizers need mappings of their own. */
    {"spawn", SYS_mmap, ENOMEM, spawn_with_large_stack, DUET_ELIMIT, false},
#endif
    {"map array", THREADS, EAGAIN, map_array_in_threads, DUET_ELIMIT, false},
    {"thread map", THREADS, EAGAIN, map_in_threads, DUET_ELIMIT, false},
    {"to thread", THREADS, EAGAIN, do_in_thread, DUET_ELIMIT, false},
    {"fork server", THREADS, EAGAIN, start_fork_server, DUET_EAGAIN, true},
    {"fork server", THREADS, ENOMEM, start_fork_server, DUET_ENOMEM, true},
    {"fork server", SYS_socketpair, EMFILE, start_fork_server, DUET_EMFILE,
     true},
    {"fork server", SYS_socketpair, ENFILE, start_fork_server, DUET_ENFILE,
     true},
    {"server", SYS_socket, EMFILE, listen_at_all, DUET_EMFILE, false},
    {"server", SYS_socket, ENFILE, listen_at_all, DUET_ENFILE, false},
    {"server", SYS_bind, EACCES, listen_at_all, DUET_EACCES, false},
    {"server", SYS_bind, EADDRINUSE, listen_at_all, DUET_EADDRINUSE, false},
    {"connect", SYS_socket, EMFILE, connect_it, DUET_EMFILE, false},
    {"connect", SYS_connect, EADDRNOTAVAIL, connect_it, DUET_EADDRNOTAVAIL,
     false},
    {"listener", SYS_bind, EACCES, open_listener, DUET_EACCES, false},
    {"accept", SYS_accept4, EMFILE, accept_it, DUET_EMFILE, false},
    {"accept", SYS_accept4, ENFILE, accept_it, DUET_ENFILE, false},
    {"fetch", SYS_connect, ENETUNREACH, fetch_it, DUET_ENETUNREACH, false},
    {"fetch", SYS_connect, EHOSTUNREACH, fetch_it, DUET_EHOSTUNREACH, false},
    {"fetch", SYS_connect, EADDRNOTAVAIL, fetch_it, DUET_ECONNECT, false},
    {"fetch", SYS_socket, EMFILE, fetch_it, DUET_EMFILE, false},
    {"signal handler", SYS_eventfd2, EMFILE, handle_signal, DUET_EMFILE, false},
    {"signal handler", SYS_eventfd2, ENFILE, handle_signal, DUET_ENFILE, false},
    {"embedded loop", SYS_timerfd_create, EMFILE, start_loop, DUET_EMFILE,
     true},
    {"embedded loop", SYS_timerfd_create, ENFILE, start_loop, DUET_ENFILE,
     true},
    {"watched loop", THREADS, EAGAIN, run_watched_loop, DUET_EAGAIN, true},
    {"replacement", SYS_openat, EACCES, begin_to_replace, DUET_EACCES, false},
    {"replacement", SYS_openat, EROFS, begin_to_replace, DUET_EROFS, false},
    {"replacement", SYS_openat, ENOSPC, begin_to_replace, DUET_ENOSPC, false},
    {"replacement", THREADS, EAGAIN, begin_to_replace, DUET_ELIMIT, false},
    {"read whole", THREADS, EAGAIN, read_whole, DUET_ELIMIT, false},
    {"read", THREADS, EAGAIN, read_before, DUET_ELIMIT, false},
    {"line", THREADS, EAGAIN, read_line_before, DUET_ELIMIT, false},
    {"write", THREADS, EAGAIN, write_before, DUET_ELIMIT, false},
    {"seek", THREADS, EAGAIN, seek_before, DUET_ELIMIT, false},
    {"sync", THREADS, EAGAIN, sync_before, DUET_ELIMIT, false},
    {"truncate", THREADS, EAGAIN, truncate_before, DUET_ELIMIT, false},
    {"close", THREADS, EAGAIN, close_before, DUET_ELIMIT, false},
    {"commit", THREADS, EAGAIN, commit_before, DUET_ELIMIT, false},
    {"loop", SYS_epoll_create1, EMFILE, make_loop, DUET_EMFILE, true},
    {"loop", SYS_epoll_create1, ENFILE, make_loop, DUET_ENFILE, true},
};

/* --- each in a process ---------------------------------------------------- */

static int refused_status;

static bool refuse(long call, int error)
{
    if (call == THREADS)
        return test_refuse(SYS_clone3, error) && test_refuse(SYS_clone, error);
    return call < 0 || test_refuse(call, error);
}

/* Refused from here on: the loop is there. */
static int refuse_and_call(void *argument)
{
    const refusal *row = argument;

    if (!refuse(row->call, row->error))
        return 1;
    refused_status = row->function(NULL);
    return 0;
}

/* In the process: the exit code is 0, or says that nothing can be refused. */
static int play(const refusal *row)
{
    static const duet_loop_options watched = {.slow_step_ms = 1000};
    enum { CANNOT = 77 };
    int status = duet_loop_new(&watched, &made);

    if (status == 0 && !row->outside)
        status = duet_run(open_for_later, (void *)(uintptr_t)to, NULL);
    if (status != 0)
        return CANNOT;
    status = row->outside
                 ? refuse_and_call((void *)(uintptr_t)row)
                 : duet_run(refuse_and_call, (void *)(uintptr_t)row, NULL);

    if (status != 0)
        return CANNOT;
    if (refused_status == row->expected)
        return 0;
    fprintf(stderr, "%s, call %ld refused with %d: %s (%s), expected %s\n",
            row->what, row->call, row->error, duet_error_name(refused_status),
            duet_error_detail(), duet_error_name(row->expected));
    return 1;
}

static void refused_calls_give_the_codes_of_the_contracts(void **state)
{
    int failed = 0;

    (void)state;
    test_needs_kernel("filters of system calls");
    if (test_on_valgrind())
        test_skip("Valgrind makes the system calls itself");
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        pid_t child;
        int end;

        test_make_file(from, "old");
        unlink(to);
        rmdir(to);
        child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(play(&refusals[i]));
        assert_int_equal(waitpid(child, &end, 0), child);
        failed += end != 0;
        if (end != 0)
            print_error("row %zu, %s: ended with %#x\n", i, refusals[i].what,
                        (unsigned)end);
    }
    assert_int_equal(failed, 0);
}

TEST_MAIN(in_folder(refused_calls_give_the_codes_of_the_contracts))
