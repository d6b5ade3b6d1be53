/* SPDX-License-Identifier: MIT */
/* signal_handler.c - spawns a task for each watched signal.
 *
 * Invariant: from its creation until it is freed, a handler is in its loop's
 * list of ends and its signal is watched. */
#include <duet/signal_handler.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/life.h"
#include "runtime/core/clock.h"
#include "runtime/core/report.h"
#include "runtime/run/run.h"
#include "runtime/run/signal.h"
#include "runtime/core/task.h"

DUET__LIVES("signal handler")

struct duet_signal_handler {
    DUET__LIFE
    duet__signal_watch watch;
    duet__loop_end end;
    int signal;
    duet_task_function *function;
    void *argument;
};

static void start_task(void *context, int signal)
{
    duet_signal_handler *handler = context;
    duet_loop *loop = handler->watch.loop;
    duet_spawn_options options = {0};
    char name[32];
    int status;

    snprintf(name, sizeof name, "signal %d", signal);
    options.name = name;
    status = duet__task_spawn(loop, &loop->background, handler->function,
                              handler->argument, &options, NULL);
    if (status != 0) /* there is no caller to return the error to */
        dprintf(duet__report_descriptor(loop), "duet: no task for %s: %s\n",
                name, duet_error_text(status));
}

static void loop_ends(duet__loop_end *end)
{
    duet_signal_handler_free(DUET__MEMBER(end, duet_signal_handler, end));
}

int duet_signal_handler_new(int signal, duet_task_function *function,
                            void *argument, duet_signal_handler **out_handler)
{
    duet_loop *loop = duet__loop_current;
    duet_signal_handler *handler;
    int status;

    if (out_handler != NULL)
        *out_handler = NULL;
    if (loop == NULL)
        return DUET_ENOLOOP;
    handler = calloc(1, sizeof *handler);
    if (handler == NULL)
        return DUET_ENOMEM;
    handler->watch.called = start_task;
    handler->watch.context = handler;
    handler->end.run = loop_ends;
    handler->signal = signal;
    handler->function = function;
    handler->argument = argument;
    status = duet__signal_watch_start(loop, &handler->watch, signal, false);
    if (status != 0) {
        free(handler);
        return duet__fail(status, "handle signal %d: %s", signal,
                          duet_error_text(status));
    }
    DUET__LIFE_BEGINS(handler);
    duet__list_push_front(&loop->ends, &handler->end.link);
    loop->signal_handlers++;
    if (signal == SIGINT)
        loop->interrupt_handlers++;
    if (out_handler != NULL)
        *out_handler = handler;
    return 0;
}

void duet_signal_handler_free(duet_signal_handler *handler)
{
    if (handler == NULL)
        return;
    DUET__LIFE_ENDS(handler);
    handler->watch.loop->signal_handlers--;
    if (handler->signal == SIGINT)
        handler->watch.loop->interrupt_handlers--;
    duet__list_remove(&handler->end.link);
    duet__signal_watch_stop(&handler->watch);
    free(handler);
}
