/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"

static duet_reader *open_reader(const char *path,
                                const duet_file_reader_options *options)
{
    duet_file *file;
    duet_reader *reader = NULL;

    assert_status(duet_file_open(path, "r", NULL, &file, DUET_NEVER), 0);
    assert_status(duet_file_reader(file, options, &reader), 0);
    assert_status(duet_file_close(file, DUET_NEVER), 0);
    return reader;
}

static void assert_line(duet_reader *reader, const char *expected)
{
    const char *line;
    size_t length;

    assert_status(duet_read_line(reader, &line, &length, DUET_NEVER), 0);
    assert_string_equal(line, expected);
    assert_int_equal(length, strlen(expected));
}

static void assert_end(duet_reader *reader)
{
    const char *line = (char *)8;
    size_t length = 8;

    assert_status(duet_read_line(reader, &line, &length, DUET_NEVER),
                  DUET_EEMPTY);
    assert_null(line);
    assert_int_equal(length, 0);
}

in_task(lines_come_without_their_ends)
{
    duet_reader *reader;

    test_make_file("a", "one\n\ntwo words\nlast");
    reader = open_reader("a", NULL);
    assert_line(reader, "one");
    assert_line(reader, "");
    assert_line(reader, "two words");
    assert_line(reader, "last");
    assert_end(reader);
    assert_end(reader);
    duet_reader_close(reader);
    duet_reader_close(NULL);
}

in_task(empty_file_has_no_line)
{
    duet_reader *reader;

    test_make_file("a", "");
    reader = open_reader("a", NULL);
    assert_end(reader);
    duet_reader_close(reader);
}

in_task(lines_written_later_are_found)
{
    duet_reader *reader;
    FILE *file;

    test_make_file("a", "one\n");
    reader = open_reader("a", NULL);
    assert_line(reader, "one");
    assert_end(reader);
    file = fopen("a", "ae");
    fputs("two\n", file);
    fclose(file);
    assert_line(reader, "two");
    duet_reader_close(reader);
}

/* Line n is n % 1500 letters long, so ends meet block ends in all ways. */
static void make_long_file(const char *path, int lines)
{
    FILE *file = fopen(path, "we");

    for (int n = 0; n < lines; n++) {
        for (int i = 0; i < n % 1500; i++)
            putc('a' + (n + i) % 26, file);
        putc('\n', file);
    }
    assert_int_equal(fclose(file), 0);
}

static void check_long_file(duet_reader *reader, int lines)
{
    const char *line;
    size_t length;

    for (int n = 0; n < lines; n++) {
        assert_status(duet_read_line(reader, &line, &length, DUET_NEVER), 0);
        assert_int_equal(length, n % 1500);
        assert_int_equal(strlen(line), length);
        for (int i = 0; i < n % 1500; i++)
            assert_int_equal(line[i], 'a' + (n + i) % 26);
    }
    assert_end(reader);
    duet_reader_close(reader);
}

in_task(lines_are_whole_in_blocks_of_any_size)
{
    duet_file_reader_options options = {.block_bytes = 512};

    make_long_file("a", 1600);
    check_long_file(open_reader("a", &options), 1600);
    options.block_bytes = 1001;
    check_long_file(open_reader("a", &options), 1600);
    check_long_file(open_reader("a", NULL), 1600);
}

static int feed_pipe(void *unused)
{
    (void)unused;
    make_long_file("pipe", 1600);
    return 0;
}

in_task(pipe_is_read_by_lines)
{
    duet_file_reader_options options = {.block_bytes = 700};
    duet_thread_pool *pool;

    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_status(duet_default_thread_pool(&pool), 0);
    assert_status(
        duet_thread_pool_submit(pool, feed_pipe, NULL, NULL, NULL, DUET_NEVER),
        0);
    check_long_file(open_reader("pipe", &options), 1600);
}

in_task(line_limit_is_exact)
{
    duet_file_reader_options options = {.block_bytes = 512};
    char text[1300];
    const char *line;
    size_t length;

    for (int block = 512; block <= 4096; block *= 8) {
        duet_reader *reader;

        options.block_bytes = (size_t)block;
        memset(text, 'a', sizeof text);
        text[600] = '\n';
        text[1202] = '\0'; /* 601 letters */
        test_make_file("a", text);
        reader = open_reader("a", &options);
        assert_status(duet_reader_set_line_limit(reader, 600), 0);
        assert_status(duet_read_line(reader, &line, &length, DUET_NEVER), 0);
        assert_int_equal(length, 600);
        for (int i = 0; i < 2; i++) {
            assert_status(duet_read_line(reader, &line, &length, DUET_NEVER),
                          DUET_ETOOLARGE);
            assert_null(line);
        }
        assert_string_equal(duet_error_detail(),
                            "the line has more than 600 bytes");
        duet_reader_close(reader);
    }
}

in_task(chunks_are_all_the_bytes)
{
    const duet_file_reader_options options = {.block_bytes = 1000};
    duet_reader *reader;
    const char *bytes;
    size_t length;
    size_t total = 0;
    struct stat facts;
    int status;

    make_long_file("a", 100);
    assert_int_equal(stat("a", &facts), 0);
    reader = open_reader("a", &options);
    assert_line(reader, "");
    assert_line(reader, "b");
    total = 3;
    while ((status = duet_read_next(reader, &bytes, &length, DUET_NEVER)) ==
           0) {
        assert_true(length > 0 && length <= 1000);
        total += length;
    }
    assert_status(status, DUET_EEMPTY);
    assert_int_equal(total, facts.st_size);
    duet_reader_close(reader);
}

in_task(file_is_read_again_from_where_it_was)
{
    const duet_file_reader_options options = {.block_bytes = 512};
    duet_file *file;
    duet_reader *reader;
    char *text;
    size_t length;

    make_long_file("a", 100);
    assert_status(duet_file_open("a", "r", NULL, &file, DUET_NEVER), 0);
    assert_status(duet_file_seek(file, 3, DUET_SEEK_START, NULL, DUET_NEVER),
                  0);
    assert_status(duet_file_reader(file, &options, &reader), 0);
    assert_true(duet_reader_can_rewind(reader));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(duet_reader_remaining(reader), 5047);
        assert_line(reader, "cd");
        assert_int_equal(duet_reader_remaining(reader), 5044);
        if (i == 1) {
            assert_status(duet_read_all(reader, DUET_NO_LIMIT, &text, &length,
                                        DUET_NEVER),
                          0);
            assert_int_equal(length, 5044);
            free(text);
            assert_int_equal(duet_reader_remaining(reader), 0);
        }
        assert_status(duet_reader_rewind(reader, DUET_NEVER), 0);
    }
    duet_reader_close(reader);
    assert_status(duet_file_close(file, DUET_NEVER), 0);
}

in_task(pipe_is_read_once)
{
    duet_reader *reader;
    int other;

    assert_int_equal(mkfifo("pipe", 0600), 0);
    other = open("pipe", O_RDWR | O_CLOEXEC);
    reader = open_reader("pipe", NULL);
    assert_false(duet_reader_can_rewind(reader));
    assert_int_equal(duet_reader_remaining(reader), -1);
    duet_reader_close(reader);
    close(other);
}

in_task(reader_starts_at_the_position_and_leaves_it)
{
    duet_file *file;
    duet_reader *reader;

    test_make_file("a", "skipped\nread\n");
    assert_status(duet_file_open("a", "r", NULL, &file, DUET_NEVER), 0);
    assert_status(duet_file_seek(file, 8, DUET_SEEK_START, NULL, DUET_NEVER),
                  0);
    assert_status(duet_file_reader(file, NULL, &reader), 0);
    assert_line(reader, "read");
    assert_int_equal(duet_file_tell(file), 8);
    duet_reader_close(reader);
    assert_status(duet_file_close(file, DUET_NEVER), 0);
}

in_task(wrong_options_and_files_are_refused)
{
    duet_file_reader_options options = {.block_bytes = 511};
    duet_reader *reader = (duet_reader *)8;
    duet_file *file;
    const char *line;
    size_t length;

    assert_status(duet_file_open("a", "w", NULL, &file, DUET_NEVER), 0);
    assert_status(duet_file_reader(file, &options, &reader), DUET_EINVAL);
    assert_null(reader);
    assert_status(duet_file_reader(file, NULL, &reader), 0);
    assert_status(duet_read_line(reader, &line, &length, DUET_NEVER),
                  DUET_EBADF);
    assert_string_equal(duet_error_detail(), "read a: bad descriptor");
    duet_reader_close(reader);
    assert_status(duet_file_close(file, DUET_NEVER), 0);
}

static int read_line(void *reader)
{
    const char *line;
    size_t length;

    return duet_read_line(reader, &line, &length, DUET_NEVER);
}

in_task(cancelled_line_is_not_lost)
{
    duet_reader *reader;
    duet_task *task;
    int result;
    int other;
    const char *line;
    size_t length;

    assert_int_equal(mkfifo("pipe", 0600), 0);
    other = open("pipe", O_RDWR | O_CLOEXEC);
    reader = open_reader("pipe", NULL);
    assert_int_equal(write(other, "beg", 3), 3);
    assert_status(duet_spawn(read_line, reader, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(3)), 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_status(duet_read_line(reader, &line, &length, duet_in_ms(2)),
                  DUET_ETIMEDOUT);
    assert_string_equal(duet_error_detail(), "read pipe: deadline passed");
    assert_int_equal(write(other, "un\n", 3), 3);
    assert_line(reader, "begun");
    duet_reader_close(reader);
    close(other);
}

in_task(reader_freed_while_a_thread_reads_is_safe)
{
    duet_reader *reader;
    const char *line;
    size_t length;
    int other;

    assert_int_equal(mkfifo("pipe", 0600), 0);
    other = open("pipe", O_RDWR | O_CLOEXEC);
    reader = open_reader("pipe", NULL);
    assert_status(duet_read_line(reader, &line, &length, duet_in_ms(3)),
                  DUET_ETIMEDOUT);
    duet_reader_close(reader);
    assert_int_equal(write(other, "x", 1), 1);
    close(other);
}

static int count_turns(void *argument)
{
    while (duet_yield() == 0)
        ++*(int *)argument;
    return DUET_ECANCELED;
}

in_task(others_run_between_blocks)
{
    const duet_file_reader_options options = {.block_bytes = 4096};
    duet_task *task;
    int turns = 0;

    make_long_file("a", 1000); /* 122 blocks */
    assert_status(duet_spawn(count_turns, &turns, NULL, &task), 0);
    check_long_file(open_reader("a", &options), 1000);
    assert_true(turns > 100);
    duet_task_cancel(task);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

static int read_three(void)
{
    const duet_file_reader_options options = {.block_bytes = 512};
    duet_file *file;
    duet_reader *reader = NULL;
    const char *line;
    size_t length;
    int status = duet_file_open("a", "r", NULL, &file, DUET_NEVER);

    if (status != 0)
        return status;
    status = duet_file_reader(file, &options, &reader);
    for (int i = 0; status == 0 && i < 400; i++)
        status = duet_read_line(reader, &line, &length, DUET_NEVER);
    duet_reader_close(reader);
    test_fail_allocation(0);
    (void)!duet_file_close(file, DUET_NEVER);
    return status;
}

in_task(each_allocation_may_fail)
{
    make_long_file("a", 400);
    assert_status(read_three(), 0); /* makes the pool */
    for (int nth = 1; nth < 10; nth++) {
        int status;

        test_fail_allocation(nth);
        status = read_three();
        /* Reading ahead may fail unseen: it is tried again. */
        assert_true(status == DUET_ENOMEM || status == 0);
    }
}

TEST_MAIN(in_folder(lines_come_without_their_ends),
          in_folder(empty_file_has_no_line),
          in_folder(lines_written_later_are_found),
          in_folder(lines_are_whole_in_blocks_of_any_size),
          in_folder(pipe_is_read_by_lines), in_folder(line_limit_is_exact),
          in_folder(chunks_are_all_the_bytes),
          in_folder(file_is_read_again_from_where_it_was),
          in_folder(pipe_is_read_once),
          in_folder(reader_starts_at_the_position_and_leaves_it),
          in_folder(wrong_options_and_files_are_refused),
          in_folder(cancelled_line_is_not_lost),
          in_folder(reader_freed_while_a_thread_reads_is_safe),
          in_folder(others_run_between_blocks),
          in_folder(each_allocation_may_fail))
