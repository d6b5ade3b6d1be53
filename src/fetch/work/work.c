/* SPDX-License-Identifier: MIT */
/* work.c - fetches one URL and reports it. Owns nothing. Invariant: a URL that
 * is taken from the frontier gets exactly one record, or is returned. */
#include "fetch/work/work.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <duet/error.h>
#include <duet/status.h>

#include "base/error.h"
#include "fetch/work/fetcher_end.h"
#include "fetch/work/silence.h"

enum { DETAIL_BYTES = 256 };

/* --- records ------------------------------------------------------------- */

static void count(duet__progress *progress, const duet__record *record)
{
    if (record->is_skipped)
        progress->skipped++;
    else if (record->error == 0)
        progress->done++;
    else if (record->error == DUET_ECANCELED)
        progress->cancelled++;
    else
        progress->failed++;
}

/* Returns whether the record was written. */
static bool write_record(duet__fetcher *fetcher, const duet__record *record)
{
    int status;

    if (fetcher->shares_terminal)
        duet__progress_hide(&fetcher->progress);
    status = duet__record_output_write(&fetcher->output, record);
    if (status == 0) {
        count(&fetcher->progress, record);
        return true;
    }
    fetcher->lost++;
    duet__fetcher_give_up(fetcher, status);
    return false;
}

void duet__fetch_report_line(duet__fetcher *fetcher,
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

/* Writes the record of a URL without an exchange. */
static void report_without_exchange(duet__fetcher *fetcher,
                                    const duet__fetch_url *url, int error,
                                    const char *phase, const char *detail)
{
    const duet__record record = {
        .url = duet__text_of(url->text, url->length),
        .http_status = url->http_status,
        .error = error,
        .error_phase = phase,
        .error_detail = detail,
        .timings = {-1, -1, -1, -1, -1, -1,
                    url->started_ns > 0 ? duet_clock_ns() - url->started_ns
                                        : 0},
        .attempts = url->attempts,
        .source = url->source,
        .line = url->line,
        .index = url->index,
    };

    write_record(fetcher, &record);
}

void duet__fetch_report_unfinished(duet__fetcher *fetcher,
                                   const duet__fetch_url *url)
{
    char detail[DETAIL_BYTES];

    if (url->attempts == 0) {
        report_without_exchange(fetcher, url, DUET_ECANCELED, "queue",
                                "the run ended before it was begun");
        return;
    }
    if (url->error == 0)
        snprintf(detail, sizeof detail,
                 "%d %s; the run ended before it was tried again",
                 url->http_status, duet_status_reason(url->http_status));
    else
        snprintf(detail, sizeof detail,
                 "%s; the run ended before it was tried again",
                 duet_error_text(url->error));
    report_without_exchange(fetcher, url,
                            url->error == 0 ? DUET_EHTTP : url->error,
                            url->error == 0 ? "status" : "queue", detail);
}

static void report_given_up(duet__fetcher *fetcher, const duet__fetch_url *url)
{
    char detail[DETAIL_BYTES];

    snprintf(
        detail, sizeof detail,
        "given up: the host asked to be left alone %d times, with no other "
        "answer between",
        url->host->rests);
    report_without_exchange(fetcher, url, DUET_EHTTP, "queue", detail);
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

/* The time of waiting for the host does not count for the URL. */
static void start_clock(duet__fetch_url *url)
{
    int64_t now_ns = duet_clock_ns();

    if (url->attempts == 0)
        url->started_ns = now_ns;
    else
        url->started_ns += now_ns - url->due_ns;
}

static duet_deadline deadline_of(const duet__fetcher *fetcher,
                                 const duet__fetch_url *url)
{
    int64_t timeout_ms = fetcher->options.timeout_ms;

    return timeout_ms == DUET_NO_LIMIT
               ? DUET_NEVER
               : duet_at_ns(url->started_ns + timeout_ms * 1000000);
}

static void attempt(duet__fetcher *fetcher, duet__fetch_job *job)
{
    duet__fetch_url *url = job->url;

    start_clock(url);
    url->attempts++;
    if (url->host->name_error != 0) {
        duet__fetch_attempt_unnamed(&job->attempt, &job->body, url->text,
                                    url->host->name_error,
                                    url->host->name_flaw);
        return;
    }
    count_flight(fetcher, 1);
    duet__fetch_silence_begin(fetcher, job);
    duet__fetch_attempt_run(fetcher->session, &fetcher->options, url->text,
                            &job->body, &job->attempt,
                            deadline_of(fetcher, url));
    duet__fetch_silence_end(job);
    count_flight(fetcher, -1);
    if (job->attempt.error == DUET_ECANCELED)
        duet__fetcher_abort(fetcher);
}

static void learn(const duet__fetcher *fetcher, duet__fetch_url *url,
                  const duet__retry_outcome *outcome)
{
    int64_t rest_ms;

    if (duet__retry_asks_for_rest(&fetcher->policy, outcome, time(NULL),
                                  &rest_ms))
        duet__frontier_rest(url, duet_in_ms(rest_ms).at_ns);
    else if (outcome->http_status > 0)
        duet__frontier_answered(url);
    else if (outcome->error == DUET_ETIMEDOUT)
        duet__frontier_fell_silent(url);
}

/* Returns the URL to the frontier for a retry, if a retry is sensible. */
static bool goes_back(duet__fetcher *fetcher, duet__fetch_url *url,
                      const duet__retry_outcome *outcome)
{
    int64_t wait_ms;

    if (fetcher->is_stopped ||
        !duet__retry_decide(&fetcher->policy, outcome, url->attempts,
                            time(NULL), next_random(fetcher), &wait_ms))
        return false;
    url->due_ns = duet_in_ms(wait_ms).at_ns;
    if (url->due_ns >= deadline_of(fetcher, url).at_ns)
        return false;
    url->http_status = outcome->http_status;
    url->error = outcome->error;
    return duet__frontier_retry(url) == 0;
}

/* Would every other body fail in the same way? */
static bool is_end_of_files(const duet__fetch_attempt *attempt)
{
    if (attempt->error_phase == NULL ||
        strcmp(attempt->error_phase, "file") != 0)
        return false;
    switch (attempt->error) {
    case DUET_ENOSPC:
    case DUET_EDQUOT:
    case DUET_EROFS:
    case DUET_EIO:
    case DUET_ENOENT: /* the directory was removed */
        return true;
    default:
        return false;
    }
}

bool duet__fetch_skips(duet__fetcher *fetcher, const duet__input_item *item)
{
    char name[DUET__OUTPUT_NAME_BYTES];
    uint64_t bytes;
    duet__record record = {.url = item->url,
                           .is_skipped = true,
                           .timings = {-1, -1, -1, -1, -1, -1, 0},
                           .directory = fetcher->options.directory,
                           .file = name,
                           .source = item->source,
                           .line = item->line,
                           .index = item->index};

    if (!fetcher->options.skip_existing || fetcher->directory < 0)
        return false;
    duet__output_name(item->url, item->index, 0, name);
    if (!duet__body_file_exists(fetcher->directory, name, &bytes))
        return false;
    record.bytes = bytes;
    write_record(fetcher, &record);
    return true;
}

/* A URL that occurs twice in the input may have its file by now. */
static bool is_there_now(duet__fetcher *fetcher, const duet__fetch_url *url)
{
    const duet__input_item item = {.url = duet__text_of(url->text, url->length),
                                   .source = url->source,
                                   .line = url->line,
                                   .index = url->index};

    return duet__fetch_skips(fetcher, &item);
}

static void report(duet__fetcher *fetcher, duet__fetch_job *job)
{
    duet__record record;

    if (job->attempt.error == 0 && is_there_now(fetcher, job->url))
        return;
    duet__fetch_job_judge(job);
    record = duet__fetch_job_record(job, fetcher->options.directory);
    if (!write_record(fetcher, &record)) {
        duet__fetch_job_withdraw(job);
        return;
    }
    fetcher->progress.bytes += job->body.bytes;
    fetcher->renamed += job->file[0] != '\0' && job->has_other_name;
    if (is_end_of_files(&job->attempt))
        duet__fetcher_give_up(fetcher, duet__fail(job->attempt.error, "%s",
                                                  job->attempt.error_detail));
}

void duet__fetch_work(duet__fetcher *fetcher, duet__fetch_job *job,
                      duet__fetch_url *url)
{
    duet__retry_outcome outcome;

    if (url->is_given_up || is_there_now(fetcher, url)) {
        if (url->is_given_up)
            report_given_up(fetcher, url);
        duet__frontier_drop(url);
        return;
    }
    duet__fetch_job_begin(job, url);
    attempt(fetcher, job);
    outcome = (duet__retry_outcome){.error = job->attempt.error,
                                    .http_status = job->attempt.http_status,
                                    .retry_after = job->attempt.retry_after};
    learn(fetcher, url, &outcome);
    if (goes_back(fetcher, url, &outcome)) {
        duet__fetch_job_end(job);
        return;
    }
    report(fetcher, job);
    duet__fetch_job_end(job);
    duet__frontier_drop(url);
}
