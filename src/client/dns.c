/* SPDX-License-Identifier: MIT */
/* dns.c - c-ares' sockets and timer on the loop, and what it answers.
 *
 * Owns the channel. Invariant: the timer is armed for c-ares' next one, but
 * not while the channel is being closed. */
#include "client/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>

#include "base/buffer.h"
#include "base/error.h"

enum {
    TRY_MS = 3000, /* of one question to one server; it doubles */
    TRIES = 3,
    ADDRESSES_BYTES_MAX = 4096,
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

static void arm_timer(duet__dns *dns)
{
    struct timeval next;

    if (dns->is_closing)
        return;
    if (ares_timeout(dns->channel, NULL, &next) == NULL)
        duet__loop_disarm(dns->loop, &dns->timer);
    else
        duet__loop_arm(dns->loop, &dns->timer,
                       duet_in_ns((int64_t)next.tv_sec * 1000000000 +
                                  (int64_t)next.tv_usec * 1000));
}

static void timer_fired(duet__timer *timer)
{
    duet__dns *dns = DUET__MEMBER(timer, duet__dns, timer);

    ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    arm_timer(dns);
}

static void socket_ready(void *context, int descriptor, uint32_t events)
{
    duet__dns *dns = context;
    const uint32_t readable = EPOLLIN | EPOLLERR | EPOLLHUP;

    ares_process_fd(dns->channel,
                    events & readable ? descriptor : ARES_SOCKET_BAD,
                    events & EPOLLOUT ? descriptor : ARES_SOCKET_BAD);
    arm_timer(dns);
}

static void socket_wanted(void *context, ares_socket_t descriptor, int readable,
                          int writable)
{
    duet__dns *dns = context;
    duet__descriptors *descriptors = &dns->loop->descriptors;
    uint32_t events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u);

    /* If it cannot be watched the question times out. */
    if (events == 0)
        duet__source_remove(descriptors, descriptor);
    else
        (void)!duet__source_watch(descriptors, descriptor, events, socket_ready,
                                  dns);
}

static void library_init(void)
{
    ares_library_init(ARES_LIB_INIT_ALL);
}

/* --- questions ----------------------------------------------------------- */

/* "No such name" is an answer; that nobody answered is none. */
static bool is_lasting(int result)
{
    return result == ARES_ENOTFOUND || result == ARES_ENODATA ||
           result == ARES_EBADNAME;
}

static void answered(void *context, int result, int timeouts,
                     struct ares_addrinfo *found)
{
    duet__dns_question *question = context;
    duet__dns_answer answer = {
        .flaw = ares_strerror(result == ARES_SUCCESS ? ARES_ENODATA : result),
        .is_lasting = is_lasting(result),
    };

    (void)timeouts;
    if (result == ARES_SUCCESS && found != NULL)
        answer.addresses = read_answer(found, &answer.ttl_s);
    if (found != NULL)
        ares_freeaddrinfo(found);
    question->answered(question, &answer);
}

void duet__dns_ask(duet__dns *dns, const char *host,
                   duet__dns_question *question)
{
    const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC,
                                              .ai_socktype = SOCK_STREAM};

    ares_getaddrinfo(dns->channel, host, NULL, &hints, answered, question);
    arm_timer(dns);
}

/* --- life ---------------------------------------------------------------- */

static int set_servers(duet__dns *dns, const char *servers)
{
    int result = ares_set_servers_ports_csv(dns->channel, servers);

    if (result == ARES_SUCCESS)
        return 0;
    return duet__fail(DUET_EINVAL, "option dns_servers is \"%.200s\": %s",
                      servers, ares_strerror(result));
}

int duet__dns_open(duet__dns *dns, const char *servers)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct ares_options options = {
        .timeout = TRY_MS,
        .tries = TRIES,
        .sock_state_cb = socket_wanted,
        .sock_state_cb_data = dns,
    };
    int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    int result;

#ifdef ARES_OPT_QUERY_CACHE
    mask |= ARES_OPT_QUERY_CACHE; /* of no age: the resolver has our own */
#endif
    pthread_once(&once, library_init);
    *dns = (duet__dns){.loop = duet_current_loop(), .timer.fired = timer_fired};
    result = ares_init_options(&dns->channel, &options, mask);
    if (result != ARES_SUCCESS) {
        dns->channel = NULL;
        return result == ARES_ENOMEM
                   ? DUET_ENOMEM
                   : duet__fail(DUET_EINVAL, "the name resolver: %s",
                                ares_strerror(result));
    }
    return servers != NULL ? set_servers(dns, servers) : 0;
}

void duet__dns_close(duet__dns *dns)
{
    if (dns->channel == NULL)
        return;
    dns->is_closing = true;
    duet__loop_disarm(dns->loop, &dns->timer);
    ares_destroy(dns->channel);
    dns->channel = NULL;
}
