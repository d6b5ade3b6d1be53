/* SPDX-License-Identifier: MIT */
#include "support/memory.h"
#include "support/test.h"

#include <stdio.h>

#include "database/value/row_store.h"

static void values_stay_as_the_store_grows(void **state)
{
    duet__row_store store = {.bytes_max = -1};
    char text[32];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "text %d", i);
        assert_status(duet__row_store_add(&store, duet_integer_value(i)), 0);
        assert_status(duet__row_store_add(&store, duet_text_value(text)), 0);
    }
    for (size_t i = 0; i < 1000; i++) {
        duet_value value = duet__row_store_get(&store, 2 * i + 1);

        assert_int_equal(duet__row_store_get(&store, 2 * i).integer, i);
        snprintf(text, sizeof text, "text %zu", i);
        assert_string_equal(value.text.bytes, text);
        assert_int_equal(value.text.count, strlen(text));
    }
    duet__row_store_free(&store);
}

static void room_is_for_the_caller_to_fill(void **state)
{
    duet__row_store store = {.bytes_max = -1};
    char *bytes;

    (void)state;
    assert_status(duet__row_store_add_room(&store, DUET_VALUE_BYTES, 2, &bytes),
                  0);
    memcpy(bytes, "ab", 2);
    assert_string_equal(duet__row_store_get(&store, 0).text.bytes, "ab");
    duet__row_store_clear(&store);
    assert_status(duet__row_store_add(&store, duet_bytes_value("", 0)), 0);
    assert_string_equal(duet__row_store_get(&store, 0).text.bytes, "");
    assert_status(
        duet__row_store_add_room(&store, DUET_VALUE_TEXT, SIZE_MAX, &bytes),
        DUET_ETOOLARGE);
    assert_null(bytes);
    duet__row_store_free(&store);
}

static void limit_counts_values_and_bytes(void **state)
{
    duet__row_store store = {.bytes_max = 3 * sizeof(duet_value)};

    (void)state;
    assert_status(duet__row_store_add(&store, duet_integer_value(1)), 0);
    assert_status(duet__row_store_add(&store, duet_text_value("a")), 0);
    assert_status(duet__row_store_add(&store, duet_integer_value(2)),
                  DUET_ETOOLARGE);
    duet__row_store_clear(&store);
    assert_status(duet__row_store_add(&store, duet_integer_value(3)), 0);
    duet__row_store_free(&store);
}

static int fill_one(void)
{
    duet__row_store store = {.bytes_max = -1};
    int status = duet__row_store_add(&store, duet_text_value("hello"));

    duet__row_store_free(&store);
    return status;
}

static void each_failing_allocation_is_told(void **state)
{
    (void)state;
    test_each_allocation_failing(fill_one, 2);
}

TEST_MAIN(test(values_stay_as_the_store_grows),
          test(room_is_for_the_caller_to_fill),
          test(limit_counts_values_and_bytes),
          test(each_failing_allocation_is_told))
