/* SPDX-License-Identifier: MIT */
/* thread_check.c - reports calls on a loop from another thread.
 *
 * Only in builds with DUET_THREAD_CHECKS: the check costs more than a switch.
 * Owns the list of the loops that run. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/context/backtrace.h"
#include "runtime/core/clock.h"
#include "runtime/core/loop.h"
#include "runtime/core/report.h"

#ifdef DUET_THREAD_CHECKS

static void name_of(pthread_t thread, char *name, size_t bytes)
{
    if (pthread_getname_np(thread, name, bytes) != 0)
        snprintf(name, bytes, "?");
}

/* Reports the call, and aborts the program. */
_Noreturn static void report(pthread_t own, const char *function)
{
    char caller[32], owner[32];
    duet__backtrace calls;
    duet__buffer buffer;
    int status;

    name_of(pthread_self(), caller, sizeof caller);
    name_of(own, owner, sizeof owner);
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
    abort();
}

void duet__check_thread(const duet_loop *loop, const char *function)
{
    if (!pthread_equal(pthread_self(), loop->thread))
        report(loop->thread, function);
}

/* --- what tasks share ------------------------------------------------------
 */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static duet__list running = {&running, &running}; /* guarded by mutex */
static uint64_t runs;                             /* likewise */

void duet__check_begin(duet_loop *loop)
{
    pthread_mutex_lock(&mutex);
    loop->run_number = ++runs;
    duet__list_push_back(&running, &loop->run_link);
    pthread_mutex_unlock(&mutex);
}

void duet__check_end(duet_loop *loop)
{
    pthread_mutex_lock(&mutex);
    if (loop->run_link.next != NULL) /* it ran */
        duet__list_remove(&loop->run_link);
    pthread_mutex_unlock(&mutex);
}

/* The loop of that run, NULL if it has ended. With the mutex held. */
static const duet_loop *loop_of_run(uint64_t number)
{
    duet__link *link = running.next;

    for (; link != &running; link = link->next) {
        const duet_loop *loop = DUET__MEMBER(link, duet_loop, run_link);

        if (loop->run_number == number)
            return loop;
    }
    return NULL;
}

void duet__check_user(uint64_t *user, const char *function)
{
    const duet_loop *own = duet__loop_current;
    const duet_loop *owner;
    pthread_t thread = pthread_self();

    pthread_mutex_lock(&mutex);
    owner = loop_of_run(*user);
    if (owner != NULL)
        thread = owner->thread;
    else if (own != NULL)
        *user = own->run_number;
    pthread_mutex_unlock(&mutex);
    if (!pthread_equal(pthread_self(), thread))
        report(thread, function);
}

#endif
