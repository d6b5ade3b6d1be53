/* SPDX-License-Identifier: MIT */
/* process.h - runs functions in processes of their own.
 *
 * A process that forks while it has several threads risks a deadlock in the
 * child: a lock that another thread held stays locked there for ever. So
 * processes come from a fork server: a copy of this program that was made while
 * it had one thread, and only forks. Start it at the beginning of main():
 *
 *     int main(void)
 *     {
 *         int status = duet_process_server_start();
 *
 *         if (status == 0)
 *             status = duet_run(work, NULL, NULL);
 *         if (status != 0)
 *             fprintf(stderr, "%s\n", duet_error_message(status));
 *         return status != 0;
 *     }
 *
 * If it was not started, the first duet_process_start() starts it if this
 * program has one thread, and fails with DUET_ESTATE if it has more.
 *
 * A process begins with the memory that this program had when the server
 * started: it gets data as bytes in its argument, and in shared memory
 * (shared.h). Functions of libraries that were loaded later are not available.
 * It has standard output and error, no other descriptor of ours but those it is
 * given, an empty standard input, every signal at its default but SIGINT, which
 * is ignored as the terminal sends it to all, and a stack of 8 MiB. It may run
 * a loop of its own, make threads, and use duet_process_start().
 *
 * When this program ends, in whatever way, its processes end, too.
 *
 * Threads: any. Where a deadline is the last parameter, a task suspends and a
 * plain thread blocks. A handle is for one thread at a time.
 */
#ifndef DUET_PROCESS_H
#define DUET_PROCESS_H

#include <stddef.h>

#include <duet/exit_status.h>
#include <duet/export.h>
#include <duet/shared.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_process duet_process;

/* The function that a process runs, with a copy of the bytes given to
 * duet_process_start(), aligned for any type. Its result is the exit code if it
 * is 0 to 255, else the exit code is 1. */
typedef int duet_process_function(const void *argument, size_t length);

typedef struct duet_process_options {
    /* For people; copied, cut at 15 bytes. Default "duet-process". */
    const char *name;
    /* Memories for duet_process_shared() in the process; borrowed until return,
     * the process has its own reference. At most 16. Default none. */
    duet_shared *const *shared;
    size_t shared_count;
    /* Descriptors for duet_process_descriptor() in the process, for example an
     * end of a pipe or socket pair. Borrowed until return, the process has
     * copies. At most 16. Default none. */
    const int *descriptors;
    size_t descriptor_count;
} duet_process_options;

/* Starts the fork server, unless it runs already. Flushes C's standard streams,
 * so that their buffers are not written twice.
 *
 * Returns 0, or
 *   DUET_ESTATE             this program has several threads; see the detail
 *   DUET_EAGAIN             the system allows no further process
 *   DUET_EMFILE, DUET_ENFILE  no descriptor left
 *   DUET_ENOMEM             no memory */
DUET_API DUET_MUST_USE int duet_process_server_start(void);

/* Ends the fork server and all processes that it started. Does nothing if it
 * does not run. Blocks briefly. */
DUET_API void duet_process_server_stop(void);

/* Calls function(argument, length) in a process of its own.
 *
 *   argument     copied; NULL if length is 0
 *   length       at most 65,536 bytes
 *   options      borrowed until return; NULL for all defaults
 *   out_process  returned-owned (duet_process_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ESTATE     there is no fork server, and this program has several
 *                   threads; see the detail
 *   DUET_ETOOLARGE  the argument is too long
 *   DUET_EINVAL     too many shared memories or descriptors
 *   DUET_EBADF      a given descriptor is not open
 *   DUET_EBROKEN    the fork server died; the next call starts another if it
 *                   can
 *   DUET_ETIMEDOUT  the deadline passed; nothing runs
 *   DUET_ECANCELED  the task was cancelled; nothing runs
 *   DUET_EAGAIN     the system allows no further process
 *   DUET_EMFILE, DUET_ENFILE  no descriptor left, here or in the fork server,
 *                   which needs one for each process
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    outside tasks on a loop's thread
 * Source: multiprocessing.Process.start(), start method "forkserver". */
DUET_API DUET_MUST_USE int
duet_process_start(duet_process_function *function, const void *argument,
                   size_t length, const duet_process_options *options,
                   duet_process **out_process, duet_deadline deadline);

/* The process id; for display. */
DUET_API int duet_process_id(const duet_process *process);

/* A descriptor that is readable once the process has ended, for
 * duet_wait_readable(), duet_select() or poll(2). Borrowed until the handle is
 * freed. Source: multiprocessing.Process.sentinel. */
DUET_API int duet_process_end_descriptor(const duet_process *process);

/* Waits for the end of the process; any number of times, by any number of
 * tasks. With DUET_NOW it only polls.
 *
 *   out_status  untouched on failure; may be NULL
 *
 * Returns 0, or
 *   DUET_ETIMEDOUT  the deadline passed; the process goes on
 *   DUET_ECANCELED  the task was cancelled; the process goes on
 *   DUET_EBROKEN    the fork server died, and the process with it
 *   DUET_ENOMEM     no memory
 *   DUET_ENOLOOP    outside tasks on a loop's thread
 * Source: multiprocessing.Process.join(). */
DUET_API DUET_MUST_USE int duet_process_wait(duet_process *process,
                                             duet_exit_status *out_status,
                                             duet_deadline deadline);

/* Sends a signal through the fork server: SIGTERM to terminate the process,
 * SIGKILL to kill it. A signal that arrives too late has no effect.
 *
 * Returns 0, or
 *   DUET_ESRCH   the process has ended
 *   DUET_EINVAL  no such signal
 *   DUET_EAGAIN  the server has hundreds of unprocessed signals */
DUET_API int duet_process_signal(duet_process *process, int signal);

/* Frees a handle; kills the process if it still runs.
 *
 *   process  taken; NULL does nothing */
DUET_API void duet_process_free(duet_process *process);

/* In a process: the shared memory that it was given at `index`. Borrowed until
 * the process ends; NULL if there is none. */
DUET_API duet_shared *duet_process_shared(size_t index);

/* In a process: the descriptor that it was given at `index`; -1 if there is
 * none. The process may close it. It is closed on exec. */
DUET_API int duet_process_descriptor(size_t index);

DUET_END_DECLARATIONS

#endif
