/* SPDX-License-Identifier: MIT */
/* fetcher.c - the main task: it starts the reader of the input and waits until
 * something is due. Owns the parts of the fetcher. */
#include "fetch/work/fetcher.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <duet/error.h>

#include "base/hash.h"
#include "fetch/work/places.h"
#include "fetch/work/silence.h"
#include "fetch/work/work.h"
#include "fetch/work/fetcher_end.h"
#include "fetch/work/fetcher_state.h"
#include "http/head/method.h"

enum {
    STANDARD_TIMEOUT_MS = 5 * 60 * 1000,
    FIRST_WAIT_MS = 500,
    LONGEST_WAIT_MS = 30 * 1000,
    LONGEST_RETRY_AFTER_S = 120,
    FIRST_SHARE = 16,
    WAITING_BYTES_MAX = 32 << 20
};

/* --- making and freeing -------------------------------------------------- */

/* The initial share of an unknown host is small enough that a silent one leaves
 * room for the others; if the user sets per_host, that is used. */
static void init_frontier(duet__fetcher *fetcher)
{
    const duet__fetcher_options *options = &fetcher->options;
    int64_t at_once = options->at_once;
    int64_t per_host = options->per_host != 0 ? options->per_host : at_once;
    int64_t share = at_once / 4 < FIRST_SHARE ? at_once / 4 : FIRST_SHARE;

    if (per_host < at_once)
        share = per_host;
    duet__frontier_init(
        &fetcher->frontier,
        &(duet__frontier_limits){.per_host = (size_t)per_host,
                                 .share = share > 0 ? (size_t)share : 1,
                                 .rests = options->retries,
                                 .bytes_max = WAITING_BYTES_MAX});
}

static void take_options(duet__fetcher *fetcher,
                         const duet__fetcher_options *options)
{
    duet__fetcher_options *own = &fetcher->options;

    *own = *options;
    if (own->at_once == 0)
        own->at_once = DUET__AT_ONCE_STANDARD;
    init_frontier(fetcher);
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

static int64_t lent_max(const duet__fetcher_options *options)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    return duet__fetch_lent_max(options, limit.rlim_cur > INT32_MAX
                                             ? INT32_MAX
                                             : (int64_t)limit.rlim_cur);
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
    fetcher->places = fetcher->options.at_once;
    duet__link_init(&fetcher->reader);
    duet__link_init(&fetcher->main);
    duet__link_init(&fetcher->new_jobs);
    duet__link_init(&fetcher->running);
    duet__link_init(&fetcher->asking);
    fetcher->lent_max = lent_max(&fetcher->options);
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
    duet__frontier_free(&fetcher->frontier);
    duet__record_output_free(&fetcher->output);
    EVP_MD_free(fetcher->algorithm);
    if (fetcher->directory >= 0)
        close(fetcher->directory);
    free(fetcher);
}

/* --- the run ------------------------------------------------------------- */

static int show_progress(void *argument)
{
    duet__fetcher *fetcher = argument;
    duet__progress *progress = &fetcher->progress;

    for (;;) {
        int status =
            duet_sleep(duet_in_ms(duet__progress_interval_ms(progress)));

        if (status != 0)
            return status;
        progress->waiting = fetcher->frontier.count;
        duet__progress_show(progress, duet_clock_ns(),
                            duet__input_fraction(fetcher->input));
    }
}

/* Waits for what is due until everything is done. Returns 0 or
 * DUET_ECANCELED. */
static int oversee(duet__fetcher *fetcher)
{
    while (duet__fetch_goes_on(fetcher)) {
        duet__wait wait = {.what = "all URLs"};
        int status;

        fetcher->sleeps_until = duet__fetch_due(fetcher);
        duet__list_push_back(&fetcher->main, &wait.link);
        status = duet__park(&wait, fetcher->sleeps_until);
        if (status != 0 && status != DUET_ETIMEDOUT)
            return status;
        if (status == DUET_ETIMEDOUT) {
            duet__frontier_wake(&fetcher->frontier, duet_clock_ns());
            duet__fetch_silence_lend(fetcher);
            duet__fetch_fill_places(fetcher);
        }
    }
    return 0;
}

/* Writes the records of URLs that were taken from the input and have none
 * yet. */
static void report_unfinished(duet__fetcher *fetcher)
{
    duet__fetch_url *url;

    while ((url = duet__frontier_take_any(&fetcher->frontier)) != NULL) {
        duet__fetch_report_unfinished(fetcher, url);
        duet__frontier_drop(url);
    }
}

static int run_groups(duet__fetcher *fetcher)
{
    int status = duet_group_open(&fetcher->workers);

    if (status == 0)
        status = duet_group_open(&fetcher->helpers);
    if (status == 0)
        status = duet_group_spawn(
            fetcher->helpers, duet__fetch_read_input, fetcher,
            &(duet_spawn_options){.name = "fetch input"}, NULL);
    if (status == 0)
        status = oversee(fetcher);
    if (status != 0)
        duet__fetcher_abort(fetcher);
    status = duet_group_close(fetcher->helpers, status);
    fetcher->helpers = NULL;
    status = duet_group_close(fetcher->workers, status);
    fetcher->workers = NULL;
    duet__fetch_take_back(fetcher);
    return status;
}

static int run_with_progress(duet__fetcher *fetcher)
{
    duet_task *ticker = NULL;
    int status = 0;

    if (fetcher->options.progress >= 0)
        status = duet_spawn(show_progress, fetcher, NULL, &ticker);
    if (status == 0)
        status = run_groups(fetcher);
    if (ticker != NULL) {
        duet_task_cancel(ticker);
        (void)!duet_join(ticker, NULL, DUET_NEVER);
        duet__progress_hide(&fetcher->progress);
    }
    report_unfinished(fetcher);
    return status;
}

int duet__fetcher_run(duet__fetcher *fetcher, duet__fetcher_result *result)
{
    duet__progress *progress = &fetcher->progress;
    int status;

    duet__progress_init(progress, fetcher->options.progress, duet_clock_ns());
    fetcher->shares_terminal =
        progress->is_terminal && isatty(fetcher->options.records);
    status = run_with_progress(fetcher);
    if (fetcher->status == 0)
        fetcher->status = status;
    else
        duet_fail(fetcher->status, "%s", fetcher->detail);
    *result = (duet__fetcher_result){
        .done = progress->done,
        .failed = progress->failed,
        .cancelled = progress->cancelled,
        .skipped = progress->skipped,
        .lost = fetcher->lost,
        .renamed = fetcher->renamed,
        .bytes = progress->bytes,
        .at_once_max = progress->in_flight_max,
        .elapsed_ns = duet_clock_ns() - progress->started_ns,
        .status = fetcher->status,
    };
    return fetcher->status;
}

uint64_t duet__fetcher_in_flight(const duet__fetcher *fetcher)
{
    return fetcher->progress.in_flight;
}

void duet__fetcher_hide_progress(duet__fetcher *fetcher)
{
    duet__progress_hide(&fetcher->progress);
}
