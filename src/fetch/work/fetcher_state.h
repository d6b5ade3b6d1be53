/* SPDX-License-Identifier: MIT */
/* fetcher_state.h - the parts of a fetcher. */
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
    int64_t places;        /* at_once minus the workers that are counted */
    duet__list running;    /* of duet__fetch_job; see work/silence.h, */
    int64_t lent;          /* for all of these: workers not counted, */
    int64_t lent_max;
    duet__list asking;          /* of duet__frontier_host, */
    int64_t look_ups;           /* in progress and counted */
    int64_t slow_look_ups;      /* slow ones, not counted above */
    int64_t look_at_ns;         /* 0: nothing to wait for */
    duet__list reader;          /* of duet__wait: it, while no URL is needed */
    duet__list main;            /* of duet__wait: the main task */
    duet_deadline sleeps_until; /* the main task */
    uint64_t lost;              /* records that could not be written */
    uint64_t renamed;           /* bodies whose own names existed */
    bool is_read_up;
    bool is_stopped;
    bool is_aborted;
    int status;                              /* the first fatal failure */
    char detail[DUET__ATTEMPT_DETAIL_BYTES]; /* of status */
    uint64_t random;
};

#endif
