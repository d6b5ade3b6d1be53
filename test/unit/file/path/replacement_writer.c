/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <duet/duet.h>

#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"
#include "support/script.h"

static const test_piece some[] = {{"new ", 0}, {"contents", 0}, {NULL, 0}};

static duet_writer *open_writer(const char *path)
{
    duet_writer *writer;

    assert_status(duet_replacement_writer(path, NULL, &writer, DUET_NEVER), 0);
    assert_status(duet_write_text(writer, "new contents", DUET_NEVER), 0);
    return writer;
}

in_task(ended_writer_has_put_the_file_in_its_place)
{
    duet_writer *writer;

    test_make_file("a", "old");
    writer = open_writer("a");
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    test_file_holds("a", "old");
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    test_file_holds("a", "new contents");
    duet_writer_close(writer);
    test_file_holds("a", "new contents");
    assert_int_equal(test_count_entries("."), 1);
}

in_task(given_up_writer_leaves_all_as_it_was)
{
    duet_writer *writer;

    test_make_file("a", "old");
    duet_writer_close(open_writer("a"));
    duet_writer_close(open_writer("b"));
    writer = open_writer("a");
    duet_writer_give_up(writer);
    assert_status(duet_writer_end(writer, DUET_NEVER), DUET_ECLOSED);
    duet_writer_close(writer);
    test_file_holds("a", "old");
}

in_task(whole_stream_is_saved)
{
    test_script script = {.pieces = some};
    duet_reader *reader = test_script_reader(&script);
    uint64_t count;

    assert_status(duet_save(reader, "a", NULL, &count, DUET_NEVER), 0);
    assert_int_equal(count, 12);
    test_file_holds("a", "new contents");
    duet_reader_close(reader);
}

/* The message is that of the reader. */
in_task(broken_stream_is_not_saved)
{
    test_script script = {.pieces = some, .end = DUET_ETRUNCATED};
    duet_reader *reader = test_script_reader(&script);
    uint64_t count = 8;

    test_make_file("a", "old");
    assert_status(duet_save(reader, "a", NULL, &count, DUET_NEVER),
                  DUET_ETRUNCATED);
    assert_int_equal(count, 0);
    test_file_holds("a", "old");
    assert_status(duet_save(reader, "missing/a", NULL, &count, DUET_NEVER),
                  DUET_ENOENT);
    assert_non_null(strstr(duet_error_message(DUET_ENOENT), "missing/a"));
    duet_reader_close(reader);
}

in_task(file_that_exists_is_kept_if_asked)
{
    const duet_replacement_options options = {.only_new = true};
    test_script script = {.pieces = some};
    duet_reader *reader = test_script_reader(&script);

    test_make_file("a", "old");
    assert_status(duet_save(reader, "a", &options, NULL, DUET_NEVER),
                  DUET_EEXIST);
    test_file_holds("a", "old");
    assert_non_null(strstr(duet_error_message(DUET_EEXIST), "a"));
    duet_reader_close(reader);
}

static int save(void)
{
    duet_reader *reader;
    int status = duet_memory_reader("abc", 3, &reader);

    if (status == 0)
        status = duet_save(reader, "a", NULL, NULL, DUET_NEVER);
    duet_reader_close(reader);
    return status;
}

in_task(allocation_failures_are_told)
{
    assert_status(save(), 0); /* makes the pool */
    test_each_allocation_failing(save, 4);
}

TEST_MAIN(in_folder(ended_writer_has_put_the_file_in_its_place),
          in_folder(given_up_writer_leaves_all_as_it_was),
          in_folder(whole_stream_is_saved),
          in_folder(broken_stream_is_not_saved),
          in_folder(file_that_exists_is_kept_if_asked),
          in_folder(allocation_failures_are_told))
