/* SPDX-License-Identifier: MIT */
#include "fetch/work/descriptors.h"

#include "support/test.h"

static void some_connections_more_than_in_use_are_kept(void **state)
{
    (void)state;
    assert_int_equal(duet__fetch_kept_max(1), 4);
    assert_int_equal(duet__fetch_kept_max(64), 256);
    assert_int_equal(duet__fetch_kept_max(255), 256);
    assert_int_equal(duet__fetch_kept_max(1000), 1000);
    assert_int_equal(duet__fetch_kept_max(1000000), 10000);
}

static void files_need_descriptors_too(void **state)
{
    duet__fetcher_options options = {.at_once = 500};
    int64_t without = duet__fetcher_descriptors(&options);

    (void)state;
    options.directory = "out";
    assert_in_range(without, 501, 600);
    assert_int_equal(duet__fetcher_descriptors(&options), without + 500);
}

TEST_MAIN(test(some_connections_more_than_in_use_are_kept),
          test(files_need_descriptors_too))
