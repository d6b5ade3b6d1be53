/* SPDX-License-Identifier: MIT */
/* dns.c - c-ares' channel: its sockets and timer on the loop.
 *
 * Owns the channel. Invariant: the timer is armed for c-ares' next one, but not
 * while the channel is being closed. */
#define CARES_NO_DEPRECATED /* 1.34 has other calls, 1.18 only these */
#include "client/names/dns.h"

#include <ares.h>
#include <pthread.h>

#include "base/error.h"
#include "client/names/dns_servers.h"

enum {
    TRY_MS = 1000, /* of one query to one server; doubles each round */
    TRIES = 3,
    ALL_TRIES_MS = 9000, /* fewer if all servers together would take longer */
};

/* --- c-ares on the loop -------------------------------------------------- */

/* The system lacks resources for queries: ends them now instead of at their
 * timeout. */
static void give_up(duet__ready *ready)
{
    ares_cancel(DUET__MEMBER(ready, duet__dns, breaker)->channel);
}

static void give_up_soon(duet__dns *dns)
{
    duet__run_queue_remove(&dns->loop->ready, &dns->breaker);
    duet__loop_append(dns->loop, &dns->breaker);
}

void duet__dns_arm_timer(duet__dns *dns)
{
    struct timeval next;

    if (dns->is_closing)
        return;
    if (ares_timeout(dns->channel, NULL, &next) == NULL)
        duet__loop_disarm(dns->loop, &dns->timer);
    else if (duet__loop_arm(dns->loop, &dns->timer,
                            duet_in_ns((int64_t)next.tv_sec * 1000000000 +
                                       (int64_t)next.tv_usec * 1000)) != 0)
        give_up_soon(dns);
}

static void timer_fired(duet__timer *timer)
{
    duet__dns *dns = DUET__MEMBER(timer, duet__dns, timer);

    ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    duet__dns_arm_timer(dns);
}

static void socket_ready(void *context, int descriptor, uint32_t events)
{
    duet__dns *dns = context;
    const uint32_t readable = EPOLLIN | EPOLLERR | EPOLLHUP;

    ares_process_fd(dns->channel,
                    events & readable ? descriptor : ARES_SOCKET_BAD,
                    events & EPOLLOUT ? descriptor : ARES_SOCKET_BAD);
    duet__dns_arm_timer(dns);
}

static void socket_wanted(void *context, ares_socket_t descriptor, int readable,
                          int writable)
{
    duet__dns *dns = context;
    duet__poll_set *descriptors = &dns->loop->descriptors;
    uint32_t events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u);

    if (events == 0)
        duet__source_remove(descriptors, descriptor);
    else if (duet__source_watch(descriptors, descriptor, events, socket_ready,
                                dns) != 0)
        give_up_soon(dns);
}

static int library_status;

static void library_init(void)
{
    library_status = ares_library_init(ARES_LIB_INIT_ALL);
}

static int resolver_failed(int result)
{
    return result == ARES_ENOMEM
               ? DUET_ENOMEM
               : duet__fail(DUET_EINVAL, "the name resolver: %s",
                            ares_strerror(result));
}

/* --- life ---------------------------------------------------------------- */

/* Fewer tries with more servers: a query must end in time. */
static int tries_for(int servers)
{
    int tries = TRIES;

    while (tries > 1 && servers * TRY_MS * ((1 << tries) - 1) > ALL_TRIES_MS)
        tries--;
    return tries;
}

static int count_servers(const duet__dns *dns)
{
    struct ares_addr_port_node *first = NULL;
    int count = 0;

    if (ares_get_servers_ports(dns->channel, &first) != ARES_SUCCESS)
        return 1;
    for (const struct ares_addr_port_node *one = first; one != NULL;
         one = one->next)
        count++;
    ares_free_data(first);
    return count;
}

static int open_channel(duet__dns *dns, const char *servers, int tries)
{
    struct ares_options options = {
        .timeout = TRY_MS,
        .tries = tries,
        .sock_state_cb = socket_wanted,
        .sock_state_cb_data = dns,
    };
    int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    int result;

#ifdef ARES_OPT_QUERY_CACHE
    mask |= ARES_OPT_QUERY_CACHE; /* no cache: the resolver has our own */
#endif
    result = ares_init_options(&dns->channel, &options, mask);
    if (result != ARES_SUCCESS) {
        dns->channel = NULL;
        return resolver_failed(result);
    }
    if (servers == NULL)
        return 0;
    result = ares_set_servers_ports_csv(dns->channel, servers);
    if (result == ARES_SUCCESS)
        return 0;
    if (result == ARES_ENOMEM)
        return DUET_ENOMEM;
    return duet__fail(DUET_EINVAL, "option dns_servers is \"%.200s\": %s",
                      servers, ares_strerror(result));
}

/* Takes over the system's search list. */
static int read_domains(duet__dns *dns)
{
    struct ares_options options;
    int mask;

    if (ares_save_options(dns->channel, &options, &mask) != ARES_SUCCESS)
        return DUET_ENOMEM;
    dns->dots = options.ndots > 0 ? (size_t)options.ndots : 0;
    dns->domains = options.domains;
    dns->domain_count = options.domains != NULL ? (size_t)options.ndomains : 0;
    options.domains = NULL;
    options.ndomains = 0;
    ares_destroy_options(&options);
    return 0;
}

int duet__dns_open(duet__dns *dns, const char *servers)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    int tries = TRIES;
    int status = 0;

    pthread_once(&once, library_init);
    *dns = (duet__dns){.loop = duet_current_loop(),
                       .timer.fired = timer_fired,
                       .breaker.run = give_up};
    duet__link_init(&dns->lookups);
    if (library_status != ARES_SUCCESS)
        status = resolver_failed(library_status);
    if (status == 0 && servers != NULL)
        status = duet__dns_servers_check(servers);
    if (status == 0)
        status = open_channel(dns, servers, tries);
    if (status == 0)
        tries = tries_for(count_servers(dns));
    if (status == 0 && tries != TRIES) {
        ares_destroy(dns->channel);
        status = open_channel(dns, servers, tries);
    }
    return status != 0 ? status : read_domains(dns);
}

void duet__dns_close(duet__dns *dns)
{
    if (dns->channel == NULL)
        return;
    dns->is_closing = true;
    duet__run_queue_remove(&dns->loop->ready, &dns->breaker);
    duet__loop_disarm(dns->loop, &dns->timer);
    ares_destroy(dns->channel);
    dns->channel = NULL;
    for (size_t i = 0; i < dns->domain_count; i++)
        ares_free_string(dns->domains[i]);
    ares_free_string(dns->domains);
    dns->domains = NULL;
    dns->domain_count = 0;
}
