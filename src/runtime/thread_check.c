/* SPDX-License-Identifier: MIT */
/* thread_check.c - saying who touched a loop from a foreign thread.
 *
 * Only in builds with DUET_THREAD_CHECKS: the question costs more than a
 * switch. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/backtrace.h"
#include "runtime/inspect.h"
#include "runtime/loop.h"

#ifdef DUET_THREAD_CHECKS

static void name_of(pthread_t thread, char *name, size_t bytes)
{
    if (pthread_getname_np(thread, name, bytes) != 0)
        snprintf(name, bytes, "?");
}

static void report(const duet_loop *loop, const char *function)
{
    char caller[32], owner[32];
    duet__backtrace calls;
    duet__buffer buffer;
    int status;

    name_of(pthread_self(), caller, sizeof caller);
    name_of(loop->thread, owner, sizeof owner);
    duet__backtrace_here(&calls);
    duet__buffer_init(&buffer, SIZE_MAX);
    status = duet__buffer_appendf(
        &buffer,
        "duet: thread '%s' (%d) called %s() on the loop of thread '%s'; only "
        "what says so, like duet_loop_call_from_thread(), is for other "
        "threads\n",
        caller, (int)gettid(), function, owner);
    if (status == 0)
        status = duet__backtrace_append(&buffer, "    ", &calls);
    if (status == 0)
        duet__write_all(STDERR_FILENO, buffer.bytes, buffer.length);
    duet__buffer_free(&buffer);
}

void duet__check_thread(const duet_loop *loop, const char *function)
{
    if (pthread_equal(pthread_self(), loop->thread))
        return;
    report(loop, function);
    abort();
}

#endif
