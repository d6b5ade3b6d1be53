/* SPDX-License-Identifier: MIT */
#include "runtime/sync/queue_items.h"

#include <stdlib.h>

#include "support/memory.h"
#include "support/test.h"

typedef struct item {
    int rank;
    int number;
} item;

static int by_rank(const void *first, const void *second)
{
    const item *a = first;
    const item *b = second;

    return (a->rank > b->rank) - (a->rank < b->rank);
}

/* Puts and takes at random against an array that is searched. */
static void compare_with_model(duet_queue_order order)
{
    enum { COUNT = 3000 };
    duet__queue_items items = {.order = order, .compare = by_rank};
    static item all[COUNT];
    static item *model[COUNT];
    size_t held = 0;
    int made = 0;

    srand(3);
    while (made < COUNT || held > 0) {
        size_t next = 0;

        if (made < COUNT && (held == 0 || rand() % 5 < 3)) {
            all[made] = (item){rand() % 10, made};
            assert_status(duet__queue_items_put(&items, &all[made]), 0);
            model[held++] = &all[made++];
            continue;
        }
        if (order == DUET_QUEUE_LAST_IN)
            next = held - 1;
        for (size_t i = 0; order == DUET_QUEUE_PRIORITY && i < held; i++)
            if (by_rank(model[i], model[next]) < 0)
                next = i;
        assert_ptr_equal(duet__queue_items_take(&items), model[next]);
        memmove(&model[next], &model[next + 1],
                (--held - next) * sizeof model[0]);
        assert_int_equal(items.count, held);
    }
    duet__queue_items_free(&items);
}

static void first_in_is_first_out(void **state)
{
    (void)state;
    compare_with_model(DUET_QUEUE_FIRST_IN);
}

static void last_in_is_first_out(void **state)
{
    (void)state;
    compare_with_model(DUET_QUEUE_LAST_IN);
}

static void least_is_first_out_and_equals_keep_their_order(void **state)
{
    (void)state;
    compare_with_model(DUET_QUEUE_PRIORITY);
}

static int fill(void)
{
    duet__queue_items items = {0};
    int status = 0;

    for (int i = 0; i < 100 && status == 0; i++)
        status = duet__queue_items_put(&items, NULL);
    duet__queue_items_free(&items);
    return status;
}

static void no_memory_is_told(void **state)
{
    (void)state;
    test_each_allocation_failing(fill, 5);
}

TEST_MAIN(test(first_in_is_first_out), test(last_in_is_first_out),
          test(least_is_first_out_and_equals_keep_their_order),
          test(no_memory_is_told))
