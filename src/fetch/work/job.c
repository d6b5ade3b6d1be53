/* SPDX-License-Identifier: MIT */
/* job.c - owns the body and the attempt of a job. */
#include "fetch/work/job.h"

#include <stdlib.h>
#include <unistd.h>

#include <duet/error.h>
#include <duet/status.h>
#include <duet/time.h>

#include "base/error.h"

duet__fetch_job *duet__fetch_job_new(const EVP_MD *algorithm, int directory,
                                     uint64_t serial)
{
    duet__fetch_job *job = calloc(1, sizeof *job);

    if (job == NULL)
        return NULL;
    if (duet__fetch_body_init(&job->body, algorithm, directory, serial) != 0) {
        duet__fetch_job_free(job);
        return NULL;
    }
    return job;
}

void duet__fetch_job_free(duet__fetch_job *job)
{
    if (job == NULL)
        return;
    duet__fetch_job_end(job);
    duet__fetch_body_free(&job->body);
    free(job);
}

void duet__fetch_job_begin(duet__fetch_job *job, duet__fetch_url *url)
{
    job->url = url;
    job->file[0] = '\0';
    job->has_other_name = false;
}

static void judge_status(duet__fetch_attempt *attempt)
{
    int http_status = attempt->http_status;

    if (attempt->error != 0 || (http_status >= 200 && http_status < 300))
        return;
    duet__fail(DUET_EHTTP, "%d %s", http_status,
               duet_status_reason(http_status));
    duet__fetch_attempt_fail(attempt, DUET_EHTTP, "status");
}

void duet__fetch_job_judge(duet__fetch_job *job)
{
    duet__fetch_attempt *attempt = &job->attempt;
    int status;

    judge_status(attempt);
    if (!job->body.is_kept || attempt->error != 0)
        return;
    status = duet__fetch_body_keep(
        &job->body, duet__text_of(job->url->text, job->url->length),
        job->url->index, job->file, &job->has_other_name);
    if (status != 0) {
        duet__fetch_attempt_fail(attempt, status, "file");
        job->file[0] = '\0';
    }
}

duet__record duet__fetch_job_record(const duet__fetch_job *job,
                                    const char *directory)
{
    const duet__fetch_attempt *attempt = &job->attempt;
    const duet__fetch_url *url = job->url;
    duet__record record = {
        .url = duet__text_of(url->text, url->length),
        .final_url = attempt->final_url,
        .http_status = attempt->http_status,
        .error = attempt->error,
        .error_phase = attempt->error_phase,
        .error_detail = attempt->error_detail,
        .has_body = job->body.sha256[0] != '\0',
        .bytes = job->body.bytes,
        .sha256 = job->body.sha256,
        .content_type = attempt->content_type,
        .timings = attempt->timings,
        .reused = attempt->reused,
        .attempts = url->attempts,
        .directory = directory,
        .file = job->file[0] != '\0' ? job->file : NULL,
        .source = url->source,
        .line = url->line,
        .index = url->index,
    };

    record.timings.total_ns = duet_clock_ns() - url->started_ns;
    return record;
}

void duet__fetch_job_withdraw(duet__fetch_job *job)
{
    if (job->file[0] != '\0')
        unlinkat(job->body.file.directory, job->file, 0);
    job->file[0] = '\0';
}

void duet__fetch_job_end(duet__fetch_job *job)
{
    duet__fetch_attempt_free(&job->attempt);
    duet__body_file_discard(&job->body.file);
    job->url = NULL;
}
