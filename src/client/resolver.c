/* SPDX-License-Identifier: MIT */
/* resolver.c - looking names up, once for all who ask, and remembering them.
 *
 * Owns the c-ares channel and the entries. Invariants: an entry that is asked
 * for is not dropped; tasks wait only for such entries; c-ares runs on the
 * loop's stack. */
#include "client/resolver.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/map.h"
#include "runtime/loop.h"
#include "runtime/wait.h"

enum {
    TRY_MS = 3000, /* of one question to one server; it doubles */
    TRIES = 3,
    ADDRESSES_BYTES_MAX = 4096,
};

typedef struct entry {
    duet__resolver *resolver;
    duet__link start;   /* in resolver->starting */
    duet__list waiters; /* of duet__wait */
    bool is_asked;      /* c-ares works on it, or is about to */
    int status;         /* of the answer: 0 or DUET_ERESOLVE */
    const char *flaw;
    duet__addresses *addresses; /* if status is 0 */
    int64_t expires_ns;
    char *host;
} entry;

struct duet__resolver {
    duet_loop *loop;
    duet__resolver_options options;
    ares_channel channel;
    bool has_channel;
    bool is_closing;
    duet__timer timer; /* c-ares' */
    duet__map entries; /* by host; the oldest was not used for longest */
    duet__fixed_hosts fixed;
    duet__ready starter;
    duet__list starting; /* entries that c-ares has not been asked about */
};

/* --- answers ------------------------------------------------------------- */

static int append_address(duet__buffer *buffer, const struct sockaddr *address)
{
    const void *bytes =
        &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    bool is_ipv6 = address->sa_family == AF_INET6;
    char text[INET6_ADDRSTRLEN];

    if (is_ipv6)
        bytes =
            &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (inet_ntop(address->sa_family, bytes, text, sizeof text) == NULL)
        return 0;
    return duet__buffer_appendf(buffer, "%s%s%s%s",
                                buffer->length > 0 ? "," : "",
                                is_ipv6 ? "[" : "", text, is_ipv6 ? "]" : "");
}

/* The addresses of an answer, and for how many seconds they hold. NULL if there
 * are none, or no memory for them. */
static duet__addresses *read_answer(const struct ares_addrinfo *answer,
                                    int64_t *ttl_s)
{
    duet__addresses *addresses = NULL;
    duet__buffer buffer;
    int status = 0;

    *ttl_s = INT32_MAX;
    duet__buffer_init(&buffer, ADDRESSES_BYTES_MAX);
    for (const struct ares_addrinfo_node *node = answer->nodes;
         node != NULL && status == 0; node = node->ai_next) {
        status = append_address(&buffer, node->ai_addr);
        if (node->ai_ttl < *ttl_s)
            *ttl_s = node->ai_ttl;
    }
    if (buffer.length > 0)
        addresses = duet__addresses_new(buffer.bytes);
    duet__buffer_free(&buffer);
    return addresses;
}

/* --- c-ares on the loop -------------------------------------------------- */

static void arm_timer(duet__resolver *resolver)
{
    struct timeval next;

    if (resolver->is_closing)
        return;
    if (ares_timeout(resolver->channel, NULL, &next) == NULL)
        duet__loop_disarm(resolver->loop, &resolver->timer);
    else
        duet__loop_arm(resolver->loop, &resolver->timer,
                       duet_in_ns((int64_t)next.tv_sec * 1000000000 +
                                  (int64_t)next.tv_usec * 1000));
}

static void timer_fired(duet__timer *timer)
{
    duet__resolver *resolver = DUET__MEMBER(timer, duet__resolver, timer);

    ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    arm_timer(resolver);
}

static void socket_ready(void *context, int descriptor, uint32_t events)
{
    duet__resolver *resolver = context;
    const uint32_t readable = EPOLLIN | EPOLLERR | EPOLLHUP;

    ares_process_fd(resolver->channel,
                    events & readable ? descriptor : ARES_SOCKET_BAD,
                    events & EPOLLOUT ? descriptor : ARES_SOCKET_BAD);
    arm_timer(resolver);
}

static void socket_wanted(void *context, ares_socket_t descriptor, int readable,
                          int writable)
{
    duet__resolver *resolver = context;
    duet__descriptors *descriptors = &resolver->loop->descriptors;
    uint32_t events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u);

    /* If it cannot be watched the question times out. */
    if (events == 0)
        duet__source_remove(descriptors, descriptor);
    else
        (void)!duet__source_watch(descriptors, descriptor, events, socket_ready,
                                  resolver);
}

static void library_init(void)
{
    ares_library_init(ARES_LIB_INIT_ALL);
}

static int open_channel(duet__resolver *resolver)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct ares_options options = {
        .timeout = TRY_MS,
        .tries = TRIES,
        .sock_state_cb = socket_wanted,
        .sock_state_cb_data = resolver,
    };
    int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    int result;

    pthread_once(&once, library_init);
    result = ares_init_options(&resolver->channel, &options, mask);
    if (result != ARES_SUCCESS)
        return result == ARES_ENOMEM
                   ? DUET_ENOMEM
                   : duet__fail(DUET_EINVAL, "the name resolver: %s",
                                ares_strerror(result));
    resolver->has_channel = true;
    if (resolver->options.servers == NULL)
        return 0;
    result = ares_set_servers_ports_csv(resolver->channel,
                                        resolver->options.servers);
    if (result == ARES_SUCCESS)
        return 0;
    return duet__fail(DUET_EINVAL, "option dns_servers is \"%.200s\": %s",
                      resolver->options.servers, ares_strerror(result));
}

/* --- lookups ------------------------------------------------------------- */

/* "No such name" is an answer; that nobody answered is none. */
static bool is_lasting(int result)
{
    return result == ARES_ENOTFOUND || result == ARES_ENODATA ||
           result == ARES_EBADNAME;
}

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

        if (self->resolver->is_closing) {
            duet__wake(&waiter->wait, DUET_ECLOSED);
        } else {
            tell(self, waiter);
            duet__wake(&waiter->wait, 0);
        }
    }
}

static void answered(void *context, int result, int timeouts,
                     struct ares_addrinfo *answer)
{
    entry *self = context;
    const duet__resolver_options *options = &self->resolver->options;
    int64_t ttl_s = 0;

    (void)timeouts;
    self->is_asked = false;
    duet__addresses_drop(self->addresses);
    self->addresses = NULL;
    if (result == ARES_SUCCESS && answer != NULL)
        self->addresses = read_answer(answer, &ttl_s);
    if (answer != NULL)
        ares_freeaddrinfo(answer);
    self->status = self->addresses != NULL ? 0 : DUET_ERESOLVE;
    self->flaw = ares_strerror(result == ARES_SUCCESS ? ARES_ENODATA : result);
    if (self->addresses != NULL)
        self->expires_ns = duet_in_ns(within(
            ttl_s * 1000000000, options->ttl_min_ns, options->ttl_max_ns));
    else
        self->expires_ns =
            is_lasting(result) ? duet_in_ns(options->negative_ttl_ns) : 0;
    wake_waiters(self);
}

static void start_lookups(duet__ready *ready)
{
    const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC,
                                              .ai_socktype = SOCK_STREAM};
    duet__resolver *resolver = DUET__MEMBER(ready, duet__resolver, starter);
    duet__link *link;

    while ((link = duet__list_pop_front(&resolver->starting)) != NULL) {
        entry *self = DUET__MEMBER(link, entry, start);

        ares_getaddrinfo(resolver->channel, self->host, NULL, &hints, answered,
                         self);
    }
    arm_timer(resolver);
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
    resolver->timer.fired = timer_fired;
    resolver->starter.run = start_lookups;
    duet__link_init(&resolver->starting);
    duet__map_init(&resolver->entries, SIZE_MAX);
    status = duet__fixed_hosts_read(&resolver->fixed, options->overrides);
    if (status == 0)
        status = open_channel(resolver);
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
    resolver->is_closing = true;
    duet__run_queue_remove(&resolver->loop->ready, &resolver->starter);
    duet__loop_disarm(resolver->loop, &resolver->timer);
    if (resolver->has_channel)
        ares_destroy(resolver->channel); /* answers all questions */
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
