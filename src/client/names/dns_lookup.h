/* SPDX-License-Identifier: MIT */
/* dns_lookup.h - looks up the addresses of a name, without a cache. The
 * system's hosts file is read first. */
#ifndef DUET_CLIENT_NAMES_DNS_LOOKUP_H
#define DUET_CLIENT_NAMES_DNS_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "client/names/addresses.h"
#include "client/names/dns.h"

typedef struct duet__dns_answer {
    duet__addresses *addresses; /* to be dropped by the reader; NULL: none */
    int64_t ttl_s;              /* for how long these hold */
    int status;                 /* 0, DUET_ERESOLVE or DUET_ENOMEM */
    const char *flaw;           /* why there are none; a constant */
    bool is_lasting;            /* asking again soon is useless */
} duet__dns_answer;

/* One question, embedded in its owner. `answered` runs once, on the loop's
 * stack, maybe within duet__dns_ask(). */
typedef struct duet__dns_question duet__dns_question;
struct duet__dns_question {
    void (*answered)(duet__dns_question *question,
                     const duet__dns_answer *answer);
};

/* Asks for the addresses of a name. On the loop's stack only.
 *
 *   host      copied
 *   question  borrowed until it is answered */
void duet__dns_ask(duet__dns *dns, const char *host,
                   duet__dns_question *question);

#endif
