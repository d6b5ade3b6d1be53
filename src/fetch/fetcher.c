/* SPDX-License-Identifier: MIT */
/* fetcher.c - the pool of tasks.
 *
 * A worker is a task that holds one of `at_once` slots. Invariants: at most one
 * worker reads the input; a slot is free, held by a worker, or handed to a
 * worker whose wait before a retry is over; while there may be input, nobody
 * reads it and a slot is free, a worker is about to start. Workers end when
 * they find nothing to do; what they need is kept for the next one. */
#include "fetch/fetcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <duet/error.h>
#include <duet/group.h>
#include <duet/session.h>

#include "base/error.h"
#include "base/hash.h"
#include "fetch/fetch_job.h"
#include "fetch/host_gate.h"
#include "fetch/progress.h"
#include "fetch/record_output.h"
#include "fetch/retry_policy.h"
#include "fetch/slots.h"
#include "http/method.h"

enum {
    STANDARD_TIMEOUT_MS = 5 * 60 * 1000,
    FIRST_WAIT_MS = 500,
    LONGEST_WAIT_MS = 30 * 1000,
    LONGEST_RETRY_AFTER_S = 120,
    ABORTED_READER_MS = 1000,
    OTHER_DESCRIPTORS = 24 /* the loop, signals, name servers */
};

struct duet__fetcher {
    duet__fetcher_options options;
    duet__input *input;
    duet__retry_policy policy;
    duet_session *session;
    duet_group *group; /* of the workers; NULL while not running */
    duet__record_output output;
    duet__progress progress;
    EVP_MD *algorithm;
    int directory;
    bool shares_terminal;  /* records and progress are on terminals */
    duet__fetch_job *jobs; /* idle */
    uint64_t serial;       /* of the next job's temporary file */
    duet__slots slots;
    duet__host_gate hosts;
    duet_task *reader; /* the worker that reads the input */
    bool is_read_up;
    bool is_stopped;
    bool is_aborted;
    int status;                              /* the first reason not to go on */
    char detail[DUET__ATTEMPT_DETAIL_BYTES]; /* of status */
    uint64_t random;
};

static void grow(void *context);

/* --- making and freeing -------------------------------------------------- */

int64_t duet__fetcher_descriptors(const duet__fetcher_options *options)
{
    int64_t files = options->directory != NULL ? options->at_once : 0;

    return duet__fetch_kept_max(options->at_once) + files + OTHER_DESCRIPTORS;
}

static void take_options(duet__fetcher *fetcher,
                         const duet__fetcher_options *options)
{
    duet__fetcher_options *own = &fetcher->options;

    *own = *options;
    if (own->at_once == 0)
        own->at_once = DUET__AT_ONCE_STANDARD;
    if (own->per_host == 0)
        own->per_host = own->at_once;
    if (own->timeout_ms == 0)
        own->timeout_ms = STANDARD_TIMEOUT_MS;
    if (own->method == NULL)
        own->method = "GET";
    fetcher->policy = (duet__retry_policy){
        .retries = own->retries,
        .first_wait_ms = FIRST_WAIT_MS,
        .longest_wait_ms = LONGEST_WAIT_MS,
        .longest_retry_after_s = LONGEST_RETRY_AFTER_S,
        .is_idempotent = duet__method_is_idempotent(
            duet__method_of(duet__text_from(own->method))),
    };
}

int duet__fetcher_new(duet__input *input, const duet__fetcher_options *options,
                      duet__fetcher **out_fetcher)
{
    duet__fetcher *fetcher = calloc(1, sizeof *fetcher);
    const duet__hash_key random = duet__hash_key_random();
    int status = 0;

    *out_fetcher = NULL;
    if (fetcher == NULL)
        return DUET_ENOMEM;
    take_options(fetcher, options);
    fetcher->input = input;
    fetcher->directory = -1;
    duet__slots_init(&fetcher->slots, fetcher->options.at_once, grow, fetcher);
    duet__host_gate_init(&fetcher->hosts, fetcher->options.at_once,
                         fetcher->options.per_host);
    fetcher->random = random.words[0] | 1;
    fetcher->serial = random.words[1];
    duet__record_output_init(&fetcher->output, options->records);
    fetcher->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (fetcher->algorithm == NULL)
        status = DUET_ENOMEM;
    if (status == 0 && options->directory != NULL)
        status =
            duet__body_directory_open(options->directory, &fetcher->directory);
    if (status == 0)
        status = duet__fetch_session_open(&fetcher->options, &fetcher->session);
    if (status != 0) {
        duet__fetcher_free(fetcher);
        return status;
    }
    *out_fetcher = fetcher;
    return 0;
}

void duet__fetcher_free(duet__fetcher *fetcher)
{
    if (fetcher == NULL)
        return;
    while (fetcher->jobs != NULL) {
        duet__fetch_job *job = fetcher->jobs;

        fetcher->jobs = job->next;
        duet__fetch_job_free(job);
    }
    duet_session_close(fetcher->session);
    duet__host_gate_free(&fetcher->hosts);
    duet__record_output_free(&fetcher->output);
    EVP_MD_free(fetcher->algorithm);
    if (fetcher->directory >= 0)
        close(fetcher->directory);
    free(fetcher);
}

/* A job that was used before, or a new one; NULL if there is no memory. */
static duet__fetch_job *take_job(duet__fetcher *fetcher)
{
    duet__fetch_job *job = fetcher->jobs;

    if (job == NULL)
        return duet__fetch_job_new(fetcher->algorithm, fetcher->directory,
                                   fetcher->serial++);
    fetcher->jobs = job->next;
    return job;
}

static void give_job(duet__fetcher *fetcher, duet__fetch_job *job)
{
    job->next = fetcher->jobs;
    fetcher->jobs = job;
}

/* --- growing ------------------------------------------------------------- */

static int work(void *argument);

/* Nothing more can be done: ends all that runs. */
static void give_up(duet__fetcher *fetcher, int status)
{
    if (fetcher->status == 0) {
        fetcher->status = status;
        snprintf(fetcher->detail, sizeof fetcher->detail, "%s",
                 duet_error_detail());
    }
    duet__fetcher_abort(fetcher);
}

/* Starts a worker if there is something for it to do. */
static void grow(void *context)
{
    duet__fetcher *fetcher = context;
    const duet_spawn_options options = {.name = "fetch"};
    int status;

    if (fetcher->reader != NULL || fetcher->is_read_up || fetcher->is_stopped ||
        !duet__slots_take(&fetcher->slots))
        return;
    status = duet_group_spawn(fetcher->group, work, fetcher, &options, NULL);
    if (status == 0)
        return;
    fetcher->slots.free++;
    if (fetcher->slots.free == fetcher->slots.total)
        give_up(fetcher, status); /* else the others go on without it */
}

/* --- one URL ------------------------------------------------------------- */

static uint64_t next_random(duet__fetcher *fetcher)
{
    uint64_t x = fetcher->random; /* xorshift64, Marsaglia 2003 */

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    fetcher->random = x;
    return x;
}

static void count_flight(duet__fetcher *fetcher, int change)
{
    duet__progress *progress = &fetcher->progress;

    progress->in_flight += (uint64_t)(int64_t)change;
    if (progress->in_flight > progress->in_flight_max)
        progress->in_flight_max = progress->in_flight;
}

/* Waits for the host's turn. The time is not the URL's: it moves `deadline`. */
static int enter_host(duet__fetcher *fetcher, duet__fetch_job *job,
                      duet__admission_host **out_host, duet_deadline *deadline)
{
    int64_t waited_ns;
    int status = duet__host_gate_enter(&fetcher->hosts, &fetcher->slots,
                                       job->url.bytes, out_host, &waited_ns);

    job->started_ns += waited_ns;
    if (*deadline != DUET_NEVER)
        *deadline += waited_ns;
    return status;
}

static void attempt(duet__fetcher *fetcher, duet__fetch_job *job,
                    duet_deadline deadline)
{
    job->attempts++;
    count_flight(fetcher, 1);
    duet__fetch_attempt_run(fetcher->session, &fetcher->options, job->url.bytes,
                            &job->body, &job->attempt, deadline);
    count_flight(fetcher, -1);
    if (job->attempt.error == DUET_ECANCELED)
        duet__fetcher_abort(fetcher);
}

/* Whether to try again, after how long. */
static bool tries_again(duet__fetcher *fetcher, const duet__fetch_job *job,
                        int64_t *wait_ms)
{
    const duet__retry_outcome outcome = {
        .error = job->attempt.error,
        .http_status = job->attempt.http_status,
        .retry_after = job->attempt.retry_after,
    };

    return !fetcher->is_stopped &&
           duet__retry_decide(&fetcher->policy, &outcome, job->attempts,
                              time(NULL), next_random(fetcher), wait_ms);
}

/* Tries until there is nothing to be gained by trying again. Returns false if
 * it was not even tried: the run is to end. */
static bool fetch(duet__fetcher *fetcher, duet__fetch_job *job)
{
    duet_deadline deadline = fetcher->options.timeout_ms == DUET_NO_LIMIT
                                 ? DUET_NEVER
                                 : duet_in_ms(fetcher->options.timeout_ms);
    duet__admission_host *host;
    int64_t wait_ms;

    for (;;) {
        int status = enter_host(fetcher, job, &host, &deadline);

        if (status == DUET_ENOMEM)
            give_up(fetcher, status);
        else if (status == DUET_ECANCELED)
            duet__fetcher_abort(fetcher);
        if (status != 0)
            return job->attempts > 0;
        duet__fetch_job_end(job); /* what the attempt before left */
        attempt(fetcher, job, deadline);
        duet__host_gate_leave(&fetcher->hosts, host);
        if (!tries_again(fetcher, job, &wait_ms) ||
            duet_in_ms(wait_ms) >= deadline ||
            !duet__slots_wait(&fetcher->slots, wait_ms))
            return true;
    }
}

static void write_record(duet__fetcher *fetcher, const duet__record *record)
{
    duet__progress *progress = &fetcher->progress;
    int status;

    if (fetcher->shares_terminal)
        duet__progress_hide(progress);
    if (record->error == 0)
        progress->done++;
    else
        progress->failed++;
    status = duet__record_output_write(&fetcher->output, record);
    if (status != 0)
        give_up(fetcher, status);
}

static void report(duet__fetcher *fetcher, duet__fetch_job *job)
{
    duet__record record;

    duet__fetch_job_judge(job);
    record = duet__fetch_job_record(job, fetcher->options.directory);
    fetcher->progress.bytes += job->body.bytes;
    write_record(fetcher, &record);
}

/* --- workers ------------------------------------------------------------- */

/* A line that is no URL is a record, too. */
static void report_bad_line(duet__fetcher *fetcher,
                            const duet__input_item *item)
{
    const duet__record record = {
        .url = item->url,
        .error = item->status,
        .error_phase = "input",
        .error_detail = item->detail,
        .timings = {-1, -1, -1, -1, -1, -1, 0},
        .source = item->source,
        .line = item->line,
        .index = item->index,
    };

    write_record(fetcher, &record);
}

/* A worker whose URLs all fail at once never waits for anything else. */
static void let_others_run(duet__fetcher *fetcher)
{
    if (duet_yield() != 0)
        duet__fetcher_abort(fetcher);
}

static int read_item(duet__fetcher *fetcher, duet__input_item *item)
{
    int status;

    do {
        fetcher->reader = duet_current_task();
        status = duet__input_next(fetcher->input, item, DUET_NEVER);
        if (status == 0 && item->status != 0) {
            report_bad_line(fetcher, item);
            let_others_run(fetcher);
        }
        fetcher->reader = NULL;
    } while (status == 0 && item->status != 0 && !fetcher->is_stopped);
    return status;
}

/* Gets the next URL for the worker. Returns whether there is one for it. */
static bool take_url(duet__fetcher *fetcher, duet__fetch_job *job)
{
    duet__input_item item;
    int status;

    if (fetcher->reader != NULL || fetcher->is_read_up || fetcher->is_stopped)
        return false;
    status = read_item(fetcher, &item);
    if (fetcher->is_stopped)
        return false;
    if (status == 0)
        status = duet__fetch_job_begin(job, &item);
    if (status != 0) {
        fetcher->is_read_up = true;
        if (status != DUET_EEMPTY)
            give_up(fetcher, status);
        return false;
    }
    grow(fetcher);
    return true;
}

static int work(void *argument)
{
    duet__fetcher *fetcher = argument;
    duet__fetch_job *job = take_job(fetcher);

    if (job == NULL) {
        give_up(fetcher, DUET_ENOMEM);
        return 0;
    }
    while (!duet__slots_are_wanted(&fetcher->slots) && take_url(fetcher, job)) {
        if (fetch(fetcher, job))
            report(fetcher, job);
        duet__fetch_job_end(job);
        let_others_run(fetcher);
    }
    give_job(fetcher, job);
    duet__slots_release(&fetcher->slots);
    return 0;
}

static int show_progress(void *argument)
{
    duet__fetcher *fetcher = argument;
    duet__progress *progress = &fetcher->progress;

    for (;;) {
        int status =
            duet_sleep(duet_in_ms(duet__progress_interval_ms(progress)));

        if (status != 0)
            return status;
        duet__progress_show(progress, duet_clock_ns(),
                            duet__input_fraction(fetcher->input));
    }
}

/* --- the run ------------------------------------------------------------- */

static int run_workers(duet__fetcher *fetcher)
{
    duet_task *ticker = NULL;
    int status;

    status = duet_group_open(&fetcher->group);
    if (status != 0)
        return status;
    if (fetcher->options.progress >= 0)
        status = duet_spawn(show_progress, fetcher, NULL, &ticker);
    if (status == 0)
        grow(fetcher);
    status = duet_group_close(fetcher->group, status);
    fetcher->group = NULL;
    if (ticker != NULL) {
        duet_task_cancel(ticker);
        duet_join(ticker, NULL, DUET_NEVER);
        duet__progress_hide(&fetcher->progress);
    }
    return status;
}

int duet__fetcher_run(duet__fetcher *fetcher, duet__fetcher_result *result)
{
    duet__progress *progress = &fetcher->progress;
    int status;

    duet__progress_init(progress, fetcher->options.progress, duet_clock_ns());
    fetcher->shares_terminal =
        progress->is_terminal && isatty(fetcher->options.records);
    status = run_workers(fetcher);
    if (fetcher->status == 0)
        fetcher->status = status;
    else
        duet__fail(fetcher->status, "%s", fetcher->detail);
    *result = (duet__fetcher_result){
        .done = progress->done,
        .failed = progress->failed,
        .bytes = progress->bytes,
        .at_once_max = progress->in_flight_max,
        .elapsed_ns = duet_clock_ns() - progress->started_ns,
        .status = fetcher->status,
    };
    return fetcher->status;
}

void duet__fetcher_stop(duet__fetcher *fetcher)
{
    fetcher->is_stopped = true;
    duet__slots_close(&fetcher->slots);
    duet__host_gate_close(&fetcher->hosts);
    if (fetcher->reader != NULL)
        duet_task_cancel(fetcher->reader);
}

void duet__fetcher_abort(duet__fetcher *fetcher)
{
    if (fetcher->is_aborted)
        return;
    fetcher->is_aborted = true;
    fetcher->is_stopped = true;
    duet__slots_close(&fetcher->slots);
    duet__host_gate_close(&fetcher->hosts);
    fetcher->output.give_up = duet_in_ms(ABORTED_READER_MS);
    if (fetcher->group != NULL)
        duet_group_cancel(fetcher->group);
}

uint64_t duet__fetcher_in_flight(const duet__fetcher *fetcher)
{
    return fetcher->progress.in_flight;
}

void duet__fetcher_hide_progress(duet__fetcher *fetcher)
{
    duet__progress_hide(&fetcher->progress);
}
