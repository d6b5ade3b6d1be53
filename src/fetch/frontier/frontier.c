/* SPDX-License-Identifier: MIT */
/* frontier.c - the waiting URLs by host. Owns the hosts and the URLs that wait.
 *
 * Invariants, kept by update(): a host is in `unnamed`, `turns` or `held`
 * exactly if it has a queue, does not rest, is not being looked up and is below
 * its limit; it is freed when it has no queue, nothing is running, retrying or
 * given up, and it does not rest. */
#include "fetch/frontier/frontier.h"

#include <stdlib.h>
#include <string.h>

#include <duet/error.h>

#include "base/check.h"
#include "client/names/addresses.h"
#include "fetch/input/host_key.h"

void duet__frontier_init(duet__frontier *frontier,
                         const duet__frontier_limits *limits)
{
    *frontier = (duet__frontier){.limits = *limits};
    duet__map_init(&frontier->hosts, SIZE_MAX);
    duet__link_init(&frontier->turns);
    duet__link_init(&frontier->held);
    duet__link_init(&frontier->unnamed);
    duet__link_init(&frontier->given_up);
}

/* --- hosts --------------------------------------------------------------- */

static bool rests(const duet__frontier_host *host)
{
    return host->rest.place != 0;
}

static void free_if_idle(duet__frontier_host *host)
{
    if (host->running > 0 || host->retrying > 0 || host->given_up > 0 ||
        host->is_looked_up || rests(host) || !duet__list_is_empty(&host->queue))
        return;
    duet__map_remove_entry(&host->frontier->hosts, host->entry);
    free(host);
}

/* Moves all waiting URLs of a host that is given up to the list of those to
 * report. */
static void give_up(duet__frontier_host *host)
{
    duet__link *link = host->queue.next;

    for (; link != &host->queue; link = link->next) {
        DUET__MEMBER(link, duet__fetch_url, link)->is_given_up = true;
        host->given_up++;
    }
    duet__list_append_all(&host->frontier->given_up, &host->queue);
}

/* The list that the host belongs to in its current state; NULL: none. */
static duet__list *list_of(duet__frontier_host *host)
{
    duet__frontier *frontier = host->frontier;

    if (duet__list_is_empty(&host->queue) || rests(host) ||
        host->is_looked_up || host->running >= frontier->limits.per_host)
        return NULL;
    return host->running < host->share ? &frontier->turns : &frontier->held;
}

static void move_to(duet__frontier_host *host, duet__list *list)
{
    duet__list_remove(&host->turn);
    host->list = list;
    if (list != NULL)
        duet__list_push_back(list, &host->turn);
}

/* Moves the host to the list it belongs to, or frees it. */
static void update(duet__frontier_host *host)
{
    duet__list *list;

    if (host->rests > host->frontier->limits.rests)
        give_up(host);
    list = list_of(host);
    if (list == &host->frontier->turns &&
        host->list == &host->frontier->unnamed)
        return; /* its turn comes once it was looked up */
    if (list != host->list)
        move_to(host, list);
    if (list == NULL)
        free_if_idle(host);
}

static void rested(duet__timer *timer)
{
    update(DUET__MEMBER(timer, duet__frontier_host, rest));
}

static duet__frontier_host *new_host(duet__frontier *frontier,
                                     duet__text origin)
{
    duet__frontier_host *host = calloc(1, sizeof *host);
    char name[DUET__HOST_BYTES];
    uint16_t port;

    if (host == NULL || duet__map_insert(&frontier->hosts, origin, host) != 0) {
        free(host);
        return NULL;
    }
    host->frontier = frontier;
    host->entry = duet__map_find(&frontier->hosts, origin);
    host->share = frontier->limits.share;
    host->rest.fired = rested;
    duet__link_init(&host->queue);
    duet__link_init(&host->turn);
    duet__host_key_split(origin, name, &port);
    host->has_no_name = name[0] == '\0' || duet__host_is_address(name);
    return host;
}

static duet__frontier_host *find_host(duet__frontier *frontier, duet__text url)
{
    char room[DUET__ORIGIN_BYTES];
    duet__text origin = duet__host_key(url, room);
    duet__frontier_host *host = duet__map_get(&frontier->hosts, origin);

    return host != NULL ? host : new_host(frontier, origin);
}

/* --- URLs ---------------------------------------------------------------- */

static size_t bytes_of(const duet__fetch_url *url)
{
    return sizeof *url + url->length + 1;
}

static void count_waiting(duet__fetch_url *url)
{
    duet__frontier *frontier = url->host->frontier;

    frontier->count++;
    frontier->bytes += bytes_of(url);
}

static void count_taken(duet__fetch_url *url)
{
    duet__frontier *frontier = url->host->frontier;

    frontier->count--;
    frontier->bytes -= bytes_of(url);
    url->host->running++;
}

static void retry_is_due(duet__timer *timer)
{
    duet__fetch_url *url = DUET__MEMBER(timer, duet__fetch_url, retry);

    url->host->retrying--;
    duet__list_push_front(&url->host->queue, &url->link);
    update(url->host);
}

int duet__frontier_add(duet__frontier *frontier, const duet__input_item *item)
{
    duet__fetch_url *url = malloc(sizeof *url + item->url.length + 1);

    if (url == NULL)
        return DUET_ENOMEM;
    *url = (duet__fetch_url){.source = item->source,
                             .line = item->line,
                             .index = item->index,
                             .retry.fired = retry_is_due,
                             .length = item->url.length};
    memcpy(url->text, item->url.bytes, url->length);
    url->text[url->length] = '\0';
    url->host = find_host(frontier, duet__text_of(url->text, url->length));
    if (url->host == NULL) {
        free(url);
        return DUET_ENOMEM;
    }
    duet__link_init(&url->link);
    duet__list_push_back(&url->host->queue, &url->link);
    count_waiting(url);
    update(url->host);
    return 0;
}

bool duet__frontier_is_full(const duet__frontier *frontier)
{
    return frontier->bytes >= frontier->limits.bytes_max;
}

/* --- turns --------------------------------------------------------------- */

bool duet__frontier_is_ready(const duet__frontier *frontier)
{
    return !duet__list_is_empty(&frontier->turns) ||
           !duet__list_is_empty(&frontier->given_up);
}

/* The first host that may go on; hosts whose look-up is too old are moved to
 * `unnamed`. */
static duet__frontier_host *next_host(duet__frontier *frontier,
                                      duet__list *list, int64_t now_ns)
{
    while (!duet__list_is_empty(list)) {
        duet__frontier_host *host =
            DUET__MEMBER(list->next, duet__frontier_host, turn);

        if (host->has_no_name || now_ns < host->named_until_ns)
            return host;
        move_to(host, &frontier->unnamed);
    }
    return NULL;
}

static duet__fetch_url *take_first(duet__list *queue)
{
    duet__fetch_url *url =
        DUET__MEMBER(duet__list_pop_front(queue), duet__fetch_url, link);

    count_taken(url);
    if (url->is_given_up)
        url->host->given_up--;
    return url;
}

duet__fetch_url *duet__frontier_next(duet__frontier *frontier, int64_t now_ns,
                                     bool is_all)
{
    duet__frontier_host *host;
    duet__fetch_url *url;

    if (!duet__list_is_empty(&frontier->given_up))
        return take_first(&frontier->given_up);
    host = next_host(frontier, &frontier->turns, now_ns);
    if (host == NULL && is_all && frontier->hosts.count == 1)
        host = next_host(frontier, &frontier->held, now_ns);
    if (host == NULL)
        return NULL;
    url = take_first(&host->queue);
    move_to(host, NULL); /* moves it behind the others */
    update(host);
    return url;
}

void duet__frontier_put_back(duet__fetch_url *url)
{
    url->host->running--;
    count_waiting(url);
    duet__list_push_front(&url->host->queue, &url->link);
    update(url->host);
}

int duet__frontier_retry(duet__fetch_url *url)
{
    duet__frontier_host *host = url->host;
    int status = duet__timers_arm(&host->frontier->timers, &url->retry,
                                  duet_at_ns(url->due_ns));

    if (status != 0)
        return status;
    host->running--;
    host->retrying++;
    count_waiting(url);
    update(host);
    return 0;
}

void duet__frontier_drop(duet__fetch_url *url)
{
    duet__frontier_host *host = url->host;

    DUET__CHECK(host->running > 0, "a URL is given back once");
    host->running--;
    free(url);
    update(host);
}

/* Once all timers have fired, a host that has a queue and nothing running is in
 * one of the lists. */
duet__fetch_url *duet__frontier_take_any(duet__frontier *frontier)
{
    duet__list *const lists[] = {&frontier->turns, &frontier->held,
                                 &frontier->unnamed};

    duet__frontier_wake(frontier, INT64_MAX);
    if (!duet__list_is_empty(&frontier->given_up))
        return take_first(&frontier->given_up);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (!duet__list_is_empty(lists[i])) {
            duet__frontier_host *host =
                DUET__MEMBER(lists[i]->next, duet__frontier_host, turn);
            duet__fetch_url *url = take_first(&host->queue);

            update(host);
            return url;
        }
    }
    return NULL;
}

/* --- what is learnt ------------------------------------------------------ */

void duet__frontier_answered(duet__fetch_url *url)
{
    duet__frontier_host *host = url->host;

    host->rests = 0;
    host->has_answered = true;
    if (host->share < host->frontier->limits.per_host)
        host->share++;
    update(host);
}

void duet__frontier_is_silent(duet__fetch_url *url)
{
    duet__frontier_host *host = url->host;

    if (host->has_answered)
        return;
    host->share = 1;
    update(host);
}

void duet__frontier_fell_silent(duet__fetch_url *url)
{
    duet__frontier_host *host = url->host;
    size_t least = host->has_answered ? host->frontier->limits.share : 1;

    host->share = host->share / 2 > least ? host->share / 2 : least;
    update(host);
}

void duet__frontier_rest(duet__fetch_url *url, int64_t until_ns)
{
    duet__frontier_host *host = url->host;

    if (!rests(host))
        host->rests++;
    /* Without memory it does not rest: the run goes on anyway. */
    if (duet__timers_arm(&host->frontier->timers, &host->rest,
                         duet_at_ns(until_ns)) == 0)
        update(host);
}

/* --- names --------------------------------------------------------------- */

duet__frontier_host *duet__frontier_unnamed(duet__frontier *frontier)
{
    duet__frontier_host *host;

    if (duet__list_is_empty(&frontier->unnamed))
        return NULL;
    host = DUET__MEMBER(frontier->unnamed.next, duet__frontier_host, turn);
    move_to(host, NULL);
    host->is_looked_up = true;
    return host;
}

void duet__frontier_named(duet__frontier_host *host, int error,
                          const char *flaw, int64_t until_ns)
{
    host->is_looked_up = false;
    host->name_error = error;
    host->name_flaw = flaw;
    host->named_until_ns = until_ns;
    update(host);
}

/* --- time ---------------------------------------------------------------- */

duet_deadline duet__frontier_due(const duet__frontier *frontier)
{
    return duet__timers_next(&frontier->timers);
}

void duet__frontier_wake(duet__frontier *frontier, int64_t now_ns)
{
    while (duet__timers_fire_one(&frontier->timers, now_ns))
        continue;
}

void duet__frontier_free(duet__frontier *frontier)
{
    duet__fetch_url *url;

    while ((url = duet__frontier_take_any(frontier)) != NULL)
        duet__frontier_drop(url);
    duet__map_free(&frontier->hosts);
    duet__timers_free(&frontier->timers);
}
