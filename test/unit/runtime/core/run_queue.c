/* SPDX-License-Identifier: MIT */
#include "runtime/core/run_queue.h"

#include "support/test.h"

static duet__ready members[3];
static duet__run_queue queue;

static void fill(void)
{
    duet__run_queue_init(&queue);
    for (size_t i = 0; i < 3; i++)
        duet__run_queue_append(&queue, &members[i]);
}

static void any_member_can_be_taken_out(void **state)
{
    (void)state;
    for (size_t out = 0; out < 3; out++) {
        fill();
        assert_true(duet__run_queue_remove(&queue, &members[out]));
        assert_false(duet__run_queue_remove(&queue, &members[out]));
        duet__run_queue_append(&queue, &members[out]);
        assert_ptr_equal(duet__run_queue_take(&queue), &members[out == 0]);
        assert_ptr_equal(duet__run_queue_take(&queue),
                         &members[out == 2 ? 1 : 2]);
        assert_ptr_equal(duet__run_queue_take(&queue), &members[out]);
        assert_true(duet__run_queue_is_empty(&queue));
    }
}

static void nothing_is_taken_out_of_an_empty_queue(void **state)
{
    (void)state;
    duet__run_queue_init(&queue);
    assert_false(duet__run_queue_remove(&queue, &members[0]));
    duet__run_queue_append(&queue, &members[1]);
    assert_ptr_equal(duet__run_queue_take(&queue), &members[1]);
}

TEST_MAIN(test(any_member_can_be_taken_out),
          test(nothing_is_taken_out_of_an_empty_queue))
