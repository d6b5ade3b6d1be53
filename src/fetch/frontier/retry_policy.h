/* SPDX-License-Identifier: MIT */
/* retry_policy.h - whether to try once more, and when.
 *
 * Tried again is what may go better next time: connections that failed or
 * broke, deadlines of a phase, and the statuses 408, 429, 500, 502, 503 and
 * 504; and only requests that may be sent twice (RFC 9110 9.2.2). The waits
 * double, with jitter, so that many clients do not come back at once; a server
 * that says when to come back (RFC 9110 10.2.3) is believed. */
#ifndef DUET_FETCH_FRONTIER_RETRY_POLICY_H
#define DUET_FETCH_FRONTIER_RETRY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct duet__retry_policy {
    int retries;           /* after the first attempt */
    int64_t first_wait_ms; /* before the first retry; each further one waits
                            * twice as long */
    int64_t longest_wait_ms;
    int64_t longest_retry_after_s; /* asked to wait longer, we do not retry */
    bool is_idempotent;            /* the method may be sent twice */
} duet__retry_policy;

/* How an attempt ended. */
typedef struct duet__retry_outcome {
    int error;               /* 0: there was a response */
    int http_status;         /* 0: there was none */
    const char *retry_after; /* the field's value; NULL: not sent */
} duet__retry_outcome;

/* Decides.
 *
 *   attempts  made so far, from 1
 *   now       seconds since 1970, for dates in Retry-After
 *   random    any 64 bits, for the jitter
 *   wait_ms   set if the result is true: how long to wait first
 *
 * Returns whether to try again. */
bool duet__retry_decide(const duet__retry_policy *policy,
                        const duet__retry_outcome *outcome, int attempts,
                        int64_t now, uint64_t random, int64_t *wait_ms);

/* Does the server want to be left alone (429 or 503, with a Retry-After that is
 * not too long), by a client that would come back?
 *
 *   now      as for duet__retry_decide()
 *   rest_ms  set if the result is true: for how long */
bool duet__retry_asks_for_rest(const duet__retry_policy *policy,
                               const duet__retry_outcome *outcome, int64_t now,
                               int64_t *rest_ms);

#endif
