/* SPDX-License-Identifier: MIT */
/* job.h - the state of one URL in transfer: its body and the result of its
 * attempt. A job is used for one URL after the other. */
#ifndef DUET_FETCH_WORK_JOB_H
#define DUET_FETCH_WORK_JOB_H

#include <stdint.h>

#include <duet/export.h>

#include "fetch/work/attempt.h"
#include "fetch/work/body.h"
#include "fetch/frontier/frontier.h"
#include "fetch/output/name.h"
#include "fetch/output/record.h"

typedef struct duet__fetch_job {
    struct duet__fetch_job *next; /* for the fetcher's list of idle ones */
    duet__link link;              /* in the fetcher's list of new ones, or of
                                   * those that run */
    bool is_lent;                 /* see work/silence.h */
    void *context;                /* the fetcher's */
    duet__fetch_url *url;         /* borrowed; NULL while the job is idle */
    duet__fetch_body body;
    duet__fetch_attempt attempt;
    char file[DUET__OUTPUT_NAME_BYTES]; /* "": none was kept */
    bool has_other_name;                /* the URL's own name existed already */
} duet__fetch_job;

/* Makes a job.
 *
 *   algorithm, directory, serial  as for duet__fetch_body_init()
 *
 * Returns a job for duet__fetch_job_free(), or NULL if there is no memory. */
duet__fetch_job *duet__fetch_job_new(const EVP_MD *algorithm, int directory,
                                     uint64_t serial);

/* Frees a job, and removes its temporary file; NULL does nothing. */
void duet__fetch_job_free(duet__fetch_job *job);

/* Begins a URL.
 *
 *   url  borrowed until duet__fetch_job_end() */
void duet__fetch_job_begin(duet__fetch_job *job, duet__fetch_url *url);

/* Evaluates the attempt: a status other than 2xx becomes DUET_EHTTP; a body to
 * be kept gets its file name, and if that fails the attempt fails. */
void duet__fetch_job_judge(duet__fetch_job *job);

/* The job's record; borrowed from the job until duet__fetch_job_end().
 *
 *   directory  as it was named; NULL: bodies are not kept */
duet__record duet__fetch_job_record(const duet__fetch_job *job,
                                    const char *directory);

/* Removes the kept file, if there is one, as its record could not be
 * written. */
void duet__fetch_job_withdraw(duet__fetch_job *job);

/* Frees what the attempt left, including the temporary file: the job is
 * idle. */
void duet__fetch_job_end(duet__fetch_job *job);

#endif
