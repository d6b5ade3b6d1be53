/* SPDX-License-Identifier: MIT */
#include "client/hop/phase.h"
#include "support/in_task.h"
#include "support/test.h"

static void phases_have_names(void **state)
{
    (void)state;
    assert_string_equal(duet_phase_name(DUET_PHASE_NONE), "none");
    assert_string_equal(duet_phase_name(DUET_PHASE_QUEUE), "queue");
    assert_string_equal(duet_phase_name(DUET_PHASE_FIRST_BYTE), "first byte");
    assert_string_equal(duet_phase_name(DUET_PHASE_BODY), "body");
    assert_string_equal(duet_phase_name((duet_phase)99), "none");
}

static void limits_have_defaults_and_can_be_off(void **state)
{
    const duet_fetch_options options = {.connect_ms = 5,
                                        .tls_ms = DUET_NO_LIMIT};
    const duet_fetch_options bad = {.idle_ms = -2};
    duet__phase_limits limits;

    (void)state;
    assert_status(duet__phase_limits_read(NULL, &limits), 0);
    assert_int_equal(limits.ns[DUET_PHASE_RESOLVE], 10000000000);
    assert_int_equal(
        duet__phase_deadline(&limits, DUET_PHASE_QUEUE, 1000000000).at_ns,
        INT64_MAX);
    assert_status(duet__phase_limits_read(&options, &limits), 0);
    assert_int_equal(duet__phase_deadline(&limits, DUET_PHASE_CONNECT, 7).at_ns,
                     5000007);
    assert_int_equal(duet__phase_deadline(&limits, DUET_PHASE_TLS, 7).at_ns,
                     INT64_MAX);
    assert_status(duet__phase_limits_read(&bad, &limits), DUET_EINVAL);
}

static void next_check_is_before_any_timeout_can_pass(void **state)
{
    const duet_fetch_options options = {
        .connect_ms = 100, .tls_ms = 10, .first_byte_ms = 50, .idle_ms = 20};
    duet__phase_limits limits;

    (void)state;
    assert_status(duet__phase_limits_read(&options, &limits), 0);
    assert_int_equal(
        duet__phase_next_check(&limits, DUET_PHASE_CONNECT, 0, 0).at_ns,
        10000000);
    assert_int_equal(
        duet__phase_next_check(&limits, DUET_PHASE_CONNECT, 0, 95000000).at_ns,
        100000000);
    assert_int_equal(
        duet__phase_next_check(&limits, DUET_PHASE_FIRST_BYTE, 0, 10000000)
            .at_ns,
        30000000);
    assert_int_equal(
        duet__phase_next_check(&limits, DUET_PHASE_BODY, 0, 10000000).at_ns,
        20000000);
}

in_virtual_time(failure_names_phase_place_and_time)
{
    int64_t begin_ns = duet_clock_ns();

    (void)!duet_sleep(duet_in_ms(3000));
    assert_status(duet__phase_fail(DUET_ETIMEDOUT, DUET_PHASE_CONNECT,
                                   "10.0.0.1:443", begin_ns, "no %s", "answer"),
                  DUET_ETIMEDOUT);
    assert_string_equal(duet_error_detail(),
                        "connect 10.0.0.1:443: no answer after 3.0 s");
    assert_int_equal(duet_error_phase(), DUET_PHASE_CONNECT);
}

TEST_MAIN(test(phases_have_names), test(limits_have_defaults_and_can_be_off),
          test(next_check_is_before_any_timeout_can_pass),
          test(failure_names_phase_place_and_time))
