/* SPDX-License-Identifier: MIT */
/* job.h - a piece of blocking work that a task gives to a pool thread.
 *
 * A job owns everything it works on: paths, buffers, a reference to the
 * descriptor. So a task may stop waiting at any moment: the job then ends by
 * itself and frees what it owns, including results.
 *
 * Each kind of job is a struct whose first member is a duet__job; jobs that
 * work on paths are made by duet__job_new(). */
#ifndef DUET_FILE_BLOCKING_JOB_H
#define DUET_FILE_BLOCKING_JOB_H

#include <stdatomic.h>
#include <stddef.h>

#include <duet/thread_pool.h>
#include <duet/time.h>

typedef struct duet__job duet__job;

struct duet__job {
    /* Runs in a pool thread and may block. Returns 0 or a negative code, which
     * it explains with duet__job_fail(). */
    int (*run)(duet__job *job);
    /* Frees the job and what it owns, in any thread; also a job that never
     * ran. */
    void (*free)(duet__job *job);
    /* For messages: the operation ("open") and the path it works on; part of
     * the job. */
    const char *what;
    const char *path;
    const char *to; /* a second path, NULL if there is none */
    /* No task waits for the result: a long job may stop with DUET_ECANCELED. */
    atomic_bool given_up;
};

/* Makes a job; what is not named here is zero.
 *
 *   bytes  of the whole struct that begins with the job
 *   run, free, what  as in the struct; free() frees the memory, too
 *   path, to  copied; `to` may be NULL
 *
 * Returns NULL if there is no memory. */
void *duet__job_new(size_t bytes, int (*run)(duet__job *job),
                    void (*free)(duet__job *job), const char *what,
                    const char *path, const char *to);

/* Runs a job in a thread of the loop's default pool and waits for its end.
 *
 *   job        belongs to the caller again, with its results, if 0 is returned;
 *              else taken
 *   straggler  NULL, or where to put the handle of a call that may still run
 *              because the wait was given up; untouched if there is none
 *
 * Returns 0, what run() returned, or
 *   DUET_ETIMEDOUT, DUET_ECANCELED as for duet_to_thread() DUET_ELIMIT,
 *   DUET_ENOMEM, DUET_ENOLOOP the job was not begun */
int duet__job_run(duet__job *job, duet_thread_call **straggler,
                  duet_deadline deadline);

/* Begins a job without waiting for it.
 *
 *   job       taken
 *   out_call  returned-owned (duet_thread_call_free())
 *
 * Returns the codes of duet_thread_pool_submit(). */
int duet__job_begin(duet__job *job, duet_thread_call **out_call,
                    duet_deadline deadline);

/* Waits for a job that was begun. On success the handle is freed and the job
 * belongs to the caller again; on failure nothing has changed.
 *
 *   out_result  what run() returned
 *
 * Returns the codes of duet_thread_call_wait(). */
int duet__job_wait(duet_thread_call *call, int *out_result,
                   duet_deadline deadline);

/* Records "open PATH: no such file or directory" for `code` and returns it. */
int duet__job_fail(const duet__job *job, int code);

/* The same for the current errno. */
int duet__job_errno(const duet__job *job);

/* Frees a job and everything it owns, without blocking the loop. NULL does
 * nothing. */
void duet__job_discard(duet__job *job);

#endif
