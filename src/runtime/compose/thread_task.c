/* SPDX-License-Identifier: MIT */
/* thread_task.c - runs a task for a thread that waits for its result.
 *
 * Invariant: the request lives on the waiting thread's stack; the loop's thread
 * sets `over` under the mutex, after its last use of the request, except for
 * `stop`, which the waiting thread also waits for. The loop cannot be freed by
 * another thread while the mutex is held and the request is not over. */
#include <duet/thread_task.h>

#include <pthread.h>
#include <time.h>

#include "runtime/core/clock.h"
#include "runtime/core/task.h"

typedef struct request {
    duet__ready ready;
    duet__ready stop; /* after the deadline */
    duet__wait end;   /* among the task's joiners */
    duet_loop *loop;
    duet_task *task; /* while it runs; for the loop's thread */
    duet_task_function *function;
    void *argument;
    const duet_spawn_options *options;
    int status;
    int result;
    pthread_mutex_t mutex;
    pthread_cond_t changed; /* on CLOCK_MONOTONIC */
    bool over;              /* guarded by mutex */
    bool stopping;          /* likewise: the loop has `stop` */
} request;

/* --- on the loop ---------------------------------------------------------- */

static void tell(request *own)
{
    pthread_mutex_lock(&own->mutex);
    own->over = true;
    pthread_cond_signal(&own->changed);
    pthread_mutex_unlock(&own->mutex);
}

static void task_ended(duet__wait *wait, int status)
{
    request *own = DUET__MEMBER(wait, request, end);
    const duet_task *task = wait->object;

    (void)status;
    own->task = NULL;
    own->result = task->result;
    tell(own);
}

static void start(duet__ready *ready)
{
    request *own = DUET__MEMBER(ready, request, ready);
    duet_task *task;

    own->status = DUET_ECLOSED;
    if (duet__loop_current == own->loop)
        own->status =
            duet__task_spawn(own->loop, &own->loop->background, own->function,
                             own->argument, own->options, &task);
    if (own->status != 0) {
        tell(own);
        return;
    }
    own->task = task;
    own->end =
        (duet__wait){.what = "thread", .object = task, .woken = task_ended};
    duet__list_push_back(&task->joiners, &own->end.link);
    duet_task_release(task);
}

static void stop(duet__ready *ready)
{
    request *own = DUET__MEMBER(ready, request, stop);

    if (own->task != NULL)
        duet_task_cancel(own->task);
    pthread_mutex_lock(&own->mutex);
    own->stopping = false;
    pthread_cond_signal(&own->changed);
    pthread_mutex_unlock(&own->mutex);
}

/* --- in the thread -------------------------------------------------------- */

static void open_request(request *own)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&own->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&own->mutex, NULL);
}

static void close_request(request *own)
{
    pthread_cond_destroy(&own->changed);
    pthread_mutex_destroy(&own->mutex);
}

/* With the mutex held. Returns false if the deadline passed. */
static bool wait_until_over(request *own, duet_deadline deadline)
{
    const struct timespec until = {.tv_sec = deadline.at_ns / 1000000000,
                                   .tv_nsec = deadline.at_ns % 1000000000};
    int error = 0;

    while (!own->over && error == 0) {
        if (duet_deadline_is_never(deadline))
            pthread_cond_wait(&own->changed, &own->mutex);
        else
            error = pthread_cond_timedwait(&own->changed, &own->mutex, &until);
    }
    return own->over;
}

/* Called when the deadline has passed: takes the request back, or cancels the
 * task and waits for it. With the mutex held. */
static int give_up(request *own)
{
    if (duet__loop_take_back_from_thread(own->loop, &own->ready))
        return duet__fail_plainly(DUET_ETIMEDOUT);
    own->stopping = true;
    duet__loop_append_from_thread(own->loop, &own->stop);
    while (!own->over || own->stopping)
        pthread_cond_wait(&own->changed, &own->mutex);
    return own->status == 0 && own->result == DUET_ECANCELED ? DUET_ETIMEDOUT
                                                             : own->status;
}

int duet_run_from_thread(duet_loop *loop, duet_task_function *function,
                         void *argument, const duet_spawn_options *options,
                         int *out_result, duet_deadline deadline)
{
    request own = {.ready.run = start,
                   .stop.run = stop,
                   .loop = loop,
                   .function = function,
                   .argument = argument,
                   .options = options};
    int status;

    if (duet__loop_current == loop)
        return duet__fail_plainly(DUET_EDEADLK);
    if (duet_deadline_is_now(deadline))
        return duet__fail_plainly(DUET_ETIMEDOUT);
    open_request(&own);
    duet__loop_append_from_thread(loop, &own.ready);
    pthread_mutex_lock(&own.mutex);
    if (wait_until_over(&own, deadline))
        status = own.status;
    else
        status = give_up(&own);
    pthread_mutex_unlock(&own.mutex);
    close_request(&own);
    if (status == 0 && out_result != NULL)
        *out_result = own.result;
    return status;
}
