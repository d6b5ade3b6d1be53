/* SPDX-License-Identifier: MIT */
/* connect.c - a stream to a host: its name is resolved, and whichever address
 * answers first is taken (RFC 8305).
 *
 * Invariant: a race's descriptors are attempts in progress; the one that wins
 * leaves it, all others are closed with it. */
#include <duet/connect.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <duet/error.h>
#include <duet/limit.h>
#include <duet/select.h>
#include <duet/task.h>

#include "base/error.h"
#include "base/limit.h"
#include "client/names/resolver.h"
#include "http/url/host.h"
#include "stream/socket/connection.h"

enum {
    ATTEMPTS_MOST = 8,
    /* RFC 8305 5, Connection Attempt Delay. */
    NEXT_ATTEMPT_MS = 250,
    RESOLVE_MS = 10000,
    CONNECT_MS = 10000,
    TTL_S = 60,
};

/* --- the race ------------------------------------------------------------ */

typedef struct attempt {
    int descriptor;
    duet_deadline deadline;
    duet__address address;
} attempt;

typedef struct race {
    duet__text addresses; /* not tried yet */
    uint16_t port;
    int64_t limit_ns; /* of each attempt */
    attempt attempts[ATTEMPTS_MOST];
    size_t count;
    duet_deadline next;     /* when another address is tried */
    int failure;            /* of the last attempt that failed; 0: none */
    bool failures_differ;   /* not all failed with that */
    attempt won;            /* descriptor -1: none */
    duet_deadline deadline; /* of all */
} race;

static void note_failure(race *self, int code)
{
    self->failures_differ |= self->failure != 0 && self->failure != code;
    self->failure = code;
    self->next = DUET_NOW;
}

static duet_deadline in_ns(int64_t ns)
{
    int64_t now_ns = duet_clock_ns();

    return ns > INT64_MAX - now_ns ? DUET_NEVER : duet_at_ns(now_ns + ns);
}

/* Begins the next attempt, if there is an address. */
static void begin_next(race *self)
{
    attempt one;
    int status;

    while (self->addresses.length > 0 && self->won.descriptor < 0) {
        if (!duet__address_read(duet__text_cut(&self->addresses, ','),
                                self->port, &one.address))
            continue;
        status = duet__connection_begin(&one.address, &one.descriptor);
        one.deadline = in_ns(self->limit_ns);
        if (status == 0)
            self->won = one;
        else if (status == DUET_EAGAIN)
            self->attempts[self->count++] = one;
        else
            note_failure(self, status);
        if (status == 0 || status == DUET_EAGAIN)
            break;
    }
    self->next = duet_in_ms(NEXT_ATTEMPT_MS);
}

static void remove_attempt(race *self, size_t index)
{
    self->attempts[index] = self->attempts[--self->count];
}

/* The attempt can be written to: it has connected or failed. */
static void settle(race *self, size_t index)
{
    attempt one = self->attempts[index];
    int status = duet__connection_outcome(one.descriptor);

    remove_attempt(self, index);
    if (status == 0) {
        self->won = one;
        return;
    }
    close(one.descriptor);
    note_failure(self, status);
}

static void end_silent(race *self)
{
    int64_t now_ns = duet_clock_ns();

    for (size_t i = self->count; i-- > 0;) {
        if (self->attempts[i].deadline.at_ns > now_ns)
            continue;
        close(self->attempts[i].descriptor);
        remove_attempt(self, i);
        note_failure(self, DUET_ETIMEDOUT);
    }
}

/* Waits for an attempt, or until something else is to be done. */
static int await_attempt(race *self)
{
    duet_select_case cases[ATTEMPTS_MOST];
    duet_deadline until = self->deadline;
    size_t index = 0;
    int status;

    if (self->addresses.length > 0 && self->count < ATTEMPTS_MOST)
        until = duet_deadline_earlier(until, self->next);
    for (size_t i = 0; i < self->count; i++) {
        cases[i] =
            (duet_select_case){.kind = DUET_SELECT_WRITABLE,
                               .descriptor = self->attempts[i].descriptor};
        until = duet_deadline_earlier(until, self->attempts[i].deadline);
    }
    status = duet_select(cases, self->count, &index, until);
    if (status == 0)
        settle(self, index);
    if (status == DUET_ETIMEDOUT && duet_clock_ns() < self->deadline.at_ns)
        status = 0;
    end_silent(self);
    return status;
}

static int run(race *self)
{
    int status = 0;

    while (status == 0 && self->won.descriptor < 0) {
        if (self->count < ATTEMPTS_MOST &&
            (self->count == 0 || self->next.at_ns <= duet_clock_ns()))
            begin_next(self);
        if (self->won.descriptor >= 0)
            break;
        if (self->count == 0)
            return self->failures_differ ? DUET_ECONNECT
                   : self->failure != 0  ? self->failure
                                         : DUET_ECONNECT;
        status = await_attempt(self);
    }
    return self->won.descriptor >= 0 ? 0 : status;
}

/* Leaves nothing open but what won. */
static int race_to(race *self)
{
    int status;

    self->won.descriptor = -1;
    status = run(self);
    while (self->count > 0)
        close(self->attempts[--self->count].descriptor);
    return status;
}

/* --- connecting ---------------------------------------------------------- */

typedef struct target {
    char host[DUET__HOST_BYTES];
    uint16_t port;
    int64_t resolve_ns;
    int64_t connect_ns;
    int64_t begin_ns;
} target;

static int read_limit(const char *name, int64_t value_ms, int64_t standard_ms,
                      int64_t *out_ns)
{
    size_t ms;
    int status = duet__limit_read(name, value_ms, (size_t)standard_ms, &ms);

    if (status == 0)
        *out_ns = ms > INT64_MAX ? INT64_MAX : duet__ns_of_ms((int64_t)ms);
    return status;
}

/* Only where a URL would have brackets do they belong to the host. */
static const char *read_host(const char *text, char *host)
{
    char bracketed[DUET__HOST_BYTES];

    if (strchr(text, ':') != NULL && text[0] != '[') {
        if (strlen(text) + 3 > sizeof bracketed)
            return "the host is too long";
        snprintf(bracketed, sizeof bracketed, "[%s]", text);
        text = bracketed;
    }
    return duet__host_name_read(duet__text_from(text), host);
}

static int read_target(const char *host, uint16_t port,
                       const duet_connect_options *options, target *out_target)
{
    const char *flaw = read_host(host, out_target->host);
    int status;

    if (flaw != NULL)
        return duet__fail(DUET_EURL, "\"%.80s\": %s", host, flaw);
    if (port == 0)
        return duet__fail(DUET_EINVAL, "port is 0");
    out_target->port = port;
    out_target->begin_ns = duet_clock_ns();
    status = read_limit("resolve_ms", options->resolve_ms, RESOLVE_MS,
                        &out_target->resolve_ns);
    if (status == 0)
        status = read_limit("connect_ms", options->connect_ms, CONNECT_MS,
                            &out_target->connect_ns);
    return status;
}

static int failed(const target *target, const char *phase, int status,
                  const char *reason)
{
    return duet__fail(status, "%s %.80s port %u: %s after %.3f s", phase,
                      target->host, target->port,
                      reason != NULL ? reason : duet_error_text(status),
                      (double)(duet_clock_ns() - target->begin_ns) / 1e9);
}

/* A resolver for this one name: see duet_session for many. */
static int resolve(const target *target, const duet_connect_options *options,
                   duet__addresses **out_addresses, duet_deadline deadline)
{
    const int64_t ttl_ns = TTL_S * INT64_C(1000000000);
    const duet__resolver_options own = {.ttl_min_ns = 0,
                                        .ttl_max_ns = ttl_ns,
                                        .negative_ttl_ns = 0,
                                        .entries_max = 1,
                                        .servers = options->dns_servers,
                                        .overrides = options->resolve};
    duet__search search = {.host = target->host,
                           .port = target->port,
                           .begin_ns = target->begin_ns,
                           .turn_deadline = DUET_NEVER,
                           .limit_ns = target->resolve_ns,
                           .deadline = deadline};
    duet__resolver *resolver;
    const char *flaw = NULL;
    int status = duet__resolver_open(&own, &resolver);

    if (status != 0)
        return status;
    status = duet__resolver_find(resolver, &search, out_addresses, &flaw);
    duet__resolver_close(resolver);
    return status == 0 ? 0
                       : failed(target, "resolve", status,
                                status == DUET_ERESOLVE ? flaw : NULL);
}

static int connect_to(const target *target, const char *addresses,
                      duet_connection **out_connection, duet_deadline deadline)
{
    race all = {.addresses = duet__text_from(addresses),
                .port = target->port,
                .limit_ns = target->connect_ns,
                .deadline = deadline};
    int status = race_to(&all);

    if (status != 0)
        return failed(target, "connect", status,
                      status == DUET_ECONNECT && all.failure != 0
                          ? duet_error_text(all.failure)
                          : NULL);
    status = duet__connection_new(all.won.descriptor, &all.won.address,
                                  out_connection);
    if (status != 0)
        close(all.won.descriptor);
    return status;
}

int duet_connect(const char *host, uint16_t port,
                 const duet_connect_options *options,
                 duet_connection **out_connection, duet_deadline deadline)
{
    static const duet_connect_options standard;
    duet__addresses *addresses = NULL;
    target to;
    int status;

    *out_connection = NULL;
    if (duet_current_task() == NULL)
        return DUET_ENOLOOP;
    if (options == NULL)
        options = &standard;
    status = read_target(host, port, options, &to);
    if (status == 0)
        status = resolve(&to, options, &addresses, deadline);
    if (status != 0)
        return status;
    status = connect_to(&to, addresses != NULL ? addresses->text : to.host,
                        out_connection, deadline);
    duet__addresses_drop(addresses);
    return status;
}
