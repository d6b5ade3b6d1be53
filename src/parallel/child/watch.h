/* SPDX-License-Identifier: MIT */
/* watch.h - a descriptor that becomes readable when a process ends. */
#ifndef DUET_PARALLEL_CHILD_WATCH_H
#define DUET_PARALLEL_CHILD_WATCH_H

#include <signal.h>
#include <stdbool.h>

#include <duet/exit_status.h>

/* Invariant: while `descriptor` is open, the process is running or a zombie, so
 * its id is not reused, unless other code of this program waits for it. */
typedef struct duet__child_watch {
    int id;
    int descriptor; /* readable once it has ended; -1: no process */
    bool is_pidfd;  /* else a pipe */
} duet__child_watch;

/* Begins to watch a child process that was not reaped yet.
 *
 *   out_watch  without a process on failure
 *
 * Returns 0, or
 *   DUET_EMFILE, DUET_ENFILE no descriptor is free DUET_ENOMEM, DUET_EAGAIN no
 *   memory; no more threads */
int duet__child_watch_open(int id, duet__child_watch *out_watch);

/* Takes the status of the process if it has ended.
 *
 * Returns 0, DUET_EAGAIN if it has not, DUET_ECHILD if it is not ours. */
int duet__child_watch_reap(const duet__child_watch *watch,
                           duet_exit_status *out_status);

/* Sends a signal to a process that was not reaped. Returns 0 or the code of
 * kill()'s error. */
int duet__child_watch_signal(const duet__child_watch *watch, int signal);

/* Blocks until the process has ended. */
void duet__child_watch_block(const duet__child_watch *watch);

/* Does nothing without a process. */
void duet__child_watch_close(duet__child_watch *watch);

/* Converts the result of waitid() to a status. */
duet_exit_status duet__exit_status(const siginfo_t *info);

#endif
