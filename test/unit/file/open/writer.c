/* SPDX-License-Identifier: MIT */
#include <duet/file_writer.h>

#include <stdio.h>
#include <stdlib.h>

#include <duet/duet.h>

#include "support/busy_pool.h"
#include "support/folder.h"
#include "support/in_task.h"

static const duet_file_writer_options small = {.buffer_bytes = 512};

static duet_file *open_it(const char *path, const char *mode)
{
    duet_file *file;

    assert_status(duet_file_open(path, mode, NULL, &file, DUET_NEVER), 0);
    return file;
}

static duet_writer *writer_of(duet_file *file)
{
    duet_writer *writer;

    assert_status(duet_file_writer(file, &small, &writer), 0);
    return writer;
}

static int write_text(duet_writer *writer, const char *text)
{
    return duet_write(writer, text, strlen(text), DUET_NEVER);
}

static void close_both(duet_file *file, duet_writer *writer)
{
    duet_writer_close(writer);
    assert_status(duet_file_close(file, DUET_NEVER), 0);
}

in_task(bytes_are_gathered_until_they_are_flushed)
{
    duet_file *file = open_it("a", "w");
    duet_writer *writer = writer_of(file);

    assert_status(write_text(writer, "one "), 0);
    assert_status(duet_write(writer, NULL, 0, DUET_NEVER), 0);
    assert_status(write_text(writer, "two"), 0);
    test_file_holds("a", "");
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    test_file_holds("a", "one two");
    assert_int_equal(duet_file_tell(file), 7);
    assert_status(duet_writer_flush(writer, DUET_NOW), 0);
    assert_status(write_text(writer, "dropped"), 0);
    close_both(file, writer);
    test_file_holds("a", "one two");
    duet_writer_close(NULL);
}

/* Texts that fit, that fill the buffer, and that are larger than it. */
in_task(all_bytes_come_in_order)
{
    static char expected[65000];
    duet_file *file = open_it("a", "w");
    duet_writer *writer = writer_of(file);
    char text[1300];
    size_t total = 0;

    for (size_t i = 0; i < 90; i++) {
        size_t length = i * 37 % sizeof text;

        memset(text, 'a' + (char)(i % 26), length);
        memcpy(expected + total, text, length);
        total += length;
        assert_status(duet_write(writer, text, length, DUET_NEVER), 0);
    }
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    close_both(file, writer);
    test_file_holds("a", expected);
}

in_task(full_disk_is_told_from_then_on)
{
    char text[400];
    duet_file *file = open_it("/dev/full", "w");
    duet_writer *writer = writer_of(file);

    memset(text, 'x', sizeof text);
    assert_status(duet_write(writer, text, 400, DUET_NEVER), 0);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_write(writer, text, 400, DUET_NEVER), DUET_ENOSPC);
    }
    assert_status(duet_writer_flush(writer, DUET_NEVER), DUET_ENOSPC);
    close_both(file, writer);
}

/* The position has not moved: the bytes come once. */
in_task(repeated_flush_writes_nothing_twice)
{
    duet_file *file = open_it("a", "w");
    duet_writer *writer = writer_of(file);

    assert_status(write_text(writer, "once"), 0);
    test_make_pool_busy();
    assert_status(duet_writer_flush(writer, DUET_NOW), DUET_ETIMEDOUT);
    test_make_pool_free();
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    close_both(file, writer);
    test_file_holds("a", "once");
}

in_task(ended_writer_has_written_all)
{
    duet_file *file = open_it("a", "w");
    duet_writer *writer = writer_of(file);

    assert_status(write_text(writer, "whole"), 0);
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    test_file_holds("a", "whole");
    assert_int_equal(duet_writer_count(writer), 5);
    close_both(file, writer);
}

in_task(wrong_options_are_refused)
{
    const duet_file_writer_options least = {.buffer_bytes = 511};
    const duet_file_writer_options most = {.buffer_bytes = (64 << 20) + 1};
    duet_file *file = open_it("a", "w");
    duet_writer *writer = (duet_writer *)8;

    assert_status(duet_file_writer(file, &least, &writer), DUET_EINVAL);
    assert_null(writer);
    assert_string_equal(duet_error_detail(), "buffer_bytes is 511");
    assert_status(duet_file_writer(file, &most, &writer), DUET_EINVAL);
    assert_status(duet_file_writer(file, NULL, &writer), 0);
    close_both(file, writer);
}

TEST_MAIN(in_folder(bytes_are_gathered_until_they_are_flushed),
          in_folder(all_bytes_come_in_order),
          in_folder(full_disk_is_told_from_then_on),
          in_folder(repeated_flush_writes_nothing_twice),
          in_folder(ended_writer_has_written_all),
          in_folder(wrong_options_are_refused))
