/* SPDX-License-Identifier: MIT */
/* dns.h - questions to name servers: c-ares on the loop, without threads. It
 * remembers nothing. */
#ifndef DUET_CLIENT_DNS_H
#define DUET_CLIENT_DNS_H

#include <stdbool.h>
#include <stdint.h>

#include "client/addresses.h"
#include "runtime/loop.h"

typedef struct duet__dns_answer {
    duet__addresses *addresses; /* the reader's to drop; NULL: there are none */
    int64_t ttl_s;              /* for how long these hold */
    const char *flaw;           /* why there are none; a constant */
    bool is_lasting;            /* there is no such name */
} duet__dns_answer;

/* One question, part of what asks. `answered` runs once, on the loop's stack,
 * maybe within duet__dns_ask(). */
typedef struct duet__dns_question duet__dns_question;
struct duet__dns_question {
    void (*answered)(duet__dns_question *question,
                     const duet__dns_answer *answer);
};

typedef struct duet__dns {
    duet_loop *loop;
    struct ares_channeldata *channel; /* NULL: not open */
    duet__timer timer;                /* c-ares' */
    bool is_closing;
} duet__dns;

/* Opens a channel of the calling thread's loop. Asks nobody yet.
 *
 *   dns      the caller's; closed in any case, after failure, too
 *   servers  as ares_set_servers_ports_csv(); NULL: the system's
 *
 * Returns 0; DUET_EINVAL with detail if `servers` is malformed; DUET_ENOMEM. */
DUET_MUST_USE int duet__dns_open(duet__dns *dns, const char *servers);

/* Answers all questions that are open, without addresses, and closes. */
void duet__dns_close(duet__dns *dns);

/* Asks for the addresses of a name. On the loop's stack only.
 *
 *   host      copied
 *   question  borrowed until it is answered */
void duet__dns_ask(duet__dns *dns, const char *host,
                   duet__dns_question *question);

#endif
