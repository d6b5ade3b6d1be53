/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <string.h>

#include "stream/core/ring.h"
#include "support/memory.h"

static void bytes_come_out_in_order_over_the_end(void **state)
{
    duet__ring ring;
    char *front;
    char out[64];
    size_t length = 0;

    (void)state;
    duet__ring_init(&ring, 8);
    assert_int_equal(duet__ring_front(&ring, &front), 0);
    assert_int_equal(duet__ring_put(&ring, "abcdef", 6), 6);
    duet__ring_drop(&ring, 4);
    assert_int_equal(duet__ring_put(&ring, "ghijkl", 6), 6);
    assert_int_equal(duet__ring_room(&ring), 0);
    assert_int_equal(duet__ring_put(&ring, "m", 1), 0);
    for (size_t part; (part = duet__ring_front(&ring, &front)) > 0;) {
        memcpy(out + length, front, part);
        length += part;
        duet__ring_drop(&ring, part);
    }
    assert_int_equal(length, 8);
    assert_memory_equal(out, "efghijkl", 8);
    duet__ring_free(&ring);
}

static void empty_ring_lends_all_its_room_together(void **state)
{
    duet__ring ring;
    char *front;

    (void)state;
    duet__ring_init(&ring, 8);
    assert_int_equal(duet__ring_put(&ring, "abcde", 5), 5);
    duet__ring_drop(&ring, 5);
    assert_int_equal(duet__ring_put(&ring, "12345678", 9), 8);
    assert_int_equal(duet__ring_front(&ring, &front), 8);
    duet__ring_free(&ring);
    assert_int_equal(duet__ring_room(&ring), 8);
}

static void without_memory_nothing_is_put(void **state)
{
    duet__ring ring;

    (void)state;
    duet__ring_init(&ring, 8);
    test_fail_allocation(1);
    assert_int_equal(duet__ring_put(&ring, "a", 1), 0);
    test_fail_allocation(0);
    assert_int_equal(duet__ring_put(&ring, "a", 1), 1);
    duet__ring_free(&ring);
}

TEST_MAIN(test(bytes_come_out_in_order_over_the_end),
          test(empty_ring_lends_all_its_room_together),
          test(without_memory_nothing_is_put))
