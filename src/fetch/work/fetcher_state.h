/* SPDX-License-Identifier: MIT */
/* fetcher_state.h - what a fetcher consists of. */
#ifndef DUET_FETCH_WORK_FETCHER_STATE_H
#define DUET_FETCH_WORK_FETCHER_STATE_H

#include <duet/group.h>
#include <duet/session.h>

#include "fetch/work/job.h"
#include "fetch/work/fetcher.h"
#include "fetch/frontier/frontier.h"
#include "fetch/output/progress.h"
#include "fetch/output/record_output.h"
#include "fetch/frontier/retry_policy.h"
#include "runtime/core/wait.h"

struct duet__fetcher {
    duet__fetcher_options options;
    duet__input *input;
    duet__retry_policy policy;
    duet_session *session;
    duet__frontier frontier;
    duet_group *workers; /* each has a URL; NULL while not running */
    duet_group *helpers; /* the reader of the input, look-ups of names; NULL as
                          * `workers` */
    duet__record_output output;
    duet__progress progress;
    EVP_MD *algorithm;
    int directory;
    bool shares_terminal;  /* records and progress are on terminals */
    duet__fetch_job *jobs; /* idle */
    duet__list new_jobs;   /* of workers that have not run yet */
    uint64_t serial;       /* of the next job's temporary file */
    int64_t places;        /* at_once less the workers that are counted */
    duet__list running;    /* of duet__fetch_job; see work/silence.h, */
    int64_t lent;          /* for all of these: workers not counted, */
    int64_t lent_max;
    duet__list asking;          /* of duet__frontier_host, */
    int64_t look_ups;           /* under way, */
    int64_t slow_look_ups;      /* of which more are under way */
    int64_t look_at_ns;         /* 0: nothing is waited for */
    duet__list reader;          /* of duet__wait: it, while no URL is wanted */
    duet__list main;            /* of duet__wait: the task that runs it all */
    duet_deadline sleeps_until; /* that task */
    uint64_t lost;              /* records that could not be written */
    uint64_t renamed;           /* bodies whose own names were taken */
    bool is_read_up;
    bool is_stopped;
    bool is_aborted;
    int status;                              /* the first reason not to go on */
    char detail[DUET__ATTEMPT_DETAIL_BYTES]; /* of status */
    uint64_t random;
};

#endif
