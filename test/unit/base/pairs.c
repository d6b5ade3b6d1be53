/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "base/pairs.h"
#include "support/memory.h"

static void assert_pair(const duet__pairs *pairs, size_t index,
                        const char *name, const char *value)
{
    assert_string_equal(duet__pairs_name(pairs, index).bytes, name);
    assert_string_equal(duet__pairs_value(pairs, index).bytes, value);
}

static void limits_are_exact(void **state)
{
    duet__pairs pairs;

    (void)state;
    duet__pairs_init(&pairs, 2, 10);
    assert_status(duet__pairs_add(&pairs, DUET__TEXT("ab"), DUET__TEXT("cd")),
                  0);
    assert_status(duet__pairs_add(&pairs, DUET__TEXT("abc"), DUET__TEXT("")),
                  DUET_ETOOLARGE);
    assert_status(duet__pairs_add(&pairs, DUET__TEXT("a"), DUET__TEXT("b")), 0);
    assert_status(duet__pairs_add(&pairs, DUET__TEXT(""), DUET__TEXT("")),
                  DUET_ETOOLARGE);
    assert_int_equal(pairs.count, 2);
    assert_pair(&pairs, 1, "a", "b");
    duet__pairs_free(&pairs);
}

static void sweep_takes_the_marked_and_keeps_the_order(void **state)
{
    duet__pairs pairs;
    char name[2] = "a";

    (void)state;
    duet__pairs_init(&pairs, 100, 10000);
    for (int i = 0; i < 26; i++, name[0]++)
        assert_status(duet__pairs_add(&pairs, duet__text_from(name),
                                      duet__text_from(name)),
                      0);
    pairs.places[0].is_marked = true;
    pairs.places[12].is_marked = true;
    pairs.places[13].is_marked = true;
    pairs.places[25].is_marked = true;
    assert_int_equal(duet__pairs_sweep(&pairs), 4);
    assert_int_equal(pairs.count, 22);
    assert_pair(&pairs, 0, "b", "b");
    assert_pair(&pairs, 11, "o", "o");
    assert_pair(&pairs, 21, "y", "y");
    assert_int_equal(duet__pairs_sweep(&pairs), 0);
    duet__pairs_free(&pairs);
}

static void own_texts_may_be_added_again(void **state)
{
    duet__pairs pairs;

    (void)state;
    duet__pairs_init(&pairs, 10000, 1000000);
    assert_status(
        duet__pairs_add(&pairs, DUET__TEXT("name"), DUET__TEXT("value")), 0);
    for (int i = 0; i < 1000; i++)
        assert_status(duet__pairs_add(&pairs, duet__pairs_value(&pairs, i),
                                      duet__pairs_name(&pairs, i)),
                      0);
    assert_pair(&pairs, 999, "value", "name");
    assert_pair(&pairs, 1000, "name", "value");
    duet__pairs_free(&pairs);
}

static void add_that_fails_changes_nothing(void **state)
{
    duet__pairs pairs;

    (void)state;
    duet__pairs_init(&pairs, 10, 10000);
    for (int nth = 1; nth <= 2; nth++) {
        test_fail_allocation(nth);
        assert_status(duet__pairs_add(&pairs, DUET__TEXT("a"), DUET__TEXT("")),
                      DUET_ENOMEM);
        assert_int_equal(pairs.count, 0);
        assert_int_equal(pairs.length, 0);
    }
    assert_status(duet__pairs_add(&pairs, DUET__TEXT("a"), DUET__TEXT("")), 0);
    assert_pair(&pairs, 0, "a", "");
    duet__pairs_free(&pairs);
}

static void extend_appends_to_the_last_value_up_to_the_limit(void **state)
{
    duet__pairs pairs;

    (void)state;
    duet__pairs_init(&pairs, 10, 300);
    assert_status(duet__pairs_add(&pairs, DUET__TEXT("a"), DUET__TEXT("b")), 0);
    assert_status(duet__pairs_add(&pairs, DUET__TEXT("c"), DUET__TEXT("d")), 0);
    assert_status(duet__pairs_extend(&pairs, DUET__TEXT("e f")), 0);
    assert_pair(&pairs, 0, "a", "b");
    assert_pair(&pairs, 1, "c", "d e f");
    while (duet__pairs_extend(&pairs, DUET__TEXT("x")) == 0)
        continue;
    assert_true(pairs.length == 299 || pairs.length == 300);
    assert_status(duet__pairs_extend(&pairs, DUET__TEXT("x")), DUET_ETOOLARGE);
    duet__pairs_free(&pairs);
}

static void lent_memory_is_outgrown(void **state)
{
    duet__pair_place places[2];
    char bytes[10];
    duet__pairs pairs;

    (void)state;
    duet__pairs_init(&pairs, 100, 10000);
    duet__pairs_lend(&pairs, places, 2, bytes, sizeof bytes);
    assert_status(duet__pairs_add(&pairs, DUET__TEXT("a"), DUET__TEXT("b")), 0);
    assert_status(duet__pairs_extend(&pairs, DUET__TEXT("cd")), 0);
    assert_ptr_equal(pairs.bytes, bytes);
    assert_status(duet__pairs_extend(&pairs, duet__pairs_value(&pairs, 0)), 0);
    assert_ptr_not_equal(pairs.bytes, bytes);
    assert_pair(&pairs, 0, "a", "b cd b cd");
    for (int i = 1; i < 10; i++)
        assert_status(duet__pairs_add(&pairs, duet__pairs_name(&pairs, 0),
                                      duet__pairs_value(&pairs, 0)),
                      0);
    assert_ptr_not_equal(pairs.places, places);
    assert_pair(&pairs, 0, "a", "b cd b cd");
    assert_pair(&pairs, 9, "a", "b cd b cd");
    duet__pairs_free(&pairs);
    assert_status(duet__pairs_add(&pairs, DUET__TEXT("e"), DUET__TEXT("f")), 0);
    assert_pair(&pairs, 0, "e", "f");
    duet__pairs_free(&pairs);
}

TEST_MAIN(test(limits_are_exact), test(lent_memory_is_outgrown),
          test(sweep_takes_the_marked_and_keeps_the_order),
          test(own_texts_may_be_added_again),
          test(add_that_fails_changes_nothing),
          test(extend_appends_to_the_last_value_up_to_the_limit))
