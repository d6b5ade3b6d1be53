/* SPDX-License-Identifier: MIT */
/* child.c - writes to a running program, waits for it, ends it. */
#include "parallel/child/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/core/descriptor.h"
#include "runtime/run/quiet_write.h"
#include "runtime/core/task.h"

DUET__LIVES("child")

void duet__child_begins(duet_child *child)
{
    DUET__LIFE_BEGINS(child);
}

int duet_child_id(const duet_child *child)
{
    return child->id;
}

int duet_child_descriptor(const duet_child *child, duet_child_stream stream)
{
    return child->pipes[stream];
}

static void close_pipe(duet_child *child, int stream)
{
    if (child->pipes[stream] >= 0)
        close(child->pipes[stream]);
    child->pipes[stream] = -1;
}

/* --- standard input ------------------------------------------------------ */

int duet_child_write(duet_child *child, const void *bytes, size_t length,
                     duet_deadline deadline)
{
    const char *next = bytes;
    int status = 0;

    while (length > 0 && status == 0) {
        int descriptor = child->pipes[DUET_CHILD_INPUT];
        ssize_t written;

        if (descriptor < 0)
            return duet__fail_plainly(DUET_ESTATE);
        written = duet__quiet_write(descriptor, next, length, false);
        if (written >= 0) {
            next += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN) {
            status = duet__descriptor_await(descriptor, true, DUET__FOR_WORK,
                                            deadline);
        } else if (errno != EINTR) {
            status = duet__error_from_errno(errno);
        }
    }
    return status;
}

void duet_child_close_input(duet_child *child)
{
    close_pipe(child, DUET_CHILD_INPUT);
}

/* --- the end ------------------------------------------------------------- */

/* Takes the exit status if there is one. Returns the codes of
 * duet__child_watch_reap(). */
static int look(duet_child *child)
{
    int status = 0;

    if (!child->ended)
        status = duet__child_watch_reap(&child->watch, &child->status);
    if (status == 0)
        child->ended = true;
    return status;
}

int duet_child_wait(duet_child *child, duet_exit_status *out_status,
                    duet_deadline deadline)
{
    int status;

    while ((status = look(child)) == DUET_EAGAIN) {
        status = duet__descriptor_await(child->watch.descriptor, false,
                                        DUET__FOR_WORK, deadline);
        if (status != 0)
            return status;
    }
    if (status == 0 && out_status != NULL)
        *out_status = child->status;
    return status;
}

int duet_child_signal(duet_child *child, int signal)
{
    if (look(child) != DUET_EAGAIN)
        return duet__fail_plainly(DUET_ESRCH);
    if (!child->new_group)
        return duet__child_watch_signal(&child->watch, signal);
    return kill(-child->id, signal) != 0 ? duet__error_from_errno(errno) : 0;
}

int duet_child_stop(duet_child *child, duet_exit_status *out_status,
                    duet_deadline deadline)
{
    bool cancelled = false;
    int status;

    duet_child_signal(child, SIGTERM);
    status = duet_child_wait(child, out_status, deadline);
    if (status == 0 || status == DUET_ECHILD)
        return status;
    cancelled = status == DUET_ECANCELED;
    duet_child_signal(child, SIGKILL);
    while ((status = duet_child_wait(child, out_status, DUET_NEVER)) ==
           DUET_ECANCELED)
        cancelled = true;
    return cancelled ? DUET_ECANCELED : status;
}

static void forget(duet_child *child)
{
    duet__child_watch_close(&child->watch);
    free(child);
}

/* A task of the loop itself: reaps a killed program, even if the task is
 * cancelled. */
static int reap(void *argument)
{
    while (duet_child_wait(argument, NULL, DUET_NEVER) == DUET_ECANCELED)
        continue;
    forget(argument);
    return 0;
}

/* The kernel may take a while to end a large program; the loop is not blocked
 * meanwhile. */
static void reap_later(duet_child *child)
{
    const duet_spawn_options options = {.name = "reap"};
    duet_loop *loop = duet_current_loop();

    if (loop != NULL && duet__task_spawn(loop, &loop->background, reap, child,
                                         &options, NULL) == 0)
        return;
    duet__child_watch_block(&child->watch);
    look(child);
    forget(child);
}

void duet_child_free(duet_child *child)
{
    if (child == NULL)
        return;
    DUET__LIFE_ENDS(child);
    for (int i = 0; i < 3; i++)
        close_pipe(child, i);
    for (int i = 0; i < 2; i++)
        free(child->sources[i].bytes);
    if (!child->ended)
        duet_child_signal(child, SIGKILL);
    if (look(child) == DUET_EAGAIN)
        reap_later(child);
    else
        forget(child);
}
