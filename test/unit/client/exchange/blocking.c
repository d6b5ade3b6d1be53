/* SPDX-License-Identifier: MIT */
#include "support/peer.h"
#include "support/in_task.h"
#include "support/test.h"

#include <stdio.h>
#include <unistd.h>

static void failure_keeps_its_detail_and_phase(void **state)
{
    duet_response *response;
    char url[64];
    int held;

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", test_hold_port(&held));
    assert_status(duet_blocking_get(url, NULL, &response, 0),
                  DUET_ECONNREFUSED);
    assert_null(response);
    assert_int_equal(duet_error_phase(), DUET_PHASE_CONNECT);
    assert_non_null(strstr(duet_error_detail(), "connect 127.0.0.1:"));
    close(held);
    assert_status(duet_blocking_get("nonsense", NULL, &response, 0), DUET_EURL);
    assert_int_equal(duet_error_phase(), DUET_PHASE_NONE);
}

static void timeout_below_minus_one_is_refused(void **state)
{
    duet_response *response;

    (void)state;
    assert_status(duet_blocking_get("http://a/", NULL, &response, -2),
                  DUET_EINVAL);
}

in_virtual_time(inside_a_loop_it_is_busy)
{
    duet_response *response;

    assert_status(duet_blocking_get("http://a/", NULL, &response, 0),
                  DUET_EBUSY);
}

TEST_MAIN(test(failure_keeps_its_detail_and_phase),
          test(timeout_below_minus_one_is_refused),
          test(inside_a_loop_it_is_busy))
