/* SPDX-License-Identifier: MIT */
#include "support/folder.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/group.h>
#include <duet/loop.h>
#include <duet/task.h>

#include "fetch/input/input.h"

/* --- help ---------------------------------------------------------------- */

static char path[] = "duet-input-XXXXXX";

/* A file with these bytes; valid until the next call. */
static const char *file_of(const void *bytes, size_t length)
{
    int descriptor;

    memcpy(path + strlen(path) - 6, "XXXXXX", 6);
    descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, length), (ssize_t)length);
    close(descriptor);
    return path;
}

static void open_text(duet__input *input, const char *bytes, size_t length)
{
    duet__input_init(input);
    assert_status(duet__input_add_file(input, file_of(bytes, length)), 0);
    unlink(path);
}

static void assert_item(duet__input *input, const char *url, uint64_t line,
                        uint64_t index)
{
    duet__input_item item;

    assert_status(duet__input_next(input, &item, DUET_NEVER), 0);
    assert_status(item.status, 0);
    assert_int_equal(item.url.length, strlen(url));
    assert_memory_equal(item.url.bytes, url, item.url.length);
    assert_int_equal(item.line, line);
    assert_int_equal(item.index, index);
}

static void assert_end(duet__input *input)
{
    duet__input_item item;

    assert_status(duet__input_next(input, &item, DUET_NEVER), DUET_EEMPTY);
    assert_status(duet__input_next(input, &item, DUET_NEVER), DUET_EEMPTY);
}

#define OPEN(input, literal) open_text((input), literal, sizeof(literal) - 1)

/* --- lines --------------------------------------------------------------- */

static void lines_are_urls_and_comments_and_blanks_are_none(void **state)
{
    duet__input input;

    (void)state;
    OPEN(&input, "http://a/\n\n# no\n  # no\n \t \n  http://b/ \r\n\r\n"
                 "http://c/#part");
    assert_item(&input, "http://a/", 1, 1);
    assert_item(&input, "http://b/", 6, 2);
    assert_item(&input, "http://c/#part", 8, 3);
    assert_end(&input);
    duet__input_free(&input);
}

static void byte_order_mark_is_dropped(void **state)
{
    duet__input input;

    (void)state;
    OPEN(&input, "\xEF\xBB\xBFhttp://a/\n\xEF\xBB\xBFx\n");
    assert_item(&input, "http://a/", 1, 1);
    assert_item(&input, "\xEF\xBB\xBFx", 2, 2);
    assert_end(&input);
    duet__input_free(&input);
}

static void empty_file_has_no_item(void **state)
{
    duet__input input;

    (void)state;
    OPEN(&input, "");
    assert_end(&input);
    duet__input_free(&input);
}

static void arguments_and_files_come_in_their_order(void **state)
{
    duet__input input;
    duet__input_item item;

    (void)state;
    duet__input_init(&input);
    assert_status(duet__input_add_url(&input, "http://1/"), 0);
    assert_status(duet__input_add_file(&input, file_of("http://2/\n", 10)), 0);
    assert_status(duet__input_add_url(&input, "#3"), 0);
    unlink(path);
    assert_status(duet__input_next(&input, &item, DUET_NEVER), 0);
    assert_string_equal(item.source, "arguments");
    assert_int_equal(item.line, 0);
    assert_status(duet__input_next(&input, &item, DUET_NEVER), 0);
    assert_string_equal(item.source, path);
    assert_int_equal(item.line, 1);
    assert_item(&input, "#3", 0, 3);
    assert_end(&input);
    duet__input_free(&input);
}

static void line_with_a_nul_is_an_item_with_an_error(void **state)
{
    duet__input input;
    duet__input_item item;

    (void)state;
    OPEN(&input, "http://a/\0b\nhttp://c/\n");
    assert_status(duet__input_next(&input, &item, DUET_NEVER), 0);
    assert_status(item.status, DUET_EURL);
    assert_string_equal(item.detail, "a NUL byte in the line");
    assert_int_equal(item.url.length, 11);
    assert_item(&input, "http://c/", 2, 2);
    assert_end(&input);
    duet__input_free(&input);
}

/* Lines of every length around the longest, each between two others. */
static void line_that_is_too_long_is_an_item_with_an_error(void **state)
{
    static const size_t lengths[] = {65535,  65536,  65537,  131071,
                                     131072, 131073, 500000, 1000000};

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t length = lengths[i];
        char *text = malloc(length + 20);
        duet__input input;
        duet__input_item item;

        assert_non_null(text);
        memcpy(text, "http://a/\n", 10);
        memset(text + 10, 'x', length);
        memcpy(text + 10 + length, "\nhttp://b/", 10);
        open_text(&input, text, length + 20);
        assert_item(&input, "http://a/", 1, 1);
        assert_status(duet__input_next(&input, &item, DUET_NEVER), 0);
        assert_status(item.status, length > 65536 ? DUET_ETOOLARGE : 0);
        assert_int_equal(item.url.length, length > 65536 ? 1024 : length);
        assert_int_equal(item.line, 2);
        assert_item(&input, "http://b/", 3, 3);
        assert_end(&input);
        duet__input_free(&input);
        free(text);
    }
}

static void last_line_that_is_too_long_ends_the_input(void **state)
{
    char *text = malloc(200000);
    duet__input input;
    duet__input_item item;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', 200000);
    open_text(&input, text, 200000);
    assert_status(duet__input_next(&input, &item, DUET_NEVER), 0);
    assert_status(item.status, DUET_ETOOLARGE);
    assert_end(&input);
    duet__input_free(&input);
    text[0] = '#';
    open_text(&input, text, 200000);
    assert_end(&input);
    duet__input_free(&input);
    free(text);
}

static void many_lines_come_whole_over_the_ends_of_blocks(void **state)
{
    enum { LINES = 50000 };
    char *text = malloc((size_t)LINES * 40);
    size_t length = 0;
    duet__input input;
    char url[40];

    (void)state;
    assert_non_null(text);
    for (int i = 1; i <= LINES; i++)
        length += (size_t)snprintf(text + length, 40, "http://h/%0*d\n",
                                   i % 17 + 6, i);
    open_text(&input, text, length);
    for (int i = 1; i <= LINES; i++) {
        snprintf(url, sizeof url, "http://h/%0*d", i % 17 + 6, i);
        assert_item(&input, url, (uint64_t)i, (uint64_t)i);
    }
    assert_end(&input);
    duet__input_free(&input);
    free(text);
}

/* --- files --------------------------------------------------------------- */

static void file_that_cannot_be_read_is_named(void **state)
{
    duet__input input;

    (void)state;
    duet__input_init(&input);
    assert_status(duet__input_add_file(&input, "/no/such/file"), DUET_ENOENT);
    assert_string_equal(duet_error_detail(),
                        "/no/such/file: No such file or directory");
    assert_status(duet__input_add_file(&input, "/"), DUET_EISDIR);
    assert_string_equal(duet_error_detail(), "/: is a directory");
    assert_end(&input);
    duet__input_free(&input);
}

static void fraction_follows_the_bytes_of_files_and_arguments(void **state)
{
    duet__input input;

    (void)state;
    duet__input_init(&input);
    assert_true(duet__input_fraction(&input) < 0);
    assert_status(duet__input_add_url(&input, "http://1/"), 0);
    assert_status(
        duet__input_add_file(&input, file_of("http://2/\nhttp://3/\n", 20)), 0);
    unlink(path);
    assert_true(duet__input_fraction(&input) == 0);
    assert_item(&input, "http://1/", 0, 1);
    assert_item(&input, "http://2/", 1, 2);
    assert_true(duet__input_fraction(&input) > 0.66 &&
                duet__input_fraction(&input) < 0.67);
    assert_item(&input, "http://3/", 2, 3);
    assert_true(duet__input_fraction(&input) == 1);
    duet__input_free(&input);
}

/* --- pipes --------------------------------------------------------------- */

static char fifo[64];

static bool is_unread(int descriptor)
{
    int bytes = 0;

    return ioctl(descriptor, FIONREAD, &bytes) == 0 && bytes > 0;
}

/* Each piece when the one before was read. */
static int write_slowly(void *argument)
{
    static const char *const pieces[] = {"http", "://a/\nhttp://b", "/\n",
                                         "http://c/"};
    int descriptor = -1;

    (void)argument;
    for (int i = 0; i < 4; i++) {
        while (descriptor >= 0 && is_unread(descriptor))
            (void)!duet_sleep(duet_in_ms(1));
        if (descriptor < 0)
            descriptor = open(fifo, O_WRONLY | O_NONBLOCK);
        if (descriptor < 0 ||
            write(descriptor, pieces[i], strlen(pieces[i])) < 0)
            return DUET_EIO;
    }
    close(descriptor);
    return 0;
}

static int read_slow_pipe(void *argument)
{
    duet__input *input = argument;

    assert_status(duet_spawn(write_slowly, NULL, NULL, NULL), 0);
    assert_item(input, "http://a/", 1, 1);
    assert_item(input, "http://b/", 2, 2);
    assert_item(input, "http://c/", 3, 3);
    assert_end(input);
    return 0;
}

static void open_fifo(duet__input *input)
{
    snprintf(fifo, sizeof fifo, "duet-input-fifo-%ld", (long)getpid());
    assert_int_equal(mkfifo(fifo, 0600), 0);
    duet__input_init(input);
    assert_status(duet__input_add_file(input, fifo), 0);
}

static void slow_pipe_is_waited_for_without_holding_up_the_loop(void **state)
{
    duet__input input;

    (void)state;
    open_fifo(&input);
    assert_true(duet__input_fraction(&input) < 0);
    assert_status(duet_run(read_slow_pipe, &input, NULL), 0);
    duet__input_free(&input);
    unlink(fifo);
}

static int read_until_cancelled(void *argument)
{
    duet__input *input = argument;
    duet__input_item item;

    return duet__input_next(input, &item, DUET_NEVER);
}

static int cancel_reader(void *argument)
{
    duet_task *reader;
    int result = 0;

    assert_status(duet_spawn(read_until_cancelled, argument, NULL, &reader), 0);
    assert_status(duet_yield(), 0); /* it waits */
    duet_task_cancel(reader);
    assert_status(duet_join(reader, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    return read_slow_pipe(argument);
}

static void cancelled_reader_loses_nothing(void **state)
{
    duet__input input;

    (void)state;
    open_fifo(&input);
    assert_status(duet_run(cancel_reader, &input, NULL), 0);
    duet__input_free(&input);
    unlink(fifo);
}

static int read_with_deadline(void *argument)
{
    duet__input_item item;

    assert_status(duet__input_next(argument, &item, duet_in_ms(5)),
                  DUET_ETIMEDOUT);
    return 0;
}

static void silent_pipe_is_waited_for_until_the_deadline(void **state)
{
    duet__input input;

    (void)state;
    open_fifo(&input);
    assert_status(duet_run(read_with_deadline, &input, NULL), 0);
    duet__input_free(&input);
    unlink(fifo);
}

static void line_with_a_blank_inside_is_no_url(void **state)
{
    static const char bytes[] = "http://h/a b\nhttp://h/\tname\n";
    duet__input input;
    duet__input_item item;

    (void)state;
    open_text(&input, bytes, sizeof bytes - 1);
    for (int i = 0; i < 2; i++) {
        assert_status(duet__input_next(&input, &item, DUET_NEVER), 0);
        assert_status(item.status, DUET_EURL);
        assert_non_null(strstr(item.detail, "columns"));
    }
    duet__input_free(&input);
}

static void utf16_is_told_so(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } files[] = {{"\xFF\xFEh\0t\0", 6},
                 {"\xFE\xFF\0h\0t", 6},
                 {"h\0t\0", 4},
                 {"\0h\0t", 4}};
    duet__input input;
    duet__input_item item;

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        open_text(&input, files[i].bytes, files[i].length);
        assert_status(duet__input_next(&input, &item, DUET_NEVER), DUET_EINVAL);
        assert_non_null(strstr(duet_error_detail(), "looks like UTF-16"));
        duet__input_free(&input);
    }
}

TEST_MAIN(in_folder(line_with_a_blank_inside_is_no_url),
          in_folder(utf16_is_told_so),
          in_folder(lines_are_urls_and_comments_and_blanks_are_none),
          in_folder(byte_order_mark_is_dropped),
          in_folder(empty_file_has_no_item),
          in_folder(arguments_and_files_come_in_their_order),
          in_folder(line_with_a_nul_is_an_item_with_an_error),
          in_folder(line_that_is_too_long_is_an_item_with_an_error),
          in_folder(last_line_that_is_too_long_ends_the_input),
          in_folder(many_lines_come_whole_over_the_ends_of_blocks),
          in_folder(file_that_cannot_be_read_is_named),
          in_folder(fraction_follows_the_bytes_of_files_and_arguments),
          in_folder(slow_pipe_is_waited_for_without_holding_up_the_loop),
          in_folder(cancelled_reader_loses_nothing),
          in_folder(silent_pipe_is_waited_for_until_the_deadline))
