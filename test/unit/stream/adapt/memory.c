/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <duet/streams.h>

#include "support/memory.h"

static void memory_is_lent_where_it_is_and_again(void **state)
{
    static const char text[] = "abc";
    duet_reader *reader;
    const char *bytes;
    size_t length;

    (void)state;
    assert_status(duet_memory_reader(text, 3, &reader), 0);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_read_next(reader, &bytes, &length, DUET_NEVER), 0);
        assert_ptr_equal(bytes, text);
        assert_int_equal(length, 3);
        assert_status(duet_read_next(reader, &bytes, &length, DUET_NEVER),
                      DUET_EEMPTY);
        assert_status(duet_reader_rewind(reader, DUET_NEVER), 0);
    }
    duet_reader_close(reader);
    assert_status(duet_memory_reader(NULL, 0, &reader), 0);
    assert_int_equal(duet_reader_remaining(reader), 0);
    assert_status(duet_read_next(reader, &bytes, &length, DUET_NEVER),
                  DUET_EEMPTY);
    duet_reader_close(reader);
}

static void writer_gathers_up_to_its_limit(void **state)
{
    duet_writer *writer;
    size_t length;

    (void)state;
    assert_status(duet_memory_writer(5, &writer), 0);
    assert_string_equal(duet_memory_writer_bytes(writer, NULL), "");
    assert_status(duet_write(writer, "abc", 3, DUET_NEVER), 0);
    assert_status(duet_write(writer, "def", 3, DUET_NEVER), DUET_ETOOLARGE);
    assert_string_equal(duet_memory_writer_bytes(writer, &length), "abcde");
    assert_int_equal(length, 5);
    assert_int_equal(duet_writer_count(writer), 5);
    duet_writer_close(writer);
}

static void limit_takes_what_its_contract_says(void **state)
{
    duet_writer *writer;

    (void)state;
    assert_status(duet_memory_writer(-2, &writer), DUET_EINVAL);
    assert_null(writer);
    assert_status(duet_memory_writer(0, &writer), 0);
    assert_status(duet_write(writer, "", 0, DUET_NEVER), 0);
    assert_status(duet_write(writer, "a", 1, DUET_NEVER), DUET_ETOOLARGE);
    duet_writer_close(writer);
    assert_status(duet_memory_writer(DUET_NO_LIMIT, &writer), 0);
    assert_status(duet_write(writer, "a", 1, DUET_NEVER), 0);
    duet_writer_close(writer);
}

static int copy_memory(void)
{
    duet_reader *reader = NULL;
    duet_writer *writer = NULL;
    int status = duet_memory_reader("abc", 3, &reader);

    if (status == 0)
        status = duet_memory_writer(DUET_NO_LIMIT, &writer);
    if (status == 0)
        status = duet_copy(reader, writer, NULL, DUET_NEVER);
    duet_reader_close(reader);
    duet_writer_close(writer);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(copy_memory, 3);
}

TEST_MAIN(test(memory_is_lent_where_it_is_and_again),
          test(writer_gathers_up_to_its_limit),
          test(limit_takes_what_its_contract_says),
          test(allocation_failures_are_told))
