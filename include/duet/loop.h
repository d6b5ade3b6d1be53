/* SPDX-License-Identifier: MIT */
/* loop.h - the event loop that tasks run on.
 *
 * duet_run() is all that most programs need: it makes a loop, runs one task on
 * it, and returns the task's result.
 *
 *     static int hello(void *argument)
 *     {
 *         (void)argument;
 *         duet_sleep(duet_in_ms(1000));
 *         puts("hello");
 *         return 0;
 *     }
 *
 *     int main(void)
 *     {
 *         int status = duet_run(hello, NULL, NULL);
 *
 *         if (status != 0)
 *             fprintf(stderr, "%s\n", duet_error_message(status));
 *         return status != 0;
 *     }
 *
 * A thread has at most one running loop; a task stays on its loop until it
 * ends.
 *
 * Threads: a loop is for the thread that made it, except where a function says
 * otherwise.
 */
#ifndef DUET_LOOP_H
#define DUET_LOOP_H

#include <stddef.h>
#include <stdint.h>

#include <duet/task.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_loop duet_loop;

typedef struct duet_loop_options {
    /* Do not handle SIGINT. Default false: while duet_loop_run() runs, the
     * first SIGINT cancels the main task and the second ends the program. */
    bool no_interrupt;
    /* Do not handle SIGSEGV. Default false: a task that overflows its stack is
     * named on standard error before the program dies of the signal. */
    bool no_overflow_report;
    /* Run on virtual time that starts at 0 and, when all tasks wait and no
     * outside event is pending, jumps to the next timer: a test of a long
     * timeout takes no time. Pending are
     *
     *   work in a thread, a file, a process or a program that a task waits for:
     *   the clock stands still until it has ended, or for a second of real time
     *   without an event, or for the length of the jump, if that is more; a
     *   descriptor, a response, a name, the rest of a request or a lock shared
     *   with others (shared.h) that is waited for: the clock stands still until
     *   there was no event for virtual_silence_ms. A peer may be silent for
     *   ever.
     *
     * A response that a handler on the same loop has not sent yet is not
     * pending, and costs no real time. A thread call that no task waits for
     * does not stop the clock.
     *
     * A program that can never continue (no timer is left, nothing is pending,
     * no server listens, no signal handler is set, and no other thread has
     * called for a second) ends: duet_inspect_text() is written to the report
     * descriptor, all tasks are cancelled, and duet_loop_run() returns
     * DUET_EDEADLK. Default false. */
    bool virtual_time;
    /* How long there must be no event from a peer before virtual time jumps, in
     * milliseconds of real time. Default 0: 20; 1 and more. */
    int64_t virtual_silence_ms;
    /* Run ready tasks in a random order instead of first in, first out: to find
     * code that relies on the order. The same seed gives the same order again,
     * if the tasks do the same; with virtual_time the order depends on nothing
     * else. Default 0: off. */
    uint64_t shuffle_seed;
    /* A signal that makes the loop write duet_inspect_text(), with backtraces,
     * while it runs: SIGUSR1. It does so between two tasks; for a task that
     * never suspends use slow_step_ms. Default 0: none. */
    int inspect_signal;
    /* Report, with its call stack, a task that runs longer than this many
     * milliseconds without suspending: no other task runs meanwhile. A thread
     * watches; the loop's thread gets SIGURG when there is something to report.
     * Default 0: off; 1 and more. */
    int64_t slow_step_ms;
    /* Report the tasks that are alive when the main task has ended, and keep
     * the loop running. Default false. */
    bool report_tasks_left;
    /* How long tasks may run after the main task's function has returned, in
     * milliseconds. Then a report names them and what they wait for, and they
     * are cancelled; this is repeated after each further such time. Calls of
     * the loop's default thread pool cannot be cancelled: they are reported,
     * and duet_loop_free() keeps waiting. Default 0: 30,000; 1 and more;
     * DUET_NO_LIMIT: no limit. */
    int64_t shutdown_ms;
    /* The stack of the main task, in bytes. Default and range as of stack_bytes
     * of duet_spawn_options (task.h). */
    size_t main_stack_bytes;
    /* Where all reports are written, also that of inspect_signal: a descriptor,
     * borrowed as long as the loop exists. Default 0: standard error. */
    int report_descriptor;
} duet_loop_options;

/* Runs main(argument) as the first task of a new loop until it and all tasks
 * that it left have ended (options->shutdown_ms limits that); then frees the
 * loop.
 *
 *   main      the first task's body
 *   argument  borrowed until return
 *   options   borrowed until return; NULL for all defaults
 *
 * Returns what `main` returned, DUET_ECANCELED if SIGINT ended it, or
 *   DUET_EBUSY  this thread runs a loop already
 *   and the codes of duet_loop_new()
 * If `main` failed, its duet_error_message() is that of this thread now.
 * Source: asyncio.run(). */
DUET_API int duet_run(duet_task_function *main, void *argument,
                      const duet_loop_options *options);

/* Makes a loop.
 *
 *   options   borrowed until return; NULL for all defaults
 *   out_loop  returned-owned (duet_loop_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM             no memory
 *   DUET_EMFILE, DUET_ENFILE  no descriptor left for the loop
 * Source: asyncio.new_event_loop(). */
DUET_API DUET_MUST_USE int duet_loop_new(const duet_loop_options *options,
                                         duet_loop **out_loop);

/* Runs main(argument) as a task until it and the tasks that it left have ended,
 * which shutdown_ms limits. May be called repeatedly.
 *
 *   loop            borrowed until return
 *   main, argument  as for duet_run()
 *
 * Returns what `main` returned, or
 *   DUET_EBUSY    this thread runs a loop already
 *   DUET_EINVAL   inspect_signal cannot be caught; slow_step_ms or
 *                 virtual_silence_ms is negative, or shutdown_ms below
 *                 DUET_NO_LIMIT; main_stack_bytes is out of its range;
 *                 report_descriptor is negative
 *   DUET_EDEADLK  on virtual time no task could go on; see virtual_time
 *   DUET_EAGAIN   no thread could be created for slow_step_ms
 *   and the codes of duet_spawn()
 * If `main` failed, its duet_error_message() is that of this thread now.
 * Source: asyncio.Runner.run(). */
DUET_API DUET_MUST_USE int
duet_loop_run(duet_loop *loop, duet_task_function *main, void *argument);

/* Frees a loop that does not run. Blocks the thread while a call of its default
 * thread pool (thread_pool.h) still runs; what has not begun is cancelled.
 *
 *   loop  taken; NULL does nothing */
DUET_API void duet_loop_free(duet_loop *loop);

/* The loop that runs in this thread, NULL if there is none. Borrowed. */
DUET_API duet_loop *duet_current_loop(void);

/* Calls function(argument) soon on the loop's thread, in the order of the
 * calls. It must not wait, as it runs outside tasks, but may spawn tasks
 * (task.h). Any thread, while the loop exists.
 *
 *   loop      borrowed until return
 *   argument  borrowed until `function` has been called
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: asyncio.loop.call_soon_threadsafe(). */
DUET_API DUET_MUST_USE int
duet_loop_call_from_thread(duet_loop *loop, void (*function)(void *argument),
                           void *argument);

DUET_END_DECLARATIONS

#endif
