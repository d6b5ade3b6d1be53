/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "support/memory.h"

static void append_past_the_limit_changes_nothing(void **state)
{
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, 5);
    assert_status(duet__buffer_append(&buffer, "abc", 3), 0);
    assert_status(duet__buffer_append(&buffer, "def", 3), DUET_ETOOLARGE);
    assert_status(duet__buffer_appendf(&buffer, "%d", 123), DUET_ETOOLARGE);
    assert_string_equal(buffer.bytes, "abc");
    assert_status(duet__buffer_appendf(&buffer, "%d", 12), 0);
    assert_string_equal(buffer.bytes, "abc12");
    assert_int_equal(buffer.length, 5);
    assert_status(duet__buffer_append(&buffer, "", 0), 0);
    assert_status(duet__buffer_reserve(&buffer, 1), DUET_ETOOLARGE);
    duet__buffer_free(&buffer);
}

static void reserve_of_an_absurd_size_fails_cleanly(void **state)
{
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, SIZE_MAX);
    assert_status(duet__buffer_append(&buffer, "abc", 3), 0);
    assert_status(duet__buffer_reserve(&buffer, SIZE_MAX), DUET_ETOOLARGE);
    assert_string_equal(buffer.bytes, "abc");
    duet__buffer_free(&buffer);
}

static void bytes_appended_one_by_one_are_all_there(void **state)
{
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, 100000);
    for (int i = 0; i < 100000; i++) {
        char byte = (char)i;

        assert_status(duet__buffer_append(&buffer, &byte, 1), 0);
    }
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buffer.bytes[i], (char)i);
    assert_true(buffer.capacity <= 100000);
    duet__buffer_free(&buffer);
}

static void buffer_can_be_appended_to_itself(void **state)
{
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, SIZE_MAX);
    assert_status(duet__buffer_append(&buffer, "0123456789", 10), 0);
    for (int i = 0; i < 5; i++)
        assert_status(
            duet__buffer_append_text(&buffer, duet__buffer_text(&buffer)), 0);
    assert_int_equal(buffer.length, 320);
    assert_string_equal(buffer.bytes + 310, "0123456789");
    duet__buffer_free(&buffer);
}

static void take_moves_the_bytes_out_and_leaves_an_empty_buffer(void **state)
{
    duet__buffer buffer;
    char *bytes;
    size_t length;

    (void)state;
    duet__buffer_init(&buffer, 10);
    assert_status(duet__buffer_append(&buffer, "a\0b", 3), 0);
    assert_status(duet__buffer_take(&buffer, &bytes, &length), 0);
    assert_int_equal(length, 3);
    assert_memory_equal(bytes, "a\0b", 4);
    free(bytes);
    assert_null(buffer.bytes);
    assert_status(duet__buffer_take(&buffer, &bytes, NULL), 0);
    assert_string_equal(bytes, "");
    free(bytes);
    assert_status(duet__buffer_append(&buffer, "01234567890", 11),
                  DUET_ETOOLARGE);
    duet__buffer_free(&buffer);
}

static void reset_keeps_the_memory(void **state)
{
    duet__buffer buffer;
    char *before;

    (void)state;
    duet__buffer_init(&buffer, 10);
    assert_status(duet__buffer_append(&buffer, "abc", 3), 0);
    before = buffer.bytes;
    duet__buffer_reset(&buffer);
    assert_int_equal(buffer.length, 0);
    assert_string_equal(buffer.bytes, "");
    assert_status(duet__buffer_append(&buffer, "x", 1), 0);
    assert_ptr_equal(buffer.bytes, before);
    duet__buffer_free(&buffer);
}

static int fill_and_take(void)
{
    duet__buffer buffer;
    char *bytes;
    int status;

    duet__buffer_init(&buffer, SIZE_MAX);
    status = duet__buffer_append(&buffer, "abc", 3);
    if (status == 0)
        status = duet__buffer_appendf(&buffer, "%100s", "x");
    if (status == 0 && (status = duet__buffer_take(&buffer, &bytes, NULL)) == 0)
        free(bytes);
    duet__buffer_free(&buffer);
    return status;
}

static void each_failed_allocation_is_told(void **state)
{
    (void)state;
    test_each_allocation_failing(fill_and_take, 2);
}

static void front_is_dropped_and_the_rest_stays(void **state)
{
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, 8);
    duet__buffer_drop(&buffer, 0);
    assert_status(duet__buffer_append(&buffer, "abcdef", 6), 0);
    duet__buffer_drop(&buffer, 2);
    assert_string_equal(buffer.bytes, "cdef");
    duet__buffer_drop(&buffer, 4);
    assert_string_equal(buffer.bytes, "");
    assert_int_equal(buffer.length, 0);
    duet__buffer_free(&buffer);
}

TEST_MAIN(test(front_is_dropped_and_the_rest_stays),
          test(append_past_the_limit_changes_nothing),
          test(reserve_of_an_absurd_size_fails_cleanly),
          test(bytes_appended_one_by_one_are_all_there),
          test(buffer_can_be_appended_to_itself),
          test(take_moves_the_bytes_out_and_leaves_an_empty_buffer),
          test(reset_keeps_the_memory), test(each_failed_allocation_is_told))
