/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>

#include "base/map.h"
#include "support/memory.h"

static duet__text key_of(char *room, int number)
{
    return duet__text_of(room, (size_t)sprintf(room, "host-%d", number));
}

static void thousands_of_keys_are_found_again(void **state)
{
    static int values[5000];
    char room[32];
    duet__map map;

    (void)state;
    duet__map_init(&map, SIZE_MAX);
    assert_null(duet__map_get(&map, DUET__TEXT("none")));
    for (int i = 0; i < 5000; i++)
        assert_status(duet__map_insert(&map, key_of(room, i), &values[i]), 0);
    for (int i = 0; i < 5000; i += 2)
        assert_ptr_equal(duet__map_remove(&map, key_of(room, i)), &values[i]);
    for (int i = 0; i < 5000; i++)
        assert_ptr_equal(duet__map_get(&map, key_of(room, i)),
                         i % 2 != 0 ? &values[i] : NULL);
    assert_int_equal(map.count, 2500);
    duet__map_free(&map);
    assert_null(duet__map_first(&map));
}

static void key_that_is_there_is_not_replaced(void **state)
{
    int a;
    int b;
    duet__map map;

    (void)state;
    duet__map_init(&map, 1);
    assert_status(duet__map_insert(&map, DUET__TEXT("k"), &a), 0);
    assert_status(duet__map_insert(&map, DUET__TEXT("k"), &b), DUET_EEXIST);
    assert_ptr_equal(duet__map_get(&map, DUET__TEXT("k")), &a);
    assert_status(duet__map_insert(&map, DUET__TEXT("l"), &b), DUET_EFULL);
    assert_null(duet__map_remove(&map, DUET__TEXT("l")));
    duet__map_free(&map);
}

static void keys_are_bytes(void **state)
{
    int a;
    int b;
    duet__map map;

    (void)state;
    duet__map_init(&map, SIZE_MAX);
    assert_status(duet__map_insert(&map, duet__text_of("x\0y", 3), &a), 0);
    assert_status(duet__map_insert(&map, duet__text_of(NULL, 0), &b), 0);
    assert_null(duet__map_get(&map, DUET__TEXT("x")));
    assert_ptr_equal(duet__map_get(&map, DUET__TEXT("x\0y")), &a);
    assert_ptr_equal(duet__map_get(&map, DUET__TEXT("")), &b);
    duet__map_free(&map);
}

static void walk_is_in_order_and_may_remove(void **state)
{
    char room[32];
    int count = 0;
    duet__map map;
    duet__map_entry *next;

    (void)state;
    duet__map_init(&map, SIZE_MAX);
    for (int i = 0; i < 100; i++)
        assert_status(duet__map_insert(&map, key_of(room, i), NULL), 0);
    for (duet__map_entry *entry = duet__map_first(&map); entry != NULL;
         entry = next) {
        next = duet__map_next(&map, entry);
        assert_string_equal(entry->key, key_of(room, count).bytes);
        duet__map_remove_entry(&map, entry);
        count++;
    }
    assert_int_equal(count, 100);
    assert_int_equal(map.count, 0);
    duet__map_free(&map);
}

static void touched_entry_is_the_newest(void **state)
{
    duet__map map;

    (void)state;
    duet__map_init(&map, SIZE_MAX);
    assert_status(duet__map_insert(&map, DUET__TEXT("a"), NULL), 0);
    assert_status(duet__map_insert(&map, DUET__TEXT("b"), NULL), 0);
    duet__map_touch(&map, duet__map_first(&map));
    assert_string_equal(duet__map_first(&map)->key, "b");
    duet__map_free(&map);
}

static int insert_two(void)
{
    duet__map map;
    int status;

    duet__map_init(&map, SIZE_MAX);
    status = duet__map_insert(&map, DUET__TEXT("a"), NULL);
    if (status == 0)
        status = duet__map_insert(&map, DUET__TEXT("b"), NULL);
    duet__map_free(&map);
    return status;
}

static void each_failed_allocation_is_told(void **state)
{
    (void)state;
    test_each_allocation_failing(insert_two, 3);
}

static void table_that_cannot_grow_goes_on(void **state)
{
    char room[32];
    duet__map map;

    (void)state;
    duet__map_init(&map, SIZE_MAX);
    for (int i = 0; i < 16; i++)
        assert_status(duet__map_insert(&map, key_of(room, i), room), 0);
    test_fail_allocation(1);
    assert_status(duet__map_insert(&map, key_of(room, 16), room), 0);
    assert_true(test_allocation_failed());
    for (int i = 0; i < 17; i++)
        assert_ptr_equal(duet__map_get(&map, key_of(room, i)), room);
    duet__map_free(&map);
}

TEST_MAIN(test(thousands_of_keys_are_found_again),
          test(key_that_is_there_is_not_replaced), test(keys_are_bytes),
          test(walk_is_in_order_and_may_remove),
          test(touched_entry_is_the_newest),
          test(each_failed_allocation_is_told),
          test(table_that_cannot_grow_goes_on))
