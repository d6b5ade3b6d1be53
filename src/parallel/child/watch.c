/* SPDX-License-Identifier: MIT */
/* watch.c - watches a process with a pidfd; or, if the system has none, with a
 * thread.
 *
 * Linux has pidfd_open() since 5.3, some sandboxes refuse it, and Valgrind
 * 3.19 does not know it. Then a thread waits for the process without reaping
 * it, and closes its end of a pipe. Invariant: the process is reaped after
 * that, so the thread never waits for an id that was reused. */
#include "parallel/child/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

/* --- a thread ------------------------------------------------------------ */

typedef struct waiter {
    int id;
    int end; /* of the pipe; owned */
} waiter;

static void *wait_for_end(void *argument)
{
    waiter self = *(waiter *)argument;
    siginfo_t ignored;

    free(argument);
    while (waitid(P_PID, (id_t)self.id, &ignored, WEXITED | WNOWAIT) != 0 &&
           errno == EINTR)
        continue;
    close(self.end);
    return NULL;
}

/* The thread blocks all signals: they go to the program's own threads. Returns
 * an errno value. */
static int start_thread(waiter *self)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    int error = pthread_attr_init(&attributes);

    if (error != 0)
        return error;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&thread, &attributes, wait_for_end, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error;
}

static int open_thread(int id, duet__child_watch *watch)
{
    waiter *self = malloc(sizeof *self);
    int ends[2];
    int error;

    if (self == NULL)
        return DUET_ENOMEM;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        error = errno;
        free(self);
        return duet__error_from_errno(error);
    }
    *self = (waiter){.id = id, .end = ends[1]};
    error = start_thread(self);
    if (error != 0) {
        close(ends[0]);
        close(ends[1]);
        free(self);
        return duet__error_from_errno(error);
    }
    watch->descriptor = ends[0];
    return 0;
}

/* --- both ---------------------------------------------------------------- */

int duet__child_watch_open(int id, duet__child_watch *out_watch)
{
    int descriptor = pidfd_open(id, 0);

    *out_watch = (duet__child_watch){
        .id = id, .descriptor = descriptor, .is_pidfd = descriptor >= 0};
    if (descriptor >= 0)
        return 0;
    if (errno == ENOSYS || errno == EPERM || errno == EACCES)
        return open_thread(id, out_watch);
    return duet__error_from_errno(errno);
}

duet_exit_status duet__exit_status(const siginfo_t *info)
{
    if (info->si_code == CLD_EXITED)
        return (duet_exit_status){.code = info->si_status};
    return (duet_exit_status){.code = -1,
                              .signal = info->si_status,
                              .dumped_core = info->si_code == CLD_DUMPED};
}

int duet__child_watch_reap(const duet__child_watch *watch,
                           duet_exit_status *out_status)
{
    siginfo_t info = {0};
    char byte;
    int result;

    if (!watch->is_pidfd && read(watch->descriptor, &byte, 1) != 0)
        return DUET_EAGAIN; /* the thread has not closed its end yet */
    result =
        watch->is_pidfd
            ? waitid(P_PIDFD, (id_t)watch->descriptor, &info, WEXITED | WNOHANG)
            : waitid(P_PID, (id_t)watch->id, &info, WEXITED | WNOHANG);
    if (result != 0)
        return duet__error_from_errno(errno);
    if (info.si_pid == 0)
        return DUET_EAGAIN;
    *out_status = duet__exit_status(&info);
    return 0;
}

int duet__child_watch_signal(const duet__child_watch *watch, int signal)
{
    int result = watch->is_pidfd
                     ? pidfd_send_signal(watch->descriptor, signal, NULL, 0)
                     : kill(watch->id, signal);

    return result != 0 ? duet__error_from_errno(errno) : 0;
}

void duet__child_watch_block(const duet__child_watch *watch)
{
    struct pollfd end = {.fd = watch->descriptor, .events = POLLIN};

    while (poll(&end, 1, -1) < 0 && errno == EINTR)
        continue;
}

void duet__child_watch_close(duet__child_watch *watch)
{
    if (watch->descriptor >= 0)
        close(watch->descriptor);
    watch->descriptor = -1;
}
