/* SPDX-License-Identifier: MIT */
/* job.c - a piece of blocking work that a task gives to a pool thread.
 *
 * Invariant: a job has one owner: the pool until the waiting task has seen its
 * end, then that task. */
#include "file/blocking/job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <duet/task.h>

#include "base/error.h"
#include "parallel/thread/call.h"

void *duet__job_new(size_t bytes, int (*run)(duet__job *job),
                    void (*free)(duet__job *job), const char *what,
                    const char *path, const char *to)
{
    size_t size = strlen(path) + 1;
    size_t to_size = to != NULL ? strlen(to) + 1 : 0;
    char *memory = calloc(1, bytes + size + to_size);
    duet__job *job = (duet__job *)(void *)memory;

    if (memory == NULL)
        return NULL;
    *job = (duet__job){.run = run, .free = free, .what = what};
    job->path = memcpy(memory + bytes, path, size);
    if (to != NULL)
        job->to = memcpy(memory + bytes + size, to, to_size);
    return memory;
}

static int run_in_thread(void *argument)
{
    duet__job *job = argument;

    return job->run(job);
}

static void free_in_thread(void *argument)
{
    duet__job *job = argument;

    job->free(job);
}

int duet__job_begin(duet__job *job, duet_thread_call **out_call,
                    duet_deadline deadline)
{
    duet_thread_pool *pool;
    int status = duet_current_task() == NULL ? DUET_ENOLOOP
                                             : duet_default_thread_pool(&pool);

    *out_call = NULL;
    if (status == 0)
        return duet_thread_pool_submit(pool, run_in_thread, job, free_in_thread,
                                       out_call, deadline);
    job->free(job);
    return status;
}

int duet__job_wait(duet_thread_call *call, int *out_result,
                   duet_deadline deadline)
{
    int status = duet_thread_call_wait(call, out_result, deadline);

    if (status != 0)
        return status;
    call->free_argument = NULL; /* the caller's: the call has ended */
    duet_thread_call_free(call);
    return 0;
}

static void give_up(duet_thread_call *call, duet_thread_call **straggler)
{
    if (duet_thread_call_cancel(call) || straggler == NULL)
        duet_thread_call_free(call);
    else
        *straggler = call;
}

int duet__job_run(duet__job *job, duet_thread_call **straggler,
                  duet_deadline deadline)
{
    duet_thread_call *call;
    int result;
    int status = duet__job_begin(job, &call, deadline);

    if (status != 0)
        return status;
    status = duet__job_wait(call, &result, deadline);
    if (status == 0) {
        if (result < 0)
            job->free(job);
        return result;
    }
    /* The handle keeps the job alive. */
    if (status == DUET_ETIMEDOUT)
        duet__job_fail(job, status);
    atomic_store(&job->given_up, true);
    give_up(call, straggler);
    return status;
}

int duet__job_fail(const duet__job *job, int code)
{
    const char *to = job->to;

    return duet__fail(code, "%s %s%s%s: %s", job->what, job->path,
                      to != NULL ? " to " : "", to != NULL ? to : "",
                      duet_error_text(code));
}

int duet__job_errno(const duet__job *job)
{
    return duet__job_fail(job, duet__error_from_errno(errno));
}

/* --- discarding ---------------------------------------------------------- */

static int do_nothing(duet__job *job)
{
    (void)job;
    return 0;
}

void duet__job_discard(duet__job *job)
{
    duet_thread_pool *pool;
    int status;

    if (job == NULL)
        return;
    job->run = do_nothing;
    if (duet_current_task() == NULL || duet_default_thread_pool(&pool) != 0) {
        job->free(job);
        return;
    }
    status = duet_thread_pool_try_submit(pool, run_in_thread, job,
                                         free_in_thread, NULL);
    (void)status; /* it frees the job, whatever comes of it */
}
