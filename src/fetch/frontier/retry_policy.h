/* SPDX-License-Identifier: MIT */
/* retry_policy.h - decides whether to retry, and when.
 *
 * Failures that may be temporary are retried: connections that failed or broke,
 * deadlines of a phase, and the statuses 408, 429, 500, 502, 503 and 504; and
 * only idempotent requests (RFC 9110 9.2.2). The waits double, with jitter, so
 * that many clients do not return at the same time; Retry-After (RFC 9110
 * 10.2.3) is obeyed. */
#ifndef DUET_FETCH_FRONTIER_RETRY_POLICY_H
#define DUET_FETCH_FRONTIER_RETRY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct duet__retry_policy {
    int retries;           /* after the first attempt */
    int64_t first_wait_ms; /* before the first retry; each further one waits
                            * twice as long */
    int64_t longest_wait_ms;
    int64_t longest_retry_after_s; /* no retry if asked to wait longer */
    bool is_idempotent;            /* the method may be sent twice */
} duet__retry_policy;

/* How an attempt ended. */
typedef struct duet__retry_outcome {
    int error;               /* 0: there was a response */
    int http_status;         /* 0: there was none */
    const char *retry_after; /* the field's value; NULL: not sent */
} duet__retry_outcome;

/* Decides whether to try again.
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

/* Does the server ask for a rest (429 or 503, with a Retry-After that is not
 * too long), from a client that would retry?
 *
 *   now      as for duet__retry_decide()
 *   rest_ms  set if the result is true: for how long */
bool duet__retry_asks_for_rest(const duet__retry_policy *policy,
                               const duet__retry_outcome *outcome, int64_t now,
                               int64_t *rest_ms);

#endif
