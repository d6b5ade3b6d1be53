/* SPDX-License-Identifier: MIT */
/* thread_task.c - a task for a thread that waits.
 *
 * Invariant: the request lives on the waiting thread's stack; `over` is set
 * under the mutex, by the loop's thread, as the last thing it does with it. */
#include <duet/thread_task.h>

#include <pthread.h>

#include "runtime/task.h"

typedef struct request {
    duet__ready ready;
    duet__wait end; /* among the task's joiners */
    duet_loop *loop;
    duet_task_function *function;
    void *argument;
    const duet_spawn_options *options;
    int status;
    int result;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool over; /* guarded by mutex */
} request;

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
    own->end =
        (duet__wait){.what = "thread", .object = task, .woken = task_ended};
    duet__list_push_back(&task->joiners, &own->end.link);
    duet_task_release(task);
}

int duet_run_from_thread(duet_loop *loop, duet_task_function *function,
                         void *argument, const duet_spawn_options *options,
                         int *out_result)
{
    request own = {.ready.run = start,
                   .loop = loop,
                   .function = function,
                   .argument = argument,
                   .options = options};

    if (duet__loop_current == loop)
        return DUET_EDEADLK;
    pthread_mutex_init(&own.mutex, NULL);
    pthread_cond_init(&own.changed, NULL);
    duet__loop_append_from_thread(loop, &own.ready);
    pthread_mutex_lock(&own.mutex);
    while (!own.over)
        pthread_cond_wait(&own.changed, &own.mutex);
    pthread_mutex_unlock(&own.mutex);
    pthread_cond_destroy(&own.changed);
    pthread_mutex_destroy(&own.mutex);
    if (own.status == 0 && out_result != NULL)
        *out_result = own.result;
    return own.status;
}
