/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <duet/error.h>

#include "fetch/frontier/retry_policy.h"

static const duet__retry_policy policy = {.retries = 3,
                                          .first_wait_ms = 100,
                                          .longest_wait_ms = 1000,
                                          .longest_retry_after_s = 10,
                                          .is_idempotent = true};

static int64_t decide(duet__retry_outcome outcome, int attempts,
                      uint64_t random)
{
    int64_t wait = -1;

    if (!duet__retry_decide(&policy, &outcome, attempts, 1000, random, &wait))
        return -1;
    return wait;
}

static void passing_troubles_are_tried_again(void **state)
{
    static const int statuses[] = {408, 429, 500, 502, 503, 504};
    static const int errors[] = {DUET_ECONNREFUSED, DUET_EDISCONNECTED,
                                 DUET_ETRUNCATED,   DUET_ETIMEDOUT,
                                 DUET_ERESOLVE,     DUET_EMFILE};

    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        assert_true(decide((duet__retry_outcome){.http_status = statuses[i]}, 1,
                           0) >= 0);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        assert_true(decide((duet__retry_outcome){.error = errors[i]}, 1, 0) >=
                    0);
}

static void lasting_troubles_are_not(void **state)
{
    static const int statuses[] = {200, 301, 400, 404, 501};
    static const int errors[] = {DUET_EURL, DUET_ECERTIFICATE, DUET_ETOOLARGE,
                                 DUET_ENOSPC, DUET_ECANCELED};

    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        assert_int_equal(
            decide((duet__retry_outcome){.http_status = statuses[i]}, 1, 0),
            -1);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        assert_int_equal(
            decide((duet__retry_outcome){.error = errors[i]}, 1, 0), -1);
}

static void attempts_end_with_the_retries(void **state)
{
    const duet__retry_outcome outcome = {.http_status = 503};

    (void)state;
    assert_true(decide(outcome, 3, 0) >= 0);
    assert_int_equal(decide(outcome, 4, 0), -1);
}

static void request_that_must_not_be_repeated_is_not(void **state)
{
    const duet__retry_outcome outcome = {.http_status = 503};
    duet__retry_policy post = policy;
    int64_t wait;

    (void)state;
    post.is_idempotent = false;
    assert_false(duet__retry_decide(&post, &outcome, 1, 0, 0, &wait));
}

static void waits_double_up_to_the_longest_with_jitter_below(void **state)
{
    const duet__retry_outcome outcome = {.http_status = 500};
    duet__retry_policy many = policy;
    int64_t wait;

    (void)state;
    many.retries = 100;
    assert_int_equal(decide(outcome, 1, 0), 100);
    assert_int_equal(decide(outcome, 2, 0), 200);
    assert_int_equal(decide(outcome, 3, 0), 400);
    assert_true(duet__retry_decide(&many, &outcome, 99, 0, 0, &wait));
    assert_int_equal(wait, 1000);
    for (uint64_t random = 0; random < 200; random++) {
        wait = decide(outcome, 1, random);
        assert_in_range(wait, 50, 100);
    }
}

static void server_that_says_when_is_believed(void **state)
{
    duet__retry_outcome outcome = {.http_status = 503, .retry_after = "7"};
    int64_t wait;

    (void)state;
    wait = decide(outcome, 1, 12345);
    assert_in_range(wait, 7000, 7249);
    outcome.retry_after = "Thu, 01 Jan 1970 00:16:45 GMT"; /* now + 5 s */
    wait = decide(outcome, 1, 0);
    assert_int_equal(wait, 5000);
    outcome.retry_after = "0";
    assert_int_equal(decide(outcome, 1, 0), 100);
    outcome.retry_after = "soon";
    assert_int_equal(decide(outcome, 1, 0), 100);
}

static void server_that_wants_too_long_a_wait_is_left_alone(void **state)
{
    duet__retry_outcome outcome = {.http_status = 503, .retry_after = "11"};

    (void)state;
    assert_int_equal(decide(outcome, 1, 0), -1);
    outcome.retry_after = "99999999999999999999999";
    assert_int_equal(decide(outcome, 1, 0), -1);
}

static bool asks_for_rest(int http_status, const char *retry_after,
                          int64_t *rest_ms)
{
    const duet__retry_outcome outcome = {.http_status = http_status,
                                         .retry_after = retry_after};

    return duet__retry_asks_for_rest(&policy, &outcome, 1000, rest_ms);
}

static void host_rests_for_as_long_as_a_busy_server_says(void **state)
{
    const duet__retry_policy never = {.longest_retry_after_s = 10};
    const duet__retry_outcome busy = {.http_status = 503, .retry_after = "5"};
    int64_t rest_ms;

    (void)state;
    assert_true(asks_for_rest(503, "5", &rest_ms));
    assert_int_equal(rest_ms, 5000);
    assert_true(asks_for_rest(429, "10", &rest_ms));
    assert_int_equal(rest_ms, 10000);
    assert_false(asks_for_rest(429, NULL, &rest_ms));
    assert_false(asks_for_rest(503, "0", &rest_ms));
    assert_false(asks_for_rest(503, "11", &rest_ms));
    assert_false(asks_for_rest(503, "soon", &rest_ms));
    assert_false(asks_for_rest(301, "5", &rest_ms));
    /* nobody would come back */
    assert_false(duet__retry_asks_for_rest(&never, &busy, 1000, &rest_ms));
}

TEST_MAIN(test(host_rests_for_as_long_as_a_busy_server_says),
          test(passing_troubles_are_tried_again),
          test(lasting_troubles_are_not), test(attempts_end_with_the_retries),
          test(request_that_must_not_be_repeated_is_not),
          test(waits_double_up_to_the_longest_with_jitter_below),
          test(server_that_says_when_is_believed),
          test(server_that_wants_too_long_a_wait_is_left_alone))
