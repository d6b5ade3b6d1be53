/* SPDX-License-Identifier: MIT */
/* inspect.h - shows what a loop's tasks do.
 *
 * One call prints all tasks of a loop as a tree of ownership, with what each
 * waits for and since when:
 *
 *     3 tasks; 15 turns, 42 switches, 9 wake-ups, 4 timers, 3 spawned
 *     main  waits for its tasks, 1.204 s; stack 656 of 59 KiB, ...
 *       fetch  waits for readable 7, 0.113 s; ...
 *       pause  waits for sleep, 1.204 s; ...
 *
 * The same is available by signal (duet_loop_options.inspect_signal), as JSON,
 * and with the stack of each waiting task. In a debugger the commands of
 * duet-gdb.py, which is installed with the library, show as much.
 *
 * Only the inspection itself costs time: nothing is recorded for it except
 * where a task was spawned and when it began to wait.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_INSPECT_H
#define DUET_INSPECT_H

#include <stddef.h>
#include <stdint.h>

#include <duet/loop.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_inspect_options {
    /* The stack of each task that waits, innermost call first. Functions that
     * are not exported have no name here; `addr2line -f -e FILE OFFSET` knows
     * it. None with the ucontext switch. Default false. */
    bool backtraces;
    /* How many tasks are written; the others are only counted. Default 1000;
     * DUET_NO_LIMIT for all. */
    int64_t tasks_max;
} duet_inspect_options;

/* Describes the tasks of a loop as text: one line for all, then one for each
 * task, indented below the task that it belongs to.
 *
 *   loop      borrowed until return
 *   options   borrowed until return; NULL for all defaults
 *   out_text  returned-owned (free()), NUL-terminated; NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  tasks_max is negative and not DUET_NO_LIMIT
 *   DUET_ENOMEM  no memory
 * Source: `python -m asyncio pstree`. */
DUET_API DUET_MUST_USE int
duet_inspect_text(const duet_loop *loop, const duet_inspect_options *options,
                  char **out_text);

/* The same as JSON (RFC 8259): an object with "counters", the fields of
 * duet_loop_counters, and "tasks", in the order of the text. Each task has
 *
 *   "id", "parent"    numbers; "parent" is null for the loop's own
 *   "name", "state"   "ready", "running" or "waiting"
 *   "cancel_requests" a number
 *   "function"        where its code begins
 *   "spawned_at"      where it was spawned; null for the main task
 *   "stack"           {"bytes", "used", "touched"}; "used" is null if unknown
 *   "wait"            null, or {"what", "object", "since_ns", "for_ns"}
 *   "backtrace"       with options->backtraces: an array of places
 *
 * A place is an object with "address", "file", "offset" (in the file, for
 * addr2line) and "symbol" (null if not exported).
 *
 * Parameters and codes as for duet_inspect_text(). */
DUET_API DUET_MUST_USE int
duet_inspect_json(const duet_loop *loop, const duet_inspect_options *options,
                  char **out_text);

/* Writes duet_inspect_text() to a descriptor.
 *
 *   descriptor  borrowed until return; blocking
 *
 * Returns 0, the codes of duet_inspect_text(), or the code of write()'s
 * error. */
DUET_API int duet_inspect_write(const duet_loop *loop,
                                const duet_inspect_options *options,
                                int descriptor);

/* Counters since the loop was made. */
typedef struct duet_loop_counters {
    uint64_t turns;             /* of the loop; each polls descriptors once */
    uint64_t switches;          /* to a task or back to the loop */
    uint64_t wake_ups;          /* of tasks that waited, not yields */
    uint64_t timers_fired;      /* deadlines that passed */
    uint64_t descriptor_events; /* delivered */
    uint64_t polls;             /* system calls that poll descriptors */
    uint64_t spawned;           /* tasks */
    uint64_t tasks;             /* alive now */
} duet_loop_counters;

/* Copies the loop's counters to `out_counters`; `loop` is borrowed until
 * return. */
DUET_API void duet_loop_get_counters(const duet_loop *loop,
                                     duet_loop_counters *out_counters);

DUET_END_DECLARATIONS

#endif
