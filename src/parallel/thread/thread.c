/* SPDX-License-Identifier: MIT */
/* thread.c - a started thread and its handle.
 *
 * Invariant: a thread is joined by the waiter that takes its result; if the
 * handle was released, the thread detaches itself and frees all. */
#include "parallel/thread/thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <duet/thread.h>

#include "base/error.h"
#include "base/life.h"
#include "parallel/gate/gate.h"

static const size_t STACK_MOST_BYTES = (size_t)1024 * 1024 * 1024;

DUET__LIVES("thread")

struct duet_thread {
    DUET__LIFE
    pthread_mutex_t mutex;
    duet__gate gate; /* waiters for `done` */
    pthread_t thread;
    duet_thread_function *function;
    void *argument;
    int result;
    duet__detail detail;
    bool done;
    bool released;
    char name[16];
};

static _Thread_local duet_thread *current;

static void free_thread(duet_thread *thread)
{
    pthread_mutex_destroy(&thread->mutex);
    duet__detail_free(&thread->detail);
    free(thread);
}

static void *thread_main(void *argument)
{
    duet_thread *thread = argument;
    bool released;

    current = thread;
    pthread_setname_np(pthread_self(), thread->name);
    duet__detail_current = &thread->detail;
    thread->result = thread->function(thread->argument);
    duet__detail_current = NULL;
    pthread_mutex_lock(&thread->mutex);
    thread->done = true;
    released = thread->released;
    duet__gate_wake_all(&thread->gate);
    pthread_mutex_unlock(&thread->mutex);
    if (released) {
        pthread_detach(pthread_self());
        free_thread(thread);
    }
    return NULL;
}

static int create(duet_thread *thread, size_t stack_bytes)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    int error = 0;

    pthread_attr_init(&attributes);
    if (stack_bytes != 0)
        error = pthread_attr_setstacksize(&attributes, stack_bytes);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (error == 0)
        error =
            pthread_create(&thread->thread, &attributes, thread_main, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error == 0)
        return 0;
    return duet__fail(DUET_ELIMIT, "start the thread '%s': %s", thread->name,
                      strerror(error));
}

int duet__thread_stack_check(size_t bytes)
{
    const size_t least = (size_t)sysconf(_SC_THREAD_STACK_MIN);

    if (bytes == 0 || (bytes >= least && bytes <= STACK_MOST_BYTES))
        return 0;
    return duet__fail(DUET_EINVAL, "stack_bytes is %zu; allowed are %zu to %zu",
                      bytes, least, STACK_MOST_BYTES);
}

int duet_thread_start(duet_thread_function *function, void *argument,
                      const duet_thread_options *options,
                      duet_thread **out_thread)
{
    static const duet_thread_options defaults;
    duet_thread *thread = calloc(1, sizeof *thread);
    const char *name;
    int status;

    *out_thread = NULL;
    if (thread == NULL)
        return DUET_ENOMEM;
    if (options == NULL)
        options = &defaults;
    name = options->name != NULL ? options->name : "duet-thread";
    memcpy(thread->name, name, strnlen(name, sizeof thread->name - 1));
    thread->function = function;
    thread->argument = argument;
    pthread_mutex_init(&thread->mutex, NULL);
    duet__gate_init(&thread->gate, DUET__FOR_WORK);
    status = duet__thread_stack_check(options->stack_bytes);
    if (status == 0)
        status = create(thread, options->stack_bytes);
    if (status != 0) {
        free_thread(thread);
        return status;
    }
    DUET__LIFE_BEGINS(thread);
    *out_thread = thread;
    return 0;
}

int duet_thread_join(duet_thread *thread, int *out_result,
                     duet_deadline deadline)
{
    int status = 0;

    DUET__LIFE_GOES_ON(thread);
    if (thread == current)
        return duet__fail_plainly(DUET_EDEADLK);
    pthread_mutex_lock(&thread->mutex);
    while (!thread->done && status == 0)
        status = duet__gate_wait(&thread->gate, &thread->mutex, "a thread",
                                 deadline);
    if (thread->done && status == DUET_ETIMEDOUT)
        status = 0;
    pthread_mutex_unlock(&thread->mutex);
    if (status != 0)
        return status;
    DUET__LIFE_ENDS(thread);
    pthread_join(thread->thread, NULL);
    if (out_result != NULL)
        *out_result = thread->result;
    if (thread->result < 0)
        duet__detail_show(&thread->detail, thread->result);
    free_thread(thread);
    return 0;
}

bool duet_thread_is_done(duet_thread *thread)
{
    bool done;

    pthread_mutex_lock(&thread->mutex);
    done = thread->done;
    pthread_mutex_unlock(&thread->mutex);
    return done;
}

void duet_thread_release(duet_thread *thread)
{
    bool done;

    if (thread == NULL)
        return;
    DUET__LIFE_ENDS(thread);
    pthread_mutex_lock(&thread->mutex);
    thread->released = true;
    done = thread->done;
    pthread_mutex_unlock(&thread->mutex);
    if (!done)
        return;
    pthread_join(thread->thread, NULL);
    free_thread(thread);
}
