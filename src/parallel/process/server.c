/* SPDX-License-Identifier: MIT */
/* server.c - the program's side of the fork server's life.
 *
 * Owns the control socket. Invariant: `control` is open exactly while `server`
 * is a child process that was not reaped. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/single_threaded.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "parallel/process/process.h"
#include "parallel/process/serve.h"
#include "parallel/process/server.h"
#include "runtime/context/sanitizer.h"

/* ThreadSanitizer has a thread of its own in every program. */
static int threads_allowed(void)
{
    return __tsan_create_fiber != NULL ? 2 : 1;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int control = -1; /* guarded by mutex */
static pid_t server;     /* guarded by mutex */

/* How many threads this program has; a large number if that is unknown. While
 * the C library has made no thread, further ones in /proc belong to an
 * emulator, which handles fork() itself. */
static int count_threads(void)
{
    DIR *folder;
    const struct dirent *entry;
    int count = 0;

    if (__libc_single_threaded)
        return 1;
    folder = opendir("/proc/self/task");
    if (folder == NULL)
        return 1000;
    while ((entry = readdir(folder)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* With the mutex held. */
static int fork_server(void)
{
    int ends[2];
    int status;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return duet__error_from_errno(errno);
    fflush(NULL);
    server = fork();
    if (server == 0) {
        control = -1; /* a process may start a server of its own */
        pthread_mutex_unlock(&mutex);
        duet__process_serve(ends[1]);
    }
    status = server < 0 ? duet__error_from_errno(errno) : 0;
    close(ends[1]);
    if (status != 0)
        close(ends[0]);
    else
        control = ends[0];
    return status;
}

int duet__process_server(int *out_control)
{
    int status = 0;
    int threads;

    pthread_mutex_lock(&mutex);
    if (control < 0) {
        threads = count_threads();
        status = threads > threads_allowed()
                     ? duet__fail(DUET_ESTATE,
                                  "no fork server runs, and a program with %d "
                                  "threads cannot fork safely: call "
                                  "duet_process_server_start() before the "
                                  "first thread is made",
                                  threads)
                     : fork_server();
    }
    *out_control = control;
    pthread_mutex_unlock(&mutex);
    return status;
}

int duet_process_server_start(void)
{
    int ignored;

    return duet__process_server(&ignored);
}

/* With the mutex held. */
static void stop(void)
{
    close(control);
    control = -1;
    while (waitpid(server, NULL, 0) < 0 && errno == EINTR)
        continue;
}

void duet__process_server_died(int dead)
{
    pthread_mutex_lock(&mutex);
    if (control >= 0 && control == dead)
        stop();
    pthread_mutex_unlock(&mutex);
}

void duet_process_server_stop(void)
{
    pthread_mutex_lock(&mutex);
    if (control >= 0)
        stop();
    pthread_mutex_unlock(&mutex);
}
