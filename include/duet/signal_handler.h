/* SPDX-License-Identifier: MIT */
/* signal_handler.h - signals that start tasks.
 *
 * A handler of signal(2) may do almost nothing. A handler here is a task, which
 * may wait like any other:
 *
 * Example, given int (*reload)(void *path), char *path:
 *
 *     duet_signal_handler *handler;
 *
 *     status = duet_signal_handler_new(SIGHUP, reload, path, &handler);
 *
 * A signal belongs to the process: each handler that any loop has for it starts
 * a task. The previous disposition is restored when the last handler is freed.
 *
 * While a loop has a handler for SIGINT, SIGINT neither cancels its main task
 * nor ends the program. duet_serve() still handles SIGINT and SIGTERM.
 *
 * Threads: for the loop's own thread.
 */
#ifndef DUET_SIGNAL_HANDLER_H
#define DUET_SIGNAL_HANDLER_H

#include <duet/task.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_signal_handler duet_signal_handler;

/* Starts function(argument) as a task each time the signal arrives, even while
 * an earlier one runs. The tasks belong to the loop: duet_run() waits for them,
 * but not for further signals.
 *
 *   signal       SIGTERM, SIGHUP, SIGUSR1, ...
 *   function     its result is ignored
 *   argument     borrowed until the handler was freed and its tasks have ended
 *   out_handler  returned-owned (duet_signal_handler_free()), and freed with
 *                the loop at the latest; NULL on failure; may be NULL
 *
 * Returns 0, or
 *   DUET_EINVAL   the signal cannot be caught
 *   DUET_ELIMIT   too many handlers in this process (64, a few of which are
 *                 duet's own)
 *   DUET_EMFILE, DUET_ENFILE  no descriptor left
 *   DUET_ENOMEM   no memory
 *   DUET_ENOLOOP  no loop runs in this thread
 * Source: asyncio.loop.add_signal_handler(). */
DUET_API DUET_MUST_USE int
duet_signal_handler_new(int signal, duet_task_function *function,
                        void *argument, duet_signal_handler **out_handler);

/* Stops handling the signal; running tasks continue.
 *
 *   handler  taken; NULL does nothing
 *
 * Source: asyncio.loop.remove_signal_handler(). */
DUET_API void duet_signal_handler_free(duet_signal_handler *handler);

DUET_END_DECLARATIONS

#endif
