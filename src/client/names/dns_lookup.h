/* SPDX-License-Identifier: MIT */
/* dns_lookup.h - questions for the addresses of a name. It remembers nothing.
 * The system's file of hosts goes first. */
#ifndef DUET_CLIENT_NAMES_DNS_LOOKUP_H
#define DUET_CLIENT_NAMES_DNS_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "client/names/addresses.h"
#include "client/names/dns.h"

typedef struct duet__dns_answer {
    duet__addresses *addresses; /* the reader's to drop; NULL: there are none */
    int64_t ttl_s;              /* for how long these hold */
    int status;                 /* 0, DUET_ERESOLVE or DUET_ENOMEM */
    const char *flaw;           /* why there are none; a constant */
    bool is_lasting;            /* to ask again soon is of no use */
} duet__dns_answer;

/* One question, part of what asks. `answered` runs once, on the loop's stack,
 * maybe within duet__dns_ask(). */
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
