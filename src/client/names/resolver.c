/* SPDX-License-Identifier: MIT */
/* resolver.c - looks names up, once for all tasks that ask, and caches the
 * results.
 *
 * Owns the entries. Invariants: an entry is in the list of its state; at most
 * LOOKUPS_MAX, and no more than the cache may hold, are being looked up at
 * once; there are more entries than the cache may hold only while none of them
 * is settled. Tasks wait only for entries that are not settled. */
#include "client/names/resolver.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "client/names/dns_lookup.h"
#include "http/url/host.h"
#include "runtime/core/loop.h"
#include "runtime/core/wait.h"

/* A DNS query has an identifier of 16 bits, and a name needs two queries. */
enum { LOOKUPS_MAX = 4096 };

/* The result of a wait for a name whose turn has come. */
enum { TURN_CAME = 1 };

typedef enum entry_state {
    ENTRY_SETTLED, /* in resolver->settled */
    ENTRY_WAITING, /* in resolver->waiting: to be looked up */
    ENTRY_ASKED,   /* in no list: being looked up */
} entry_state;

typedef struct entry {
    duet__resolver *resolver;
    duet__map_entry *place; /* among the entries */
    entry_state state;
    bool waits_for_turn; /* too many are being looked up already */
    duet__link link;     /* in the list of its state */
    duet__list waiters;  /* of duet__wait */
    duet__dns_question question;
    int status; /* of the answer: 0 or DUET_ERESOLVE */
    const char *flaw;
    duet__addresses *addresses; /* if status is 0 */
    int64_t expires_ns;
    char *host;
} entry;

struct duet__resolver {
    duet_loop *loop;
    duet__resolver_options options;
    duet__dns dns;
    duet__map entries;  /* by host */
    duet__list settled; /* least recently used first */
    duet__list waiting; /* in order of arrival */
    size_t waiting_count;
    size_t asked_count;
    entry *starting; /* whose question is being put; NULL once answered */
    duet__fixed_hosts fixed;
    duet__ready starter;
    bool is_due; /* the starter is */
};

/* --- entries ------------------------------------------------------------- */

static void free_entry(entry *self)
{
    duet__addresses_drop(self->addresses);
    free(self->host);
    free(self);
}

static void drop(entry *self)
{
    if (duet__link_is_in(&self->link))
        duet__list_remove(&self->link);
    duet__map_remove_entry(&self->resolver->entries, self->place);
    free_entry(self);
}

/* Drops the least recently used entries until there are at most `count`. */
static void shrink(duet__resolver *resolver, size_t count)
{
    while (resolver->entries.count > count &&
           !duet__list_is_empty(&resolver->settled))
        drop(DUET__MEMBER(resolver->settled.next, entry, link));
}

static int new_entry(duet__resolver *resolver, const char *host,
                     entry **out_entry)
{
    duet__text name = duet__text_from(host);
    entry *self;
    int status;

    shrink(resolver, resolver->options.entries_max - 1);
    self = calloc(1, sizeof *self);
    if (self == NULL)
        return DUET_ENOMEM;
    self->resolver = resolver;
    duet__link_init(&self->link);
    duet__link_init(&self->waiters);
    self->host = strdup(host);
    status = self->host == NULL
                 ? DUET_ENOMEM
                 : duet__map_insert(&resolver->entries, name, self);
    if (status != 0) {
        free_entry(self);
        return status;
    }
    self->place = duet__map_find(&resolver->entries, name);
    duet__list_push_back(&resolver->settled, &self->link);
    *out_entry = self;
    return 0;
}

static int find_entry(duet__resolver *resolver, const char *host,
                      entry **out_entry)
{
    entry *self = duet__map_get(&resolver->entries, duet__text_from(host));

    if (self == NULL)
        return new_entry(resolver, host, out_entry);
    if (self->state == ENTRY_SETTLED) {
        duet__list_remove(&self->link);
        duet__list_push_back(&resolver->settled, &self->link);
    }
    *out_entry = self;
    return 0;
}

/* --- lookups ------------------------------------------------------------- */

static int64_t within(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* A task that waits for a name. It gets the answer when it is woken: the entry
 * may be gone when it runs. */
typedef struct resolver_wait {
    duet__wait wait;
    int status;
    const char *flaw;
    duet__addresses *addresses;
} resolver_wait;

static void tell(const entry *self, resolver_wait *waiter)
{
    waiter->status = self->status;
    waiter->flaw = self->flaw;
    if (self->status == 0)
        waiter->addresses = duet__addresses_hold(self->addresses);
}

static void wake_waiters(entry *self)
{
    while (!duet__list_is_empty(&self->waiters)) {
        resolver_wait *waiter =
            DUET__MEMBER(self->waiters.next, resolver_wait, wait.link);

        if (self->resolver->dns.is_closing) {
            duet__wake(&waiter->wait, DUET_ECLOSED);
        } else {
            tell(self, waiter);
            duet__wake(&waiter->wait, 0);
        }
    }
}

/* Schedules the start of the lookups whose turn has come, on the loop's
 * stack. */
static void start_soon(duet__resolver *resolver)
{
    if (resolver->is_due || duet__list_is_empty(&resolver->waiting) ||
        resolver->dns.is_closing)
        return;
    resolver->is_due = true;
    duet__loop_append(resolver->loop, &resolver->starter);
}

static void answered(duet__dns_question *question,
                     const duet__dns_answer *answer)
{
    entry *self = DUET__MEMBER(question, entry, question);
    duet__resolver *resolver = self->resolver;
    const duet__resolver_options *options = &resolver->options;

    resolver->asked_count--;
    if (resolver->starting == self)
        resolver->starting = NULL;
    self->state = ENTRY_SETTLED;
    duet__list_push_back(&resolver->settled, &self->link);
    duet__addresses_drop(self->addresses);
    self->addresses = answer->addresses;
    self->status = answer->status;
    self->flaw = answer->flaw;
    if (self->addresses != NULL)
        self->expires_ns =
            duet_in_ns(within(answer->ttl_s * 1000000000, options->ttl_min_ns,
                              options->ttl_max_ns))
                .at_ns;
    else
        self->expires_ns =
            answer->is_lasting ? duet_in_ns(options->negative_ttl_ns).at_ns : 0;
    wake_waiters(self);
    shrink(resolver, options->entries_max);
    start_soon(resolver);
}

/* How many more lookups may run now. */
static size_t room(const duet__resolver *resolver)
{
    size_t most = resolver->options.entries_max;

    most = most < LOOKUPS_MAX ? most : LOOKUPS_MAX;
    return most - resolver->asked_count;
}

static void start_lookups(duet__ready *ready)
{
    duet__resolver *resolver = DUET__MEMBER(ready, duet__resolver, starter);

    resolver->is_due = false;
    while (room(resolver) > 0 && !duet__list_is_empty(&resolver->waiting)) {
        entry *self =
            DUET__MEMBER(duet__list_pop_front(&resolver->waiting), entry, link);

        resolver->waiting_count--;
        resolver->asked_count++;
        self->state = ENTRY_ASKED;
        self->question.answered = answered;
        resolver->starting = self;
        duet__dns_ask(&resolver->dns, self->host, &self->question);
        if (resolver->starting != NULL && self->waits_for_turn)
            duet__wake_all(&self->waiters, TURN_CAME);
        resolver->starting = NULL;
    }
}

static void ask(entry *self)
{
    duet__resolver *resolver = self->resolver;

    self->state = ENTRY_WAITING;
    self->waits_for_turn = resolver->waiting_count >= room(resolver);
    duet__list_remove(&self->link);
    duet__list_push_back(&resolver->waiting, &self->link);
    resolver->waiting_count++;
    start_soon(resolver);
}

/* --- a task's side ------------------------------------------------------- */

/* A waiter gives up. A lookup that no task waits for continues, for the next
 * one that asks, unless there are too many. */
static void leave(duet__wait *wait)
{
    entry *self = wait->object;

    duet__list_remove(&wait->link);
    if (self->state == ENTRY_WAITING && duet__list_is_empty(&self->waiters) &&
        self->resolver->entries.count > self->resolver->options.entries_max) {
        self->resolver->waiting_count--;
        drop(self);
    }
}

/* Waits until the entry is settled, or for its turn. */
static int wait_for(entry *self, duet__search *search, resolver_wait *waiter)
{
    bool has_turn = self->state == ENTRY_ASKED || !self->waits_for_turn;
    duet_deadline own = search->turn_deadline;
    int status;

    if (has_turn && search->turn_ns == 0)
        search->turn_ns = search->begin_ns;
    if (has_turn)
        own = search->limit_ns > INT64_MAX - search->turn_ns
                  ? DUET_NEVER
                  : duet_at_ns(search->turn_ns + search->limit_ns);
    waiter->wait.object = self;
    duet__list_push_back(&self->waiters, &waiter->wait.link);
    status =
        duet__park(&waiter->wait, duet_deadline_earlier(own, search->deadline));
    if (status == TURN_CAME)
        search->turn_ns = duet_clock_ns();
    return status;
}

int duet__resolver_find(duet__resolver *resolver, duet__search *search,
                        duet__addresses **out_addresses, const char **out_flaw)
{
    resolver_wait waiter = {
        .wait = {.what = "name", .leave = leave, .outside = DUET__FOR_PEER}};
    entry *self;
    int status;

    *out_flaw = "";
    search->turn_ns = 0;
    *out_addresses =
        duet__fixed_hosts_find(&resolver->fixed, search->host, search->port);
    if (*out_addresses != NULL ||
        duet__host_name_is_address(duet__text_from(search->host)))
        return 0;
    do {
        status = find_entry(resolver, search->host, &self);
        if (status != 0)
            return status;
        if (self->state == ENTRY_SETTLED &&
            search->begin_ns < self->expires_ns) {
            tell(self, &waiter);
        } else {
            if (self->state == ENTRY_SETTLED)
                ask(self);
            status = wait_for(self, search, &waiter);
        }
    } while (status == TURN_CAME);
    if (status != 0)
        return status;
    *out_addresses = waiter.addresses;
    *out_flaw = waiter.flaw;
    return waiter.status;
}

/* --- life ---------------------------------------------------------------- */

int duet__resolver_open(const duet__resolver_options *options,
                        duet__resolver **out_resolver)
{
    duet__resolver *resolver = calloc(1, sizeof *resolver);
    int status;

    *out_resolver = NULL;
    if (resolver == NULL)
        return DUET_ENOMEM;
    resolver->loop = duet_current_loop();
    resolver->options = *options;
    resolver->starter.run = start_lookups;
    duet__link_init(&resolver->settled);
    duet__link_init(&resolver->waiting);
    duet__map_init(&resolver->entries, SIZE_MAX);
    status = duet__fixed_hosts_read(&resolver->fixed, options->overrides);
    if (status == 0)
        status = duet__dns_open(&resolver->dns, options->servers);
    if (status != 0) {
        duet__resolver_close(resolver);
        return status;
    }
    *out_resolver = resolver;
    return 0;
}

void duet__resolver_close(duet__resolver *resolver)
{
    duet__map_entry *place;

    if (resolver == NULL)
        return;
    duet__run_queue_remove(&resolver->loop->ready, &resolver->starter);
    duet__dns_close(&resolver->dns); /* answers all questions */
    place = duet__map_first(&resolver->entries);
    for (; place != NULL; place = duet__map_next(&resolver->entries, place)) {
        entry *self = place->value;

        duet__wake_all(&self->waiters, DUET_ECLOSED); /* not asked yet */
        free_entry(self);
    }
    duet__map_free(&resolver->entries);
    duet__fixed_hosts_free(&resolver->fixed);
    free(resolver);
}
