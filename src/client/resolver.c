/* SPDX-License-Identifier: MIT */
/* resolver.c - looking names up, once for all who ask, and remembering them.
 *
 * Owns the entries. Invariants: an entry that is asked for is not dropped;
 * tasks wait only for such entries. */
#include "client/resolver.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "client/dns_lookup.h"
#include "runtime/loop.h"
#include "runtime/wait.h"

typedef struct entry {
    duet__resolver *resolver;
    duet__link start;   /* in resolver->starting */
    duet__list waiters; /* of duet__wait */
    bool is_asked;      /* it is asked about, or about to be */
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
    duet__map entries; /* by host; the oldest was not used for longest */
    duet__fixed_hosts fixed;
    duet__ready starter;
    duet__list starting; /* entries that nobody was asked about yet */
};

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

static void answered(duet__dns_question *question,
                     const duet__dns_answer *answer)
{
    entry *self = DUET__MEMBER(question, entry, question);
    const duet__resolver_options *options = &self->resolver->options;

    self->is_asked = false;
    duet__addresses_drop(self->addresses);
    self->addresses = answer->addresses;
    self->status = self->addresses != NULL ? 0 : DUET_ERESOLVE;
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
}

static void start_lookups(duet__ready *ready)
{
    duet__resolver *resolver = DUET__MEMBER(ready, duet__resolver, starter);
    duet__link *link;

    while ((link = duet__list_pop_front(&resolver->starting)) != NULL) {
        entry *self = DUET__MEMBER(link, entry, start);

        duet__dns_ask(&resolver->dns, self->host, &self->question);
    }
}

static void ask(entry *self)
{
    duet__resolver *resolver = self->resolver;

    self->is_asked = true;
    if (duet__list_is_empty(&resolver->starting))
        duet__loop_append(resolver->loop, &resolver->starter);
    duet__list_push_back(&resolver->starting, &self->start);
}

/* --- entries ------------------------------------------------------------- */

static void free_entry(entry *self)
{
    duet__addresses_drop(self->addresses);
    free(self->host);
    free(self);
}

/* Makes room for one more; false if all are being asked for. */
static bool drop_oldest(duet__resolver *resolver)
{
    duet__map_entry *place = duet__map_first(&resolver->entries);

    for (; place != NULL; place = duet__map_next(&resolver->entries, place)) {
        entry *self = place->value;

        if (self->is_asked)
            continue;
        duet__map_remove_entry(&resolver->entries, place);
        free_entry(self);
        return true;
    }
    return false;
}

static int new_entry(duet__resolver *resolver, const char *host,
                     entry **out_entry)
{
    entry *self;
    int status;

    if (resolver->entries.count >= resolver->options.entries_max &&
        !drop_oldest(resolver))
        return DUET_ELIMIT;
    self = calloc(1, sizeof *self);
    if (self == NULL)
        return DUET_ENOMEM;
    self->resolver = resolver;
    self->question.answered = answered;
    self->host = strdup(host);
    duet__link_init(&self->start);
    duet__link_init(&self->waiters);
    status = self->host == NULL ? DUET_ENOMEM
                                : duet__map_insert(&resolver->entries,
                                                   duet__text_from(host), self);
    if (status != 0) {
        free_entry(self);
        return status;
    }
    *out_entry = self;
    return 0;
}

static int find_entry(duet__resolver *resolver, const char *host,
                      entry **out_entry)
{
    duet__map_entry *place =
        duet__map_find(&resolver->entries, duet__text_from(host));

    if (place == NULL)
        return new_entry(resolver, host, out_entry);
    duet__map_touch(&resolver->entries, place);
    *out_entry = place->value;
    return 0;
}

int duet__resolver_find(duet__resolver *resolver, const char *host,
                        uint16_t port, duet__addresses **out_addresses,
                        const char **out_flaw, duet_deadline deadline)
{
    resolver_wait waiter = {.wait.what = "name"};
    entry *self;
    int status;

    *out_flaw = "";
    *out_addresses = duet__fixed_hosts_find(&resolver->fixed, host, port);
    if (*out_addresses != NULL || duet__host_is_address(host))
        return 0;
    status = find_entry(resolver, host, &self);
    if (status != 0)
        return status;
    if (!self->is_asked && duet_clock_ns() < self->expires_ns) {
        tell(self, &waiter);
    } else {
        if (!self->is_asked)
            ask(self);
        waiter.wait.object = self;
        duet__list_push_back(&self->waiters, &waiter.wait.link);
        status = duet__park(&waiter.wait, deadline);
        if (status != 0)
            return status;
    }
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
    duet__link_init(&resolver->starting);
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
