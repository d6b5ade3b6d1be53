/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/duet.h>
#include <duet/file.h>

#include "support/busy_pool.h"
#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"

static duet_file *open_it(const char *path, const char *mode)
{
    duet_file *file = NULL;

    assert_status(duet_file_open(path, mode, NULL, &file, DUET_NEVER), 0);
    assert_non_null(file);
    return file;
}

static void close_it(duet_file *file)
{
    assert_status(duet_file_close(file, DUET_NEVER), 0);
}

static void write_text(duet_file *file, const char *text)
{
    assert_status(duet_file_write(file, text, strlen(text), DUET_NEVER), 0);
}

in_task(mode_w_makes_and_empties)
{
    duet_file *file = open_it("a", "w");

    write_text(file, "first");
    close_it(file);
    test_file_holds("a", "first");
    file = open_it("a", "w");
    assert_int_equal(duet_file_tell(file), 0);
    close_it(file);
    test_file_holds("a", "");
}

in_task(mode_a_writes_at_the_end)
{
    duet_file *file;

    test_make_file("a", "one");
    file = open_it("a", "a");
    write_text(file, "two");
    assert_int_equal(duet_file_tell(file), 6);
    assert_status(duet_file_seek(file, 0, DUET_SEEK_START, NULL, DUET_NEVER),
                  0);
    write_text(file, "three");
    assert_int_equal(duet_file_tell(file), 11);
    close_it(file);
    test_file_holds("a", "onetwothree");
}

in_task(mode_x_refuses_what_exists)
{
    duet_file *file = open_it("a", "x");

    close_it(file);
    assert_status(duet_file_open("a", "x", NULL, &file, DUET_NEVER),
                  DUET_EEXIST);
    assert_null(file);
}

in_task(mode_r_plus_does_both)
{
    char bytes[8];
    size_t length;
    duet_file *file;

    test_make_file("a", "abcdef");
    file = open_it("a", "r+");
    assert_status(duet_file_read(file, bytes, 2, &length, DUET_NEVER), 0);
    write_text(file, "XY");
    close_it(file);
    test_file_holds("a", "abXYef");
}

in_task(vanished_file_is_named)
{
    duet_file *file = (duet_file *)8;

    assert_status(duet_file_open("no/such", "r", NULL, &file, DUET_NEVER),
                  DUET_ENOENT);
    assert_null(file);
    assert_string_equal(duet_error_detail(),
                        "open no/such: no such file or directory");
}

in_task(folder_is_no_file)
{
    duet_file *file;

    assert_status(duet_file_open(".", "r", NULL, &file, DUET_NEVER),
                  DUET_EISDIR);
    assert_status(duet_file_open(".", "w", NULL, &file, DUET_NEVER),
                  DUET_EISDIR);
}

in_task(unknown_mode_is_refused)
{
    duet_file *file = (duet_file *)8;

    assert_status(duet_file_open("a", "rw", NULL, &file, DUET_NEVER),
                  DUET_EINVAL);
    assert_null(file);
    assert_int_equal(test_count_entries("."), 0);
}

in_task(options_give_flags_and_permissions)
{
    const duet_file_options options = {.permissions = 0600,
                                       .flags = O_WRONLY | O_CREAT | O_EXCL};
    const duet_file_options no_follow = {.flags = O_NOFOLLOW};
    struct stat facts;
    duet_file *file;

    assert_status(duet_file_open("a", NULL, &options, &file, DUET_NEVER), 0);
    close_it(file);
    assert_int_equal(stat("a", &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(symlink("a", "link"), 0);
    assert_status(duet_file_open("link", "r", &no_follow, &file, DUET_NEVER),
                  DUET_ELOOP);
}

in_task(descriptor_is_closed_on_exec)
{
    duet_file *file = open_it("a", "w");

    assert_string_equal(duet_file_path(file), "a");
    assert_int_equal(fcntl(duet_file_descriptor(file), F_GETFD), FD_CLOEXEC);
    close_it(file);
}

in_task(closing_closes_before_it_returns)
{
    duet_file *file = open_it("a", "w");
    int descriptor = duet_file_descriptor(file);

    close_it(file);
    assert_int_equal(fcntl(descriptor, F_GETFD), -1);
    assert_status(duet_file_close(NULL, DUET_NEVER), 0);
}

static int open_it_blocked(void *argument)
{
    return duet_file_open("a", "r", NULL, argument, DUET_NEVER);
}

/* Opening blocks until the lease is given back: the holder is asked to by a
 * signal. -1 if the file system knows no leases. */
static int take_lease(void)
{
    int lease;

    test_make_file("a", "");
    signal(SIGIO, SIG_IGN);
    lease = open("a", O_RDWR | O_CLOEXEC);
    assert_true(lease >= 0);
    if (fcntl(lease, F_SETLEASE, F_WRLCK) == 0)
        return lease;
    close(lease);
    return -1;
}

in_task(cancelled_opening_leaves_nothing_open)
{
    duet_file *file = (duet_file *)8;
    duet_task *task;
    int result = 0;
    int lease = take_lease();

    if (lease < 0)
        return;
    assert_status(duet_spawn(open_it_blocked, &file, NULL, &task), 0);
    test_await_begun_calls();
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_null(file);
    close(lease);
    test_await_idle_pool();
}

in_task(opening_past_the_deadline_is_named)
{
    duet_file *file;
    int lease = take_lease();

    if (lease < 0)
        return;
    assert_status(duet_file_open("a", "r", NULL, &file, duet_in_ms(2)),
                  DUET_ETIMEDOUT);
    assert_string_equal(duet_error_detail(), "open a: deadline passed");
    assert_null(file);
    close(lease);
    test_await_idle_pool();
}

static int open_to_write(void *argument)
{
    return duet_file_open("pipe", "w", NULL, argument, DUET_NEVER);
}

in_task(pipe_that_nobody_reads_is_waited_for)
{
    duet_file *file;
    duet_task *task;
    int result = 0;
    int other;

    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_status(duet_file_open("pipe", "w", NULL, &file, duet_in_ms(2)),
                  DUET_ETIMEDOUT);
    assert_status(duet_spawn(open_to_write, &file, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    other = open("pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, 0);
    assert_int_equal(fcntl(duet_file_descriptor(file), F_GETFL) & O_NONBLOCK,
                     0);
    close_it(file);
    close(other);
}

/* A result that is dropped must not take the request with it. */
static int close_when_cancelled(void *argument)
{
    duet_task_cancel(duet_current_task());
    assert_status(duet_file_close(argument, DUET_NEVER), 0);
    assert_status(duet_yield(), DUET_ECANCELED);
    return 0;
}

in_task(cancelled_closing_closes_and_the_next_call_tells)
{
    duet_file *file = open_it("a", "w");
    int descriptor = duet_file_descriptor(file);
    duet_task *task;

    assert_status(duet_spawn(close_when_cancelled, file, NULL, &task), 0);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    assert_int_equal(fcntl(descriptor, F_GETFD), -1);
}

in_task(closing_past_the_deadline_closes)
{
    duet_file *file = open_it("a", "w");

    test_make_pool_busy();
    assert_status(duet_file_close(file, DUET_NOW), DUET_ETIMEDOUT);
    test_make_pool_free();
}

static int open_and_close(void)
{
    duet_file *file = (duet_file *)8;
    int status = duet_file_open("a", "w", NULL, &file, DUET_NEVER);

    if (status == 0)
        return duet_file_close(file, DUET_NEVER);
    assert_null(file);
    return status;
}

in_task(each_allocation_may_fail)
{
    assert_status(open_and_close(), 0); /* makes the pool */
    test_each_allocation_failing(open_and_close, 5);
}

TEST_MAIN(in_folder(mode_w_makes_and_empties),
          in_folder(mode_a_writes_at_the_end),
          in_folder(mode_x_refuses_what_exists),
          in_folder(mode_r_plus_does_both), in_folder(vanished_file_is_named),
          in_folder(folder_is_no_file), in_folder(unknown_mode_is_refused),
          in_folder(options_give_flags_and_permissions),
          in_folder(descriptor_is_closed_on_exec),
          in_folder(closing_closes_before_it_returns),
          in_folder(cancelled_opening_leaves_nothing_open),
          in_folder(opening_past_the_deadline_is_named),
          in_folder(pipe_that_nobody_reads_is_waited_for),
          in_folder(cancelled_closing_closes_and_the_next_call_tells),
          in_folder(closing_past_the_deadline_closes),
          in_folder(each_allocation_may_fail))
