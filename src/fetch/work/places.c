/* SPDX-License-Identifier: MIT */
/* places.c - starts workers: each has a URL and one of `at_once` places, unless
 * its place was lent.
 *
 * Invariants: while a place is free, no URL is ready; while a place is free and
 * there is room for more waiting URLs, the input is read. */
#include "fetch/work/places.h"

#include <duet/error.h>

#include "fetch/work/silence.h"
#include "fetch/work/work.h"
#include "fetch/work/fetcher_end.h"

enum { LINES_AT_ONE_GO = 64 };

/* How long a host counts as looked up: at most as long as the session surely
 * remembers its addresses; and how long it counts as having none. */
enum { NAMED_MS = 1000, UNNAMED_MS = 5000 };

/* Returns an idle job or a new one; NULL if there is no memory. */
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

/* --- workers ------------------------------------------------------------- */

static duet__fetch_url *next_url(duet__fetcher *fetcher)
{
    duet__frontier *frontier = &fetcher->frontier;

    if (fetcher->is_stopped)
        return NULL;
    return duet__frontier_next(frontier, duet_clock_ns(),
                               fetcher->is_read_up ||
                                   duet__frontier_is_full(frontier));
}

bool duet__fetch_goes_on(const duet__fetcher *fetcher)
{
    return !fetcher->is_stopped &&
           (!fetcher->is_read_up || fetcher->frontier.count > 0 ||
            fetcher->places < fetcher->options.at_once + fetcher->lent);
}

duet_deadline duet__fetch_due(duet__fetcher *fetcher)
{
    return duet_deadline_earlier(duet__frontier_due(&fetcher->frontier),
                                 duet__fetch_silence_due(fetcher));
}

/* Wakes the main task if everything is done, or something is due before it
 * would wake. */
static void wake_main(duet__fetcher *fetcher)
{
    if (!duet__fetch_goes_on(fetcher) ||
        duet__fetch_due(fetcher).at_ns < fetcher->sleeps_until.at_ns)
        duet__wake_first(&fetcher->main, 0);
}

/* Yields, as a worker whose URLs all fail immediately would otherwise never
 * wait. */
static void let_others_run(duet__fetcher *fetcher)
{
    if (duet_yield() != 0)
        duet__fetcher_abort(fetcher);
}

static int work(void *argument)
{
    duet__fetch_job *job = argument;
    duet__fetcher *fetcher = job->context;
    duet__fetch_url *url = job->url;

    duet__list_remove(&job->link);
    while (url != NULL) {
        duet__fetch_work(fetcher, job, url);
        let_others_run(fetcher);
        wake_main(fetcher); /* the last URL may wait for something now */
        url = job->is_lent ? NULL : next_url(fetcher);
    }
    duet__fetch_place_left(fetcher, job);
    give_job(fetcher, job);
    duet__fetch_fill_places(fetcher);
    return 0;
}

/* Returns 0, or the code why no worker could be started. */
static int start_worker(duet__fetcher *fetcher, duet__fetch_url *url)
{
    const duet_spawn_options options = {.name = "fetch"};
    duet__fetch_job *job = take_job(fetcher);
    int status;

    if (job == NULL)
        return DUET_ENOMEM;
    job->context = fetcher;
    job->url = url;
    fetcher->places--;
    duet__list_push_back(&fetcher->new_jobs, &job->link);
    status = duet_group_spawn(fetcher->workers, work, job, &options, NULL);
    if (status != 0) {
        fetcher->places++;
        duet__list_remove(&job->link);
        give_job(fetcher, job);
    }
    return status;
}

void duet__fetch_take_back(duet__fetcher *fetcher)
{
    while (!duet__list_is_empty(&fetcher->new_jobs)) {
        duet__fetch_job *job = DUET__MEMBER(
            duet__list_pop_front(&fetcher->new_jobs), duet__fetch_job, link);

        duet__frontier_put_back(job->url);
        fetcher->places++;
        give_job(fetcher, job);
    }
    while (!duet__list_is_empty(&fetcher->asking)) {
        duet__frontier_host *host =
            DUET__MEMBER(fetcher->asking.next, duet__frontier_host, turn);

        duet__fetch_look_up_ends(fetcher, host);
        duet__frontier_named(host, 0, NULL, 0);
    }
}

/* --- look-ups ------------------------------------------------------------ */

static int look_up(void *argument)
{
    duet__frontier_host *host = argument;
    duet__fetcher *fetcher = host->context;
    const char *flaw = NULL;
    int error = duet__fetch_look_up(
        fetcher->session,
        duet__text_of(host->entry->key, host->entry->key_length), &flaw);

    duet__fetch_look_up_ends(fetcher, host);
    duet__frontier_named(host, error, flaw,
                         duet_clock_ns() +
                             (error == 0 ? NAMED_MS : UNNAMED_MS) * 1000000LL);
    duet__fetch_fill_places(fetcher);
    return 0;
}

static void start_look_ups(duet__fetcher *fetcher)
{
    const duet_spawn_options options = {.name = "fetch name"};
    duet__frontier_host *host;
    int status;

    while (duet__fetch_may_look_up(fetcher) && !fetcher->is_stopped &&
           (host = duet__frontier_unnamed(&fetcher->frontier)) != NULL) {
        host->context = fetcher;
        status =
            duet_group_spawn(fetcher->helpers, look_up, host, &options, NULL);
        if (status == 0)
            duet__fetch_look_up_begins(fetcher, host);
        else /* the worker looks it up */
            duet__frontier_named(host, 0, NULL,
                                 duet_clock_ns() + NAMED_MS * 1000000LL);
    }
}

/* --- places -------------------------------------------------------------- */

static bool wants_url(const duet__fetcher *fetcher)
{
    return fetcher->places > 0 &&
           !duet__frontier_is_ready(&fetcher->frontier) &&
           !duet__frontier_is_full(&fetcher->frontier);
}

void duet__fetch_fill_places(duet__fetcher *fetcher)
{
    duet__fetch_url *url;
    int status = 0;

    while (status == 0 && fetcher->places > 0 &&
           (url = next_url(fetcher)) != NULL) {
        status = start_worker(fetcher, url);
        if (status != 0)
            duet__frontier_put_back(url);
    }
    if (status != 0 &&
        fetcher->places == fetcher->options.at_once + fetcher->lent)
        duet__fetcher_give_up(fetcher, status); /* else the others go on */
    start_look_ups(fetcher);
    if (wants_url(fetcher))
        duet__wake_first(&fetcher->reader, 0);
    wake_main(fetcher);
}

/* --- the reader ---------------------------------------------------------- */

static int wait_until_wanted(duet__fetcher *fetcher)
{
    duet__wait wait = {.what = "room for a URL"};

    duet__list_push_back(&fetcher->reader, &wait.link);
    return duet__park(&wait, DUET_NEVER);
}

/* Reads a line; returns DUET_EEMPTY after the last one. */
static int read_line(duet__fetcher *fetcher)
{
    duet__input_item item;
    int status = duet__input_next(fetcher->input, &item, DUET_NEVER);

    if (status != 0)
        return status;
    if (item.status != 0) {
        duet__fetch_report_line(fetcher, &item);
        return 0;
    }
    if (duet__fetch_skips(fetcher, &item))
        return 0;
    status = duet__frontier_add(&fetcher->frontier, &item);
    duet__fetch_fill_places(fetcher);
    return status;
}

int duet__fetch_read_input(void *argument)
{
    duet__fetcher *fetcher = argument;
    uint64_t lines = 0;
    int status = 0;

    while (status == 0 && !fetcher->is_stopped) {
        if (!wants_url(fetcher))
            status = wait_until_wanted(fetcher);
        else
            status = read_line(fetcher);
        if (status == 0 && ++lines % LINES_AT_ONE_GO == 0)
            status = duet_yield();
    }
    if (status != 0 && status != DUET_EEMPTY && !fetcher->is_stopped)
        duet__fetcher_give_up(fetcher, status);
    fetcher->is_read_up = true;
    duet__fetch_fill_places(fetcher);
    return 0;
}
