/* SPDX-License-Identifier: MIT */
/* dns_lookup.c - the addresses of a name, of both families.
 *
 * Owns the lookups. Each asks for both families apart, so that silence about
 * one does not lose the other. Invariant: a lookup lives until c-ares has
 * answered all it was asked for it, and has no question any more once that was
 * answered. */
#define CARES_NO_DEPRECATED /* 1.34 has other calls, 1.18 only these */
#include "client/names/dns_lookup.h"

#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "client/names/dns_message.h"

enum {
    /* RFC 8305 3: how long IPv4 addresses wait for those of IPv6. */
    IPV6_MS = 50,
    /* The other way round it is longer, because a host that has both and cannot
     * be reached by IPv6 must be reached: a lost question is asked again
     * within. */
    IPV4_MS = 2000,
    /* How long a result with IPv6 only is remembered, if the server did not
     * confirm it. */
    IPV6_ALONE_S = 5,
    ADDRESSES_BYTES_MAX = 4096,
    NAME_BYTES = 256,
};

/* --- lookups ------------------------------------------------------------- */

enum { IPV4, IPV6, FAMILIES };

typedef struct lookup lookup;

/* One family's part in a lookup. */
typedef struct family {
    lookup *lookup;
    int result; /* ARES_SUCCESS if there are addresses */
    duet__dns_addresses found;
} family;

struct lookup {
    duet__dns *dns;
    duet__dns_question *question; /* NULL once it was answered */
    duet__link link;              /* in dns->lookups */
    duet__timer timer;            /* for the other family */
    int open;                     /* families c-ares has not answered yet */
    size_t domain;                /* how many of the search list were tried */
    char name[NAME_BYTES];        /* as asked for */
    family families[FAMILIES];
};

static int family_of(const family *self)
{
    return self == &self->lookup->families[IPV4] ? AF_INET : AF_INET6;
}

static void free_if_done(lookup *self)
{
    if (self->open > 0 || self->question != NULL)
        return;
    duet__list_remove(&self->link);
    duet__loop_disarm(self->dns->loop, &self->timer);
    free(self);
}

/* --- answers ------------------------------------------------------------- */

static int append_address(duet__buffer *buffer, const family *from,
                          size_t index)
{
    bool is_ipv6 = family_of(from) == AF_INET6;
    char text[INET6_ADDRSTRLEN];

    if (index >= from->found.count)
        return 0;
    inet_ntop(family_of(from), &from->found.at[index], text, sizeof text);
    return duet__buffer_appendf(buffer, "%s%s%s%s",
                                buffer->length > 0 ? "," : "",
                                is_ipv6 ? "[" : "", text, is_ipv6 ? "]" : "");
}

/* Is there a route to the address? Sends nothing. */
static bool is_reachable(const struct in6_addr *address)
{
    struct sockaddr_in6 to = {
        .sin6_family = AF_INET6, .sin6_addr = *address, .sin6_port = htons(53)};
    int descriptor = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is =
        descriptor >= 0 && connect(descriptor, (void *)&to, sizeof to) == 0;

    if (descriptor >= 0)
        close(descriptor);
    return is;
}

/* RFC 8305 4: the families in turn, IPv6 first if it can be used. NULL if there
 * are none, or no memory. */
static duet__addresses *merge(const lookup *self)
{
    const family *first = &self->families[IPV6];
    const family *second = &self->families[IPV4];
    duet__addresses *addresses = NULL;
    duet__buffer buffer;
    int status = 0;

    if (first->found.count > 0 && second->found.count > 0 &&
        !is_reachable(&first->found.at[0].ipv6)) {
        first = &self->families[IPV4];
        second = &self->families[IPV6];
    }
    duet__buffer_init(&buffer, ADDRESSES_BYTES_MAX);
    for (size_t i = 0; i < DUET__DNS_ADDRESSES_MAX && status == 0; i++) {
        status = append_address(&buffer, first, i);
        if (status == 0)
            status = append_address(&buffer, second, i);
    }
    if (buffer.length > 0)
        addresses = duet__addresses_new(buffer.bytes);
    duet__buffer_free(&buffer);
    return addresses;
}

/* "No such name" is an answer. A timeout of all servers is not, but asking
 * again at once would be useless. Other failures are not lasting. */
static bool is_lasting(int result)
{
    return result == ARES_ENOTFOUND || result == ARES_ENODATA ||
           result == ARES_EBADNAME || result == ARES_ETIMEOUT;
}

static int status_of(int flaw)
{
    /* A query that ends because the channel is closed was given up, see
     * dns.c. */
    return flaw == ARES_ENOMEM || flaw == ARES_ECANCELLED ? DUET_ENOMEM
                                                          : DUET_ERESOLVE;
}

static bool lacks_memory(const lookup *self)
{
    return self->families[IPV4].result == ARES_ENOMEM ||
           self->families[IPV6].result == ARES_ENOMEM;
}

/* Why there is no address: a failure takes precedence over a missing
 * address. */
static int flaw_of(const lookup *self)
{
    int ipv4 = self->families[IPV4].result;

    if (lacks_memory(self))
        return ARES_ENOMEM;
    return ipv4 == ARES_ENODATA || ipv4 == ARES_SUCCESS
               ? self->families[IPV6].result
               : ipv4;
}

static void tell(lookup *self)
{
    duet__dns_question *question = self->question;
    const duet__dns_addresses *ipv4 = &self->families[IPV4].found;
    const duet__dns_addresses *ipv6 = &self->families[IPV6].found;
    bool is_ipv6_alone = self->open > 0 && ipv4->count == 0;
    bool has_any = ipv4->count > 0 || ipv6->count > 0;
    int flaw = has_any ? ARES_ENOMEM : flaw_of(self); /* if merge() fails */
    duet__dns_answer answer = {
        /* Otherwise one family without the other would be remembered. */
        .addresses = lacks_memory(self) ? NULL : merge(self),
        .flaw = ares_strerror(flaw == ARES_SUCCESS ? ARES_ENODATA : flaw),
        .is_lasting = is_lasting(flaw),
        .ttl_s = ipv4->ttl_s < ipv6->ttl_s ? ipv4->ttl_s : ipv6->ttl_s,
    };

    answer.status = answer.addresses != NULL ? 0 : status_of(flaw);
    if (is_ipv6_alone && answer.ttl_s > IPV6_ALONE_S)
        answer.ttl_s = IPV6_ALONE_S;
    self->question = NULL;
    free_if_done(self);
    question->answered(question, &answer);
}

static void waited_for_other(duet__timer *timer)
{
    tell(DUET__MEMBER(timer, lookup, timer));
}

/* --- search list --------------------------------------------------------- */

static void ask_for(lookup *self, const char *name);

static size_t dots_in(const char *name)
{
    size_t dots = 0;

    for (; *name != '\0'; name++)
        dots += *name == '.';
    return dots;
}

/* The next name to query for self->name: itself, and itself with each domain of
 * the search list; itself first if it has enough dots. False if there is none
 * left. */
static bool next_name(lookup *self, char name[2 * NAME_BYTES])
{
    const duet__dns *dns = self->dns;
    size_t length = strlen(self->name);
    size_t bare = dots_in(self->name) >= dns->dots ? 0 : dns->domain_count;
    size_t turn = self->domain++;

    if (turn > dns->domain_count)
        return false;
    if (length > 0 && self->name[length - 1] == '.') {
        snprintf(name, 2 * NAME_BYTES, "%s", self->name);
        self->domain = SIZE_MAX;
        return turn == 0;
    }
    if (turn == bare)
        snprintf(name, 2 * NAME_BYTES, "%s", self->name);
    else
        snprintf(name, 2 * NAME_BYTES, "%s.%s", self->name,
                 dns->domains[turn < bare ? turn : turn - 1]);
    return true;
}

/* Both families are answered, without an address: asks for the next name. */
static bool asks_on(lookup *self)
{
    char name[2 * NAME_BYTES];
    int flaw = flaw_of(self);

    if (self->dns->is_closing ||
        (flaw != ARES_ENOTFOUND && flaw != ARES_ENODATA) ||
        !next_name(self, name))
        return false;
    ask_for(self, name);
    return true;
}

/* --- questions ----------------------------------------------------------- */

static int read_answer(family *own, const unsigned char *message, size_t length)
{
    int status =
        duet__dns_message_read(message, length, family_of(own), &own->found);

    if (status != 0)
        return status == DUET_ENOMEM ? ARES_ENOMEM : ARES_EBADRESP;
    return own->found.count > 0 ? ARES_SUCCESS : ARES_ENODATA;
}

static void answered(void *context, int result, int timeouts,
                     unsigned char *message, int length)
{
    family *own = context;
    lookup *self = own->lookup;
    bool has_any;

    (void)timeouts;
    self->open--;
    own->result = result;
    if (result == ARES_SUCCESS)
        own->result = read_answer(own, message, (size_t)length);
    if (self->question == NULL) { /* it came too late */
        free_if_done(self);
        return;
    }
    has_any = self->families[IPV4].found.count > 0 ||
              self->families[IPV6].found.count > 0;
    if (self->open == 0) {
        if (has_any || !asks_on(self))
            tell(self);
    } else if (has_any && duet__loop_arm(self->dns->loop, &self->timer,
                                         duet_in_ms(family_of(own) == AF_INET
                                                        ? IPV6_MS
                                                        : IPV4_MS)) != 0) {
        tell(self);
    }
}

static void ask_for(lookup *self, const char *name)
{
    static const int types[FAMILIES] = {[IPV4] = 1, [IPV6] = 28};

    /* Counted first, as an answer may come immediately. */
    self->open = FAMILIES;
    for (int i = 0; i < FAMILIES; i++) {
        family *own = &self->families[i];

        own->lookup = self;
        own->result = ARES_ENODATA;
        own->found.count = 0;
        own->found.ttl_s = INT32_MAX;
    }
    ares_query(self->dns->channel, name, 1, types[IPV4], answered,
               &self->families[IPV4]);
    ares_query(self->dns->channel, name, 1, types[IPV6], answered,
               &self->families[IPV6]);
}

/* Could the whole file be read? */
static bool was_read(int result)
{
    return result != ARES_ENOMEM &&
           (result != ARES_EFILE || (errno != EMFILE && errno != ENFILE));
}

/* If the hosts file has the name, its addresses are the answer; if the file
 * cannot be read, the lookup fails. */
static bool look_into_file(lookup *self)
{
    bool has_any = false;

    for (int i = 0; i < FAMILIES; i++) {
        duet__dns_addresses *found = &self->families[i].found;
        struct hostent *host = NULL;
        int result;

        self->families[i].lookup = self;
        self->families[i].result = ARES_ENODATA;
        found->ttl_s = INT32_MAX;
        result = ares_gethostbyname_file(self->dns->channel, self->name,
                                         i == IPV4 ? AF_INET : AF_INET6, &host);
        if (!was_read(result)) {
            self->families[i].result = ARES_ENOMEM;
            has_any = true;
        }
        if (result != ARES_SUCCESS)
            continue;
        while (found->count < DUET__DNS_ADDRESSES_MAX &&
               host->h_addr_list[found->count] != NULL) {
            memcpy(&found->at[found->count], host->h_addr_list[found->count],
                   (size_t)host->h_length);
            found->count++;
        }
        ares_free_hostent(host);
        has_any = has_any || found->count > 0;
    }
    return has_any;
}

static void refuse(duet__dns_question *question, int flaw)
{
    const duet__dns_answer answer = {.status = status_of(flaw),
                                     .flaw = ares_strerror(flaw),
                                     .is_lasting = is_lasting(flaw)};

    question->answered(question, &answer);
}

void duet__dns_ask(duet__dns *dns, const char *host,
                   duet__dns_question *question)
{
    char name[2 * NAME_BYTES];
    lookup *self;

    if (strlen(host) >= NAME_BYTES) {
        refuse(question, ARES_EBADNAME);
        return;
    }
    self = calloc(1, sizeof *self);
    if (self == NULL) {
        refuse(question, ARES_ENOMEM);
        return;
    }
    self->dns = dns;
    self->question = question;
    self->timer.fired = waited_for_other;
    memcpy(self->name, host, strlen(host) + 1);
    duet__list_push_back(&dns->lookups, &self->link);
    if (look_into_file(self) || !next_name(self, name))
        tell(self);
    else
        ask_for(self, name);
    duet__dns_arm_timer(dns);
}
