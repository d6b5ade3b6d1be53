/* SPDX-License-Identifier: MIT */
#include "server/connection/checked.h"

#include <stdlib.h>

#include "server/request/server_state.h"
#include "support/memory.h"
#include "support/test.h"

static void connections_are_found_by_their_descriptors(void **state)
{
    duet_server server = {.port = 1};
    duet__connection one = {.server = &server, .descriptor = 5};
    duet__connection other = {.server = &server, .descriptor = 900};

    (void)state;
    assert_null(duet__checked_find(&server.mhd, 5));
    assert_status(duet__checked_add(&one), 0);
    assert_status(duet__checked_add(&other), 0);
    assert_ptr_equal(duet__checked_find(&server.mhd, 5), &one);
    assert_ptr_equal(duet__checked_find(&server.mhd, 900), &other);
    assert_null(duet__checked_find(&server.mhd, 6));
    assert_null(duet__checked_find(&server.mhd, -1));
    assert_null(duet__checked_find(&server.mhd, 1 << 20));
    duet__checked_remove(&one);
    assert_null(duet__checked_find(&server.mhd, 5));
    duet__checked_remove(&other);
    free(server.mhd.checked);
}

static void lack_of_memory_is_told(void **state)
{
    duet_server server = {.port = 1};
    duet__connection one = {.server = &server, .descriptor = 5};

    (void)state;
    duet__link_init(&one.flawed_link);
    test_fail_allocation(1);
    assert_status(duet__checked_add(&one), DUET_ENOMEM);
    assert_null(duet__checked_find(&server.mhd, 5));
    assert_status(duet__checked_add(&one), 0);
    duet__checked_remove(&one);
    free(server.mhd.checked);
}

TEST_MAIN(test(connections_are_found_by_their_descriptors),
          test(lack_of_memory_is_told))
