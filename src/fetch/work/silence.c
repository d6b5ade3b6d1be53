/* SPDX-License-Identifier: MIT */
/* silence.c - lends the places of silent transfers. Owns nothing. Invariant: a
 * job is in `running` while it is in transfer and not lent, a host in `asking`
 * while its look-up is counted. */
#include "fetch/work/silence.h"

#include <duet/error.h>

#include "fetch/work/descriptors.h"

enum {
    SILENT_MS = 1000,
    LENT_MAX = 1024,
    LOOK_UPS_MAX = 1024,
    SLOW_LOOK_UPS_MAX = 3072, /* together what a session has at once */
};

static const int64_t SILENT_NS = SILENT_MS * INT64_C(1000000);

int64_t duet__fetch_lent_max(const duet__fetcher_options *options,
                             int64_t descriptors)
{
    int64_t left = descriptors - duet__fetcher_descriptors(options);

    if (options->directory != NULL)
        left /= 2; /* a connection and a file */
    return left < 0 ? 0 : left < LENT_MAX ? left : LENT_MAX;
}

/* --- places -------------------------------------------------------------- */

void duet__fetch_silence_begin(duet__fetcher *fetcher, duet__fetch_job *job)
{
    job->body.heard_ns = duet_clock_ns();
    duet__list_push_back(&fetcher->running, &job->link);
}

void duet__fetch_silence_end(duet__fetch_job *job)
{
    duet__list_remove(&job->link);
}

void duet__fetch_place_left(duet__fetcher *fetcher, duet__fetch_job *job)
{
    if (job->is_lent)
        fetcher->lent--;
    else
        fetcher->places++;
    job->is_lent = false;
}

/* Could a transfer begin if there were a place? The rest of the input is
 * unknown. */
static bool wants_place(const duet__fetcher *fetcher)
{
    const duet__frontier *frontier = &fetcher->frontier;

    return fetcher->places == 0 && fetcher->lent < fetcher->lent_max &&
           (duet__frontier_is_ready(frontier) ||
            (!fetcher->is_read_up && !duet__frontier_is_full(frontier)));
}

static void lend_places(duet__fetcher *fetcher, int64_t now_ns)
{
    duet__link *link = fetcher->running.next;

    while (link != &fetcher->running && fetcher->lent < fetcher->lent_max) {
        duet__fetch_job *job = DUET__MEMBER(link, duet__fetch_job, link);

        link = link->next;
        if (now_ns - job->body.heard_ns < SILENT_NS)
            continue;
        duet__list_remove(&job->link);
        job->is_lent = true;
        fetcher->lent++;
        fetcher->places++;
        duet__frontier_is_silent(job->url);
    }
}

/* --- names --------------------------------------------------------------- */

void duet__fetch_look_up_begins(duet__fetcher *fetcher,
                                duet__frontier_host *host)
{
    host->asked_ns = duet_clock_ns();
    duet__list_push_back(&fetcher->asking, &host->turn);
    fetcher->look_ups++;
}

void duet__fetch_look_up_ends(duet__fetcher *fetcher, duet__frontier_host *host)
{
    if (host->is_slow)
        fetcher->slow_look_ups--;
    else
        fetcher->look_ups--;
    host->is_slow = false;
    duet__list_remove(&host->turn);
}

bool duet__fetch_may_look_up(const duet__fetcher *fetcher)
{
    return fetcher->look_ups < LOOK_UPS_MAX;
}

static bool wants_look_up(const duet__fetcher *fetcher)
{
    return !duet__fetch_may_look_up(fetcher) &&
           fetcher->slow_look_ups < SLOW_LOOK_UPS_MAX &&
           !duet__list_is_empty(&fetcher->frontier.unnamed);
}

static void lend_look_ups(duet__fetcher *fetcher, int64_t now_ns)
{
    while (!duet__list_is_empty(&fetcher->asking) &&
           fetcher->slow_look_ups < SLOW_LOOK_UPS_MAX) {
        duet__frontier_host *host =
            DUET__MEMBER(fetcher->asking.next, duet__frontier_host, turn);

        if (now_ns - host->asked_ns < SILENT_NS)
            return;
        duet__list_remove(&host->turn);
        host->is_slow = true;
        fetcher->look_ups--;
        fetcher->slow_look_ups++;
    }
}

/* --- both ---------------------------------------------------------------- */

duet_deadline duet__fetch_silence_due(duet__fetcher *fetcher)
{
    if (fetcher->is_stopped ||
        (!wants_place(fetcher) && !wants_look_up(fetcher)))
        fetcher->look_at_ns = 0;
    else if (fetcher->look_at_ns == 0)
        fetcher->look_at_ns = duet_clock_ns() + SILENT_NS;
    return fetcher->look_at_ns == 0 ? DUET_NEVER
                                    : duet_at_ns(fetcher->look_at_ns);
}

void duet__fetch_silence_lend(duet__fetcher *fetcher)
{
    int64_t now_ns = duet_clock_ns();

    if (fetcher->look_at_ns == 0 || fetcher->look_at_ns > now_ns)
        return;
    fetcher->look_at_ns = 0;
    if (wants_place(fetcher))
        lend_places(fetcher, now_ns);
    if (wants_look_up(fetcher))
        lend_look_ups(fetcher, now_ns);
}
