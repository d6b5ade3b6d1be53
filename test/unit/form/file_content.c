/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "form/file_content.h"
#include "stream/core/reader.h"
#include "support/folder.h"

static void assert_all(duet_reader *reader, const char *expected)
{
    char *bytes;

    assert_status(
        duet_read_all(reader, DUET_NO_LIMIT, &bytes, NULL, DUET_NEVER), 0);
    assert_string_equal(bytes, expected);
    free(bytes);
}

static char *owned(const char *path)
{
    char *copy = strdup(path);

    assert_non_null(copy);
    return copy;
}

in_task(file_is_open_only_while_it_is_read)
{
    duet__file_content content = {.path = owned("file"), .length = 5};
    duet_reader reader;
    int before = test_open_descriptors();

    test_make_file("file", "hello");
    duet__file_content_reader(&content, &reader);
    for (int i = 0; i < 2; i++) {
        const char *bytes;
        size_t length;

        assert_int_equal(duet_reader_remaining(&reader), 5);
        assert_status(duet_peek(&reader, &bytes, &length, DUET_NEVER), 0);
        assert_int_equal(length, 5);
        assert_all(&reader, "hello");
        assert_int_equal(duet_reader_remaining(&reader), 0);
        assert_int_equal(test_open_descriptors(), before);
        assert_status(duet_reader_rewind(&reader, DUET_NEVER), 0);
    }
    duet_reader_close(&reader);
}

in_task(file_that_is_left_in_the_middle_is_closed)
{
    duet__file_content content = {.path = owned("file"), .length = 5};
    duet_reader reader;
    char two[2];

    test_make_file("file", "hello");
    duet__file_content_reader(&content, &reader);
    assert_status(duet_read_exactly(&reader, two, 2, DUET_NEVER), 0);
    duet_reader_close(&reader);
}

in_task(file_that_has_become_shorter_is_truncated_and_a_longer_one_is_not)
{
    duet__file_content content = {.path = owned("file"), .length = 5};
    duet_reader reader;
    char *bytes;

    test_make_file("file", "hell");
    duet__file_content_reader(&content, &reader);
    assert_status(
        duet_read_all(&reader, DUET_NO_LIMIT, &bytes, NULL, DUET_NEVER),
        DUET_ETRUNCATED);
    assert_non_null(strstr(duet_error_detail(), "file"));
    assert_status(duet_reader_rewind(&reader, DUET_NEVER), 0);
    test_make_file("file", "hello, world");
    assert_all(&reader, "hello");
    duet_reader_close(&reader);
}

in_task(missing_file_is_told_when_it_is_read)
{
    duet__file_content content = {.path = owned("missing"), .length = 5};
    duet_reader reader;
    const char *bytes;
    size_t length;

    duet__file_content_reader(&content, &reader);
    assert_status(duet_read_next(&reader, &bytes, &length, DUET_NEVER),
                  DUET_ENOENT);
    duet_reader_close(&reader);
}

in_task(section_of_a_file_is_a_content)
{
    duet__file_content content = {.begin = 2, .length = 3};
    duet_reader reader;

    test_make_file("file", "0123456789");
    assert_status(duet_file_open("file", "r", NULL, &content.file, DUET_NEVER),
                  0);
    duet__file_content_reader(&content, &reader);
    assert_all(&reader, "234");
    assert_status(duet_reader_rewind(&reader, DUET_NEVER), 0);
    assert_all(&reader, "234");
    duet_reader_close(&reader);
    assert_status(duet_file_close(content.file, DUET_NEVER), 0);
}

in_task(content_without_length_is_read_to_its_end_once)
{
    duet__file_content content = {.path = owned("pipe"), .length = -1};
    duet_reader reader;
    duet_file *other;

    assert_int_equal(mkfifo("pipe", 0600), 0);
    duet__file_content_reader(&content, &reader);
    assert_int_equal(duet_reader_remaining(&reader), -1);
    assert_false(duet_reader_can_rewind(&reader));
    assert_status(duet_file_open("pipe", "r+", NULL, &other, DUET_NEVER), 0);
    assert_status(duet_file_write(other, "hello", 5, DUET_NEVER), 0);
    {
        char bytes[5];

        assert_status(duet_read_exactly(&reader, bytes, 5, DUET_NEVER), 0);
        assert_memory_equal(bytes, "hello", 5);
    }
    assert_status(duet_file_close(other, DUET_NEVER), 0);
    assert_all(&reader, "");
    assert_all(&reader, "");
    assert_int_equal(duet_reader_remaining(&reader), 0);
    duet_reader_close(&reader);
}

TEST_MAIN(
    in_folder(file_is_open_only_while_it_is_read),
    in_folder(file_that_is_left_in_the_middle_is_closed),
    in_folder(
        file_that_has_become_shorter_is_truncated_and_a_longer_one_is_not),
    in_folder(missing_file_is_told_when_it_is_read),
    in_folder(section_of_a_file_is_a_content),
    in_folder(content_without_length_is_read_to_its_end_once))
