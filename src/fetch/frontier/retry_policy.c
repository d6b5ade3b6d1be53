/* SPDX-License-Identifier: MIT */
/* retry_policy.c - computes retry decisions from numbers. Owns nothing. */
#include "fetch/frontier/retry_policy.h"

#include <duet/error.h>

#include "http/head/retry_after.h"

static bool is_passing_error(int error)
{
    switch (error) {
    case DUET_ERESOLVE:
    case DUET_ECONNECT:
    case DUET_ECONNREFUSED:
    case DUET_ECONNRESET:
    case DUET_ECONNABORTED:
    case DUET_EDISCONNECTED:
    case DUET_ETRUNCATED:
    case DUET_EPIPE:
    case DUET_ENETUNREACH:
    case DUET_EHOSTUNREACH:
    case DUET_EADDRNOTAVAIL:
    case DUET_EMFILE:
    case DUET_ENFILE:
    case DUET_ETIMEDOUT:
        return true;
    default:
        return false;
    }
}

static bool is_passing_status(int http_status)
{
    switch (http_status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
        return true;
    default:
        return false;
    }
}

/* Between half and all of first_wait_ms doubled with each attempt. */
static int64_t back_off(const duet__retry_policy *policy, int attempts,
                        uint64_t random)
{
    int64_t wait = policy->first_wait_ms;

    for (int i = 1; i < attempts && wait < policy->longest_wait_ms; i++)
        wait *= 2;
    if (wait > policy->longest_wait_ms)
        wait = policy->longest_wait_ms;
    return wait - (int64_t)(random % ((uint64_t)wait / 2 + 1));
}

bool duet__retry_decide(const duet__retry_policy *policy,
                        const duet__retry_outcome *outcome, int attempts,
                        int64_t now, uint64_t random, int64_t *wait_ms)
{
    int64_t asked_s;
    int64_t wait;

    if (attempts > policy->retries || !policy->is_idempotent)
        return false;
    if (outcome->error != 0 ? !is_passing_error(outcome->error)
                            : !is_passing_status(outcome->http_status))
        return false;
    wait = back_off(policy, attempts, random);
    if (outcome->retry_after != NULL &&
        duet__retry_after_parse(duet__text_from(outcome->retry_after), now,
                                policy->longest_retry_after_s + 1, &asked_s)) {
        if (asked_s > policy->longest_retry_after_s)
            return false;
        /* not earlier than asked for, with jitter */
        if (asked_s * 1000 > wait)
            wait = asked_s * 1000 + (int64_t)(random % 250);
    }
    *wait_ms = wait;
    return true;
}

bool duet__retry_asks_for_rest(const duet__retry_policy *policy,
                               const duet__retry_outcome *outcome, int64_t now,
                               int64_t *rest_ms)
{
    int64_t asked_s;

    if (policy->retries == 0 || outcome->retry_after == NULL ||
        (outcome->http_status != 429 && outcome->http_status != 503) ||
        !duet__retry_after_parse(duet__text_from(outcome->retry_after), now,
                                 policy->longest_retry_after_s + 1, &asked_s) ||
        asked_s == 0 || asked_s > policy->longest_retry_after_s)
        return false;
    *rest_ms = asked_s * 1000;
    return true;
}
