/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/duet.h>
#include <duet/file.h>

#include "file/open/file.h"
#include "support/busy_pool.h"
#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"
#include "support/ticker.h"

static duet_file *open_it(const char *path, const char *mode)
{
    duet_file *file = NULL;

    assert_status(duet_file_open(path, mode, NULL, &file, DUET_NEVER), 0);
    return file;
}

static duet_file *open_text(const char *text, const char *mode)
{
    test_make_file("file", text);
    return open_it("file", mode);
}

static void close_it(duet_file *file)
{
    assert_status(duet_file_close(file, DUET_NEVER), 0);
}

static void assert_reads(duet_file *file, size_t room, const char *expected)
{
    char bytes[64];
    size_t length = 99;

    assert_status(duet_file_read(file, bytes, room, &length, DUET_NEVER), 0);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(bytes, expected, length);
}

static void assert_reads_at(duet_file *file, int64_t offset, size_t room,
                            const char *expected)
{
    char bytes[64];
    size_t length = 99;

    assert_status(
        duet_file_read_at(file, offset, bytes, room, &length, DUET_NEVER), 0);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(bytes, expected, length);
}

in_task(reading_moves_the_position)
{
    duet_file *file = open_text("0123456789", "r");

    assert_reads(file, 4, "0123");
    assert_int_equal(duet_file_tell(file), 4);
    assert_reads(file, 60, "456789");
    assert_reads(file, 60, "");
    assert_reads(file, 0, "");
    assert_int_equal(duet_file_tell(file), 10);
    close_it(file);
}

in_task(calls_with_an_offset_leave_the_position)
{
    duet_file *file = open_text("0123456789", "r+");

    assert_reads_at(file, 7, 60, "789");
    assert_reads_at(file, 1000, 60, "");
    assert_status(duet_file_write_at(file, 2, "ab", 2, DUET_NEVER), 0);
    assert_int_equal(duet_file_tell(file), 0);
    assert_reads(file, 60, "01ab456789");
    close_it(file);
}

in_task(large_transfers_are_whole)
{
    enum { LARGE = 2500001 };
    char *bytes = malloc(LARGE);
    char *back = malloc(LARGE + 10);
    duet_file *file = open_it("file", "w+");
    size_t length;

    for (size_t i = 0; i < LARGE; i++)
        bytes[i] = (char)(i * 31 + i / 257);
    assert_status(duet_file_write(file, bytes, LARGE, DUET_NEVER), 0);
    assert_int_equal(duet_file_tell(file), LARGE);
    assert_status(duet_file_seek(file, 0, DUET_SEEK_START, NULL, DUET_NEVER),
                  0);
    assert_status(duet_file_read(file, back, LARGE + 10, &length, DUET_NEVER),
                  0);
    assert_int_equal(length, LARGE);
    assert_memory_equal(back, bytes, LARGE);
    free(bytes);
    free(back);
    close_it(file);
}

in_task(seek_counts_from_three_places)
{
    duet_file *file = open_text("0123456789", "r");
    int64_t position = -1;

    assert_status(
        duet_file_seek(file, 3, DUET_SEEK_START, &position, DUET_NEVER), 0);
    assert_int_equal(position, 3);
    assert_reads(file, 1, "3");
    assert_status(
        duet_file_seek(file, -2, DUET_SEEK_POSITION, &position, DUET_NEVER), 0);
    assert_int_equal(position, 2);
    assert_status(
        duet_file_seek(file, -1, DUET_SEEK_END, &position, DUET_NEVER), 0);
    assert_int_equal(position, 9);
    assert_reads(file, 5, "9");
    assert_status(
        duet_file_seek(file, -1, DUET_SEEK_START, &position, DUET_NEVER),
        DUET_EINVAL);
    assert_status(duet_file_seek(file, INT64_MAX, DUET_SEEK_POSITION, &position,
                                 DUET_NEVER),
                  DUET_EINVAL);
    assert_status(duet_file_seek(file, 0, (duet_seek)9, &position, DUET_NEVER),
                  DUET_EINVAL);
    assert_int_equal(position, 9);
    assert_int_equal(duet_file_tell(file), 10);
    close_it(file);
}

in_task(truncate_cuts_and_extends)
{
    duet_file *file = open_text("0123456789", "r+");
    duet_stat facts;

    assert_status(duet_file_truncate(file, 3, DUET_NEVER), 0);
    test_file_holds("file", "012");
    assert_status(duet_file_truncate(file, 5, DUET_NEVER), 0);
    assert_status(duet_file_stat(file, &facts, DUET_NEVER), 0);
    assert_int_equal(facts.size_bytes, 5);
    assert_int_equal(facts.kind, DUET_KIND_FILE);
    assert_status(duet_file_truncate(file, -1, DUET_NEVER), DUET_EINVAL);
    close_it(file);
}

in_task(sync_takes_both_kinds)
{
    duet_file *file = open_text("a", "r+");

    assert_status(duet_file_sync(file, DUET_SYNC_FULL, DUET_NEVER), 0);
    assert_status(duet_file_sync(file, DUET_SYNC_DATA, DUET_NEVER), 0);
    duet_fail(DUET_EINVAL, "an older sentence");
    assert_status(duet_file_sync(file, (duet_sync)7, DUET_NEVER), DUET_EINVAL);
    assert_non_null(strstr(duet_error_message(DUET_EINVAL), "sync "));
    close_it(file);
    file = open_it("/dev/null", "w");
    assert_status(duet_file_sync(file, DUET_SYNC_FULL, DUET_NEVER),
                  DUET_EINVAL);
    close_it(file);
}

in_task(wrong_direction_is_refused)
{
    char byte;
    size_t length;
    duet_file *file = open_text("a", "r");

    assert_status(duet_file_write(file, "b", 1, DUET_NEVER), DUET_EBADF);
    assert_string_equal(duet_error_detail(), "write file: bad descriptor");
    close_it(file);
    file = open_it("file", "w");
    assert_status(duet_file_read(file, &byte, 1, &length, DUET_NEVER),
                  DUET_EBADF);
    assert_int_equal(length, 0);
    close_it(file);
}

in_task(offsets_out_of_range_are_refused)
{
    char byte;
    size_t length;
    duet_file *file = open_text("a", "a+");

    assert_status(duet_file_read_at(file, -1, &byte, 1, &length, DUET_NEVER),
                  DUET_EINVAL);
    assert_status(
        duet_file_read_at(file, INT64_MAX, &byte, 1, &length, DUET_NEVER),
        DUET_EINVAL);
    assert_status(duet_file_write_at(file, -1, "b", 1, DUET_NEVER),
                  DUET_EINVAL);
    assert_status(duet_file_write_at(file, 0, "b", 1, DUET_NEVER), DUET_EINVAL);
    assert_string_equal(duet_error_detail(),
                        "write file: it was opened to append");
    close_it(file);
    test_file_holds("file", "a");
}

/* --- full disks ---------------------------------------------------------- */

in_task(full_device_is_named)
{
    duet_file *file = open_it("/dev/full", "w");

    assert_status(duet_file_write(file, "a", 1, DUET_NEVER), DUET_ENOSPC);
    assert_string_equal(duet_error_detail(),
                        "write /dev/full: no space left on device");
    assert_int_equal(duet_file_tell(file), 0);
    close_it(file);
}

/* The limit is met in the middle of a write: a part fits. */
in_task(file_over_the_limit_keeps_the_position)
{
    const struct rlimit small = {.rlim_cur = 10000, .rlim_max = RLIM_INFINITY};
    struct rlimit before;
    static char bytes[20000];
    duet_file *file = open_it("file", "w");

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_status(duet_file_write(file, bytes, sizeof bytes, DUET_NEVER),
                  DUET_EFBIG);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_string_equal(duet_error_detail(), "write file: file too large");
    assert_int_equal(duet_file_tell(file), 0);
    assert_status(duet_file_write(file, "all", 3, DUET_NEVER), 0);
    assert_int_equal(duet_file_tell(file), 3);
    close_it(file);
}

/* --- cancelling, with pipes: they block a thread ------------------------- */

typedef struct reading {
    duet_file *file;
    char bytes[8];
    size_t length;
    duet_deadline deadline;
} reading;

static int read_it(void *argument)
{
    reading *reading = argument;

    return duet_file_read(reading->file, reading->bytes, 8, &reading->length,
                          reading->deadline);
}

/* Both ends at once, so that opening does not block. */
static duet_file *open_pipe(void)
{
    assert_int_equal(mkfifo("pipe", 0600), 0);
    return open_it("pipe", "r+");
}

in_task(pipe_gives_what_there_is)
{
    char bytes[8];
    size_t length;
    duet_file *file = open_pipe();

    assert_status(duet_file_write(file, "abc", 3, DUET_NEVER), 0);
    assert_status(duet_file_read(file, bytes, 8, &length, DUET_NEVER), 0);
    assert_int_equal(length, 3);
    assert_int_equal(duet_file_tell(file), 0);
    assert_status(duet_file_seek(file, 0, DUET_SEEK_START, NULL, DUET_NEVER),
                  DUET_ESPIPE);
    assert_status(duet_file_read_at(file, 0, bytes, 1, &length, DUET_NEVER),
                  DUET_ESPIPE);
    close_it(file);
}

/* What only a thread can wait for, as it blocks. */
static duet_file *open_blocking(void)
{
    duet_file *file = open_pipe();

    file->is_stream = false;
    return file;
}

/* Its thread reads on until somebody writes. */
static void begin_a_read_and_cancel(reading *reading)
{
    duet_task *task;
    int result = 0;

    assert_status(duet_spawn(read_it, reading, NULL, &task), 0);
    test_await_begun_calls();
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
}

in_task(cancelled_read_leaves_the_callers_memory_alone)
{
    reading *first = calloc(1, sizeof *first);
    reading second = {.deadline = DUET_NEVER};
    duet_task *task;
    int result = 0;

    first->file = second.file = open_blocking();
    first->deadline = DUET_NEVER;
    begin_a_read_and_cancel(first);
    free(first); /* its thread still reads */
    /* What it reads now is lost; the next call comes after it. */
    assert_int_equal(write(duet_file_descriptor(second.file), "1", 1), 1);
    assert_status(duet_spawn(read_it, &second, NULL, &task), 0);
    while (second.length == 0 && !duet_task_is_done(task)) {
        int pending;

        assert_status(duet_sleep(duet_in_ms(1)), 0);
        assert_int_equal(
            ioctl(duet_file_descriptor(second.file), FIONREAD, &pending), 0);
        if (pending == 0 && second.length == 0)
            assert_int_equal(write(duet_file_descriptor(second.file), "2", 1),
                             1);
    }
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, 0);
    assert_int_equal(second.bytes[0], '2');
    close_it(second.file);
}

in_task(read_past_its_deadline_is_named)
{
    reading reading = {.file = open_blocking(), .deadline = duet_in_ms(2)};

    assert_status(read_it(&reading), DUET_ETIMEDOUT);
    assert_string_equal(duet_error_detail(), "read pipe: deadline passed");
    /* The thread that may still read must end. */
    assert_int_equal(write(duet_file_descriptor(reading.file), "1", 1), 1);
    close_it(reading.file);
}

in_task(waiting_past_the_deadline_is_named)
{
    reading reading = {.file = open_blocking(), .deadline = DUET_NEVER};

    begin_a_read_and_cancel(&reading);
    reading.deadline = duet_in_ms(2);
    assert_status(read_it(&reading), DUET_ETIMEDOUT);
    assert_string_equal(duet_error_detail(),
                        "wait for earlier calls on pipe: deadline passed");
    assert_int_equal(write(duet_file_descriptor(reading.file), "1", 1), 1);
    close_it(reading.file);
}

/* Closing gives up, too; the thread closes when it has read. */
in_task(closing_under_a_blocked_read_closes_later)
{
    reading reading = {.file = open_blocking(), .deadline = DUET_NEVER};
    int other = open("pipe", O_WRONLY | O_CLOEXEC);

    begin_a_read_and_cancel(&reading);
    assert_status(duet_file_close(reading.file, duet_in_ms(2)), DUET_ETIMEDOUT);
    assert_int_equal(write(other, "1", 1), 1);
    close(other);
}

static int write_much(void *argument)
{
    size_t size = 300000;
    char *bytes = calloc(1, size);
    int status = duet_file_write(argument, bytes, size, DUET_NEVER);

    free(bytes); /* the thread that is still writing has a copy */
    return status;
}

in_task(cancelled_write_has_a_copy)
{
    duet_file *file = open_blocking();
    duet_task *task;
    int result = 0;
    static char bytes[300000];
    size_t total = 0;

    assert_status(duet_spawn(write_much, file, NULL, &task), 0);
    test_await_begun_calls();
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    while (total < sizeof bytes)
        total += (size_t)read(duet_file_descriptor(file), bytes, sizeof bytes);
    assert_int_equal(total, sizeof bytes);
    close_it(file);
}

/* --- pipes, without threads ---------------------------------------------- */

in_task(given_up_read_of_a_pipe_loses_nothing)
{
    reading first = {.file = open_pipe(), .deadline = duet_in_ms(2)};
    reading second = {.file = first.file, .deadline = DUET_NEVER};
    duet_task *task;
    int result = 0;

    assert_status(read_it(&first), DUET_ETIMEDOUT);
    assert_string_equal(duet_error_detail(), "read pipe: deadline passed");
    assert_status(duet_spawn(read_it, &second, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_int_equal(write(duet_file_descriptor(first.file), "1", 1), 1);
    assert_status(read_it(&second), 0);
    assert_int_equal(second.length, 1);
    close_it(first.file);
}

/* No thread is left that would have to be waited for. */
in_task(given_up_write_to_a_full_pipe_ends)
{
    duet_file *file = open_pipe();
    duet_task *task;
    int result = 0;

    assert_status(duet_spawn(write_much, file, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(5)), 0);
    assert_false(duet_task_is_done(task));
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    close_it(file);
}

static int read_letters(void *argument)
{
    reading *reading = argument;
    size_t total = 0;

    while (total < 300000) {
        char bytes[5000];
        size_t length;
        int status = duet_file_read(reading->file, bytes, sizeof bytes, &length,
                                    DUET_NEVER);

        if (status != 0)
            return status;
        for (size_t i = 0; i < length; i++)
            assert_int_equal(bytes[i], 'a' + (char)((total + i) % 26));
        total += length;
    }
    return 0;
}

in_task(large_write_to_a_pipe_comes_whole)
{
    static char bytes[300000];
    reading reading = {.deadline = DUET_NEVER};
    duet_task *task;
    duet_file *file;
    int result = -1;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = 'a' + (char)(i % 26);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    reading.file = open_it("pipe", "r");
    file = open_it("pipe", "w");
    assert_status(duet_spawn(read_letters, &reading, NULL, &task), 0);
    assert_status(duet_file_write(file, bytes, sizeof bytes, DUET_NEVER), 0);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, 0);
    close_it(file);
    read_it(&reading); /* the writer is gone: the end */
    assert_int_equal(reading.length, 0);
    close_it(reading.file);
}

in_task(pipe_that_nobody_reads_any_more_is_an_error)
{
    duet_file *reader;
    duet_file *file;
    char byte;
    size_t length;

    assert_int_equal(mkfifo("pipe", 0600), 0);
    reader = open_it("pipe", "r");
    file = open_it("pipe", "w");
    assert_status(duet_file_read(file, &byte, 1, &length, DUET_NEVER),
                  DUET_EBADF);
    assert_status(duet_file_write(reader, "a", 1, DUET_NEVER), DUET_EBADF);
    close_it(reader);
    assert_status(duet_file_write(file, "a", 1, DUET_NEVER), DUET_EPIPE);
    assert_string_equal(duet_error_detail(),
                        "write pipe: the reading end is closed");
    close_it(file);
}

static int write_letter(void *argument)
{
    static char letter = 'a';
    char bytes[3];

    memset(bytes, letter++, sizeof bytes);
    return duet_file_write(argument, bytes, 3, DUET_NEVER);
}

in_task(calls_take_turns_in_order)
{
    duet_file *file = open_it("file", "w");
    duet_call calls[8];

    for (size_t i = 0; i < 8; i++)
        calls[i] = (duet_call){.function = write_letter, .argument = file};
    assert_status(duet_gather(calls, 8, NULL, DUET_NEVER), 0);
    close_it(file);
    test_file_holds("file", "aaabbbcccdddeeefffggghhh");
}

/* --- the loop goes on ---------------------------------------------------- */

in_task(loop_ticks_while_a_read_blocks)
{
    static test_ticker ticker = {.descriptor = -1};
    reading reading = {.deadline = DUET_NEVER};
    duet_file *file = open_pipe();

    reading.file = file;
    /* The bytes come from the ticker: only a living loop ends the read. */
    ticker.descriptor = duet_file_descriptor(file);
    assert_status(duet_spawn(test_tick, &ticker, NULL, NULL), 0);
    assert_status(read_it(&reading), 0);
    assert_true(reading.length > 0);
    close_it(file);
}

static int count_turns(void *argument)
{
    for (;;) {
        int status = duet_yield();

        if (status != 0)
            return status;
        ++*(int *)argument;
    }
}

in_task(reading_from_memory_lets_others_run)
{
    char bytes[4096];
    size_t length;
    int turns = 0;
    duet_task *task;
    duet_file *file = open_text("0123456789", "r");

    assert_status(duet_spawn(count_turns, &turns, NULL, &task), 0);
    for (int i = 0; i < 2000; i++)
        assert_status(
            duet_file_read_at(file, 0, bytes, 4096, &length, DUET_NEVER), 0);
    assert_true(turns > 3);
    duet_task_cancel(task);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    close_it(file);
}

static int write_and_read(void)
{
    duet_file *file;
    char bytes[4];
    size_t length;
    duet_stat facts;
    int status = duet_file_open("pipe", "r+", NULL, &file, DUET_NEVER);
    int closed;

    if (status != 0)
        return status;
    file->is_stream = false; /* by threads */
    status = duet_file_write(file, "abcd", 4, DUET_NEVER);
    if (status == 0)
        status = duet_file_read(file, bytes, 4, &length, DUET_NEVER);
    if (status == 0)
        status = duet_file_stat(file, &facts, DUET_NEVER);
    closed = duet_file_close(file, DUET_NEVER);
    return status != 0 ? status : closed;
}

in_task(each_allocation_may_fail)
{
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_status(write_and_read(), 0); /* makes the pool */
    test_each_allocation_failing(write_and_read, 8);
}

TEST_MAIN(in_folder(reading_moves_the_position),
          in_folder(calls_with_an_offset_leave_the_position),
          in_folder(large_transfers_are_whole),
          in_folder(seek_counts_from_three_places),
          in_folder(truncate_cuts_and_extends),
          in_folder(sync_takes_both_kinds),
          in_folder(wrong_direction_is_refused),
          in_folder(offsets_out_of_range_are_refused),
          in_folder(full_device_is_named),
          in_folder(file_over_the_limit_keeps_the_position),
          in_folder(pipe_gives_what_there_is),
          in_folder(cancelled_read_leaves_the_callers_memory_alone),
          in_folder(read_past_its_deadline_is_named),
          in_folder(waiting_past_the_deadline_is_named),
          in_folder(closing_under_a_blocked_read_closes_later),
          in_folder(cancelled_write_has_a_copy),
          in_folder(given_up_read_of_a_pipe_loses_nothing),
          in_folder(given_up_write_to_a_full_pipe_ends),
          in_folder(large_write_to_a_pipe_comes_whole),
          in_folder(pipe_that_nobody_reads_any_more_is_an_error),
          in_folder(calls_take_turns_in_order),
          in_folder(loop_ticks_while_a_read_blocks),
          in_folder(reading_from_memory_lets_others_run),
          in_folder(each_allocation_may_fail))
