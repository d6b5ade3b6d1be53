/* SPDX-License-Identifier: MIT */
/* loop.h - the event loop that tasks run on.
 *
 * duet_run() is all that most programs need: it makes a loop, runs one task on
 * it, and returns what that returned.
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
 *         return duet_run(hello, NULL, NULL) == 0 ? 0 : 1;
 *     }
 *
 * A thread has at most one loop that runs; a task stays on its loop for life.
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
    /* Leave SIGINT alone. Default false: while duet_loop_run() runs, the first
     * SIGINT cancels the main task and the second ends the program. */
    bool no_interrupt;
    /* Leave SIGSEGV alone. Default false: a task that overflows its stack is
     * named on standard error before the program dies of the signal. */
    bool no_overflow_report;
    /* Run on virtual time that starts at 0 and, when all tasks wait and nothing
     * is under way outside, jumps to the next timer: a test of a long timeout
     * takes no time. Under way is
     *
     *   what a task waits for in a thread, a file, a process or a program: the
     *     clock stands still until it has ended, or has said nothing for a
     *     second of real time, or for as long as the jump is, if that is more;
     *   what a descriptor, a response, a name, the rest of a request or a lock
     *     shared with others (shared.h) is waited for: the clock stands still
     *     until nothing has come for virtual_silence_ms. A peer may be silent
     *     for ever.
     *
     * A response that a handler on the same loop has yet to give is not under
     * way, and costs no real time. A thread call that no task waits for does
     * not hold the clock.
     *
     * A program that can never go on (no timer is left, nothing is under way,
     * no server listens, no signal handler is set, and no other thread has
     * called for a second) ends: duet_inspect_text() tells which task waits for
     * what where reports go, all tasks are cancelled, and duet_loop_run()
     * returns DUET_EDEADLK. Default false. */
    bool virtual_time;
    /* How long nothing must come from a peer before virtual time jumps, in
     * milliseconds of real time. Default 0: 20; 1 and more. */
    int64_t virtual_silence_ms;
    /* Run ready tasks in another order than first in, first out: to find what
     * relies on it. The same seed gives the same order again, if the tasks do
     * the same; with virtual_time nothing else has a say. Default 0: off. */
    uint64_t shuffle_seed;
    /* A signal that makes the loop write duet_inspect_text(), with backtraces,
     * while it runs: SIGUSR1. It does so between two tasks; of one that never
     * suspends, slow_step_ms tells. Default 0: none. */
    int inspect_signal;
    /* Report, with its calls, a task that runs longer than this many
     * milliseconds without suspending: nobody else runs meanwhile. A thread
     * watches; the loop's thread gets SIGURG when there is something to
     * report. Default 0: off; 1 and more. */
    int64_t slow_step_ms;
    /* Report the tasks that are alive when the main task has ended, and that
     * the loop goes on for. Default false. */
    bool report_tasks_left;
    /* How long tasks may go on that the main task left when its function
     * returned, in milliseconds. Then a report names them and what they wait
     * for, and they are cancelled; again after each further such time. Calls of
     * the loop's default thread pool cannot be cancelled: a report tells of
     * them, and duet_loop_free() goes on waiting. Default 0: 30,000; 1 and
     * more; DUET_NO_LIMIT: they may go on for ever. */
    int64_t shutdown_ms;
    /* The stack of the main task, in bytes. Default and range as of stack_bytes
     * of duet_spawn_options (task.h). */
    size_t main_stack_bytes;
    /* Where reports go, that of inspect_signal and all others: a descriptor,
     * borrowed as long as the loop exists. Default 0: standard error. */
    int report_descriptor;
} duet_loop_options;

/* Runs main(argument) as the first task of a new loop until it has ended, and
 * all tasks that it left have, too (options->shutdown_ms bounds that); then
 * frees the loop.
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

/* Runs main(argument) as a task until it and what it left have ended, which
 * shutdown_ms bounds. May be called again and again.
 *
 *   loop            borrowed until return
 *   main, argument  as for duet_run()
 *
 * Returns what `main` returned, or
 *   DUET_EBUSY   this thread runs a loop already
 *   DUET_EINVAL  inspect_signal cannot be caught; slow_step_ms or
 *                virtual_silence_ms is negative, or shutdown_ms below
 *                DUET_NO_LIMIT; main_stack_bytes is out of its range;
 *                report_descriptor is negative
 *   DUET_EDEADLK on virtual time no task could go on; see virtual_time
 *   DUET_EAGAIN  the system gives no thread for slow_step_ms
 *   and the codes of duet_spawn()
 * If `main` failed, its duet_error_message() is that of this thread now.
 * Source: asyncio.Runner.run(). */
DUET_API int duet_loop_run(duet_loop *loop, duet_task_function *main,
                           void *argument);

/* Frees a loop that does not run. Blocks the thread while a call of its default
 * thread pool (thread_pool.h) still runs; what has not begun is cancelled.
 *
 *   loop  taken; NULL does nothing */
DUET_API void duet_loop_free(duet_loop *loop);

/* The loop that runs in this thread, NULL if there is none. Borrowed. */
DUET_API duet_loop *duet_current_loop(void);

/* Calls function(argument) on the loop's thread, in the order of the calls,
 * soon. It must not wait, for it runs outside tasks, but may spawn (task.h).
 * Any thread, while the loop exists.
 *
 *   loop      borrowed until return
 *   argument  borrowed until `function` has been called
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Source: asyncio.loop.call_soon_threadsafe(). */
DUET_API int duet_loop_call_from_thread(duet_loop *loop,
                                        void (*function)(void *argument),
                                        void *argument);

DUET_END_DECLARATIONS

#endif
