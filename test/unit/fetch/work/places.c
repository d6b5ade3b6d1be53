/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "fetch/work/places.h"

/* The rest is seen where all of it runs: in fetcher.c's test. */
static void run_goes_on_while_something_may_come_or_is_under_way(void **state)
{
    duet__fetcher fetcher = {.options.at_once = 2, .places = 2};

    (void)state;
    assert_true(duet__fetch_goes_on(&fetcher)); /* there may be input */
    fetcher.is_read_up = true;
    assert_false(duet__fetch_goes_on(&fetcher));
    fetcher.places = 1;
    assert_true(duet__fetch_goes_on(&fetcher));
    fetcher.places = 2;
    fetcher.frontier.count = 1;
    assert_true(duet__fetch_goes_on(&fetcher));
    fetcher.is_stopped = true;
    assert_false(duet__fetch_goes_on(&fetcher));
}

TEST_MAIN(test(run_goes_on_while_something_may_come_or_is_under_way))
