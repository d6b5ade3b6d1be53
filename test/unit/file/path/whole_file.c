/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"

static void assert_reads(const char *path, const char *expected)
{
    char *bytes = NULL;
    size_t length = 0;

    assert_status(duet_whole_file_read(path, NULL, &bytes, &length, DUET_NEVER),
                  0);
    assert_int_equal(length, strlen(expected));
    assert_string_equal(bytes, expected);
    free(bytes);
}

in_task(what_was_written_is_read)
{
    assert_status(duet_whole_file_write("a", "text", 4, NULL, DUET_NEVER), 0);
    assert_reads("a", "text");
    assert_status(duet_whole_file_write("a", "", 0, NULL, DUET_NEVER), 0);
    assert_reads("a", "");
    assert_int_equal(test_count_entries("."), 1);
}

in_task(size_limit_is_exact)
{
    duet_whole_file_read_options options = {.limit_bytes = 4};
    char *bytes;
    size_t length;

    test_make_file("a", "1234");
    test_make_file("b", "12345");
    assert_status(
        duet_whole_file_read("a", &options, &bytes, &length, DUET_NEVER), 0);
    assert_string_equal(bytes, "1234");
    free(bytes);
    assert_status(
        duet_whole_file_read("b", &options, &bytes, &length, DUET_NEVER),
        DUET_ETOOLARGE);
    assert_null(bytes);
    assert_int_equal(length, 0);
    assert_string_equal(duet_error_detail(), "read b: larger than 4 bytes");
    options.limit_bytes = DUET_NO_LIMIT;
    assert_status(duet_whole_file_read("b", &options, &bytes, NULL, DUET_NEVER),
                  0);
    free(bytes);
    options.limit_bytes = -2;
    assert_status(duet_whole_file_read("b", &options, &bytes, NULL, DUET_NEVER),
                  DUET_EINVAL);
}

/* /proc says that its files have 0 bytes. */
in_task(file_without_a_size_is_read_to_its_end)
{
    duet_whole_file_read_options options = {.limit_bytes = 100};
    char *bytes;
    size_t length;

    assert_status(duet_whole_file_read("/proc/self/limits", NULL, &bytes,
                                       &length, DUET_NEVER),
                  0);
    assert_true(length > 100);
    assert_int_equal(strlen(bytes), length);
    free(bytes);
    assert_status(duet_whole_file_read("/proc/self/limits", &options, &bytes,
                                       &length, DUET_NEVER),
                  DUET_ETOOLARGE);
    assert_status(duet_whole_file_read("/dev/zero", &options, &bytes, &length,
                                       DUET_NEVER),
                  DUET_ETOOLARGE);
}

in_task(failures_name_the_path)
{
    char *bytes = (char *)8;

    assert_status(duet_whole_file_read("none", NULL, &bytes, NULL, DUET_NEVER),
                  DUET_ENOENT);
    assert_null(bytes);
    assert_string_equal(duet_error_detail(),
                        "read none: no such file or directory");
    assert_status(duet_whole_file_read(".", NULL, &bytes, NULL, DUET_NEVER),
                  DUET_EISDIR);
    assert_status(duet_whole_file_write("/dev/full", "x", 1, NULL, DUET_NEVER),
                  DUET_ENOSPC);
    assert_string_equal(duet_error_detail(),
                        "write /dev/full: no space left on device");
}

static int write_much(void *bytes)
{
    return duet_whole_file_write("a", bytes, 64 << 20, NULL, DUET_NEVER);
}

/* Cancelled at many points, the name leads to the old file or the new one. */
in_task(cancelled_write_tears_nothing)
{
    char *bytes = calloc(1, 64 << 20);
    struct stat facts;

    for (int yields = 0; yields < 40; yields += 3) {
        duet_task *task;
        int result;

        test_make_file("a", "old");
        assert_status(duet_spawn(write_much, bytes, NULL, &task), 0);
        for (int i = 0; i < yields; i++)
            assert_status(duet_sleep(duet_in_ns(200000)), 0);
        duet_task_cancel(task);
        assert_status(duet_join(task, &result, DUET_NEVER), 0);
        assert_int_equal(stat("a", &facts), 0);
        assert_true(facts.st_size == 3 || facts.st_size == 64 << 20);
        if (result == 0)
            assert_int_equal(facts.st_size, 64 << 20);
    }
    while (test_count_entries(".") > 1)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    free(bytes);
}

/* In a child, with a small file system of its own that nobody else sees. */
static int fill_disk(void *bytes)
{
    static char old[10000];

    memset(old, 'o', sizeof old - 1);
    assert_status(
        duet_whole_file_write("disk/a", old, sizeof old - 1, NULL, DUET_NEVER),
        0);
    assert_status(
        duet_whole_file_write("disk/a", bytes, 300000, NULL, DUET_NEVER),
        DUET_ENOSPC);
    assert_non_null(strstr(duet_error_detail(), "/disk/a: no space left"));
    test_file_holds("disk/a", old);
    assert_status(duet_path_copy("big", "disk/b", NULL, NULL, DUET_NEVER),
                  DUET_ENOSPC);
    assert_int_equal(test_count_entries("disk"), 1);
    return 0;
}

static int fill_disk_of_own(void)
{
    static char bytes[300000];

    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
        mkdir("disk", 0700) != 0 ||
        mount("none", "disk", "tmpfs", 0, "size=128k") != 0)
        return 77;
    if (truncate("big", 300000) != 0)
        return 1;
    return duet_run(fill_disk, bytes, NULL) == 0 ? 0 : 1;
}

static void full_disk_leaves_the_old_file(void **state)
{
    pid_t child;
    int status;

    (void)state;
    test_make_file("big", "");
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(fill_disk_of_own());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        test_skip("may not mount: a full disk is not tried");
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int write_and_read(void)
{
    char *bytes;
    int status = duet_whole_file_write("a", "text", 4, NULL, DUET_NEVER);

    if (status == 0)
        status = duet_whole_file_read("a", NULL, &bytes, NULL, DUET_NEVER);
    if (status == 0)
        free(bytes);
    return status;
}

in_task(each_allocation_may_fail)
{
    assert_status(write_and_read(), 0); /* makes the pool */
    test_each_allocation_failing(write_and_read, 8);
    while (test_count_entries(".") > 1)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
}

/* To a pipe that is lost with what is in it if nobody has it open. */
static int write_slowly(void *argument)
{
    int descriptor;

    while ((descriptor = open(argument, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(write(descriptor, "abc", 3), 3);
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    }
    close(descriptor);
    return 0;
}

in_task(pipe_is_read_until_its_writer_is_gone)
{
    const duet_whole_file_read_options five = {.limit_bytes = 5};
    char *bytes;
    size_t length;
    int other;

    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_status(duet_spawn(write_slowly, "pipe", NULL, NULL), 0);
    assert_status(
        duet_whole_file_read("pipe", NULL, &bytes, &length, DUET_NEVER), 0);
    assert_string_equal(bytes, "abcabcabc");
    assert_int_equal(length, 9);
    free(bytes);
    other = open("pipe", O_RDWR | O_CLOEXEC);
    assert_int_equal(write(other, "abcdef", 6), 6);
    assert_status(
        duet_whole_file_read("pipe", &five, &bytes, &length, DUET_NEVER),
        DUET_ETOOLARGE);
    assert_string_equal(duet_error_detail(), "read pipe: larger than 5 bytes");
    assert_null(bytes);
    close(other);
}

/* Nothing is left that would keep the program from ending. */
in_task(pipe_that_gives_nothing_can_be_given_up)
{
    char *bytes;

    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_status(
        duet_whole_file_read("pipe", NULL, &bytes, NULL, duet_in_ms(5)),
        DUET_ETIMEDOUT);
    assert_status(duet_whole_file_write("pipe", "a", 1, NULL, duet_in_ms(5)),
                  DUET_ETIMEDOUT);
}

TEST_MAIN(in_folder(pipe_is_read_until_its_writer_is_gone),
          in_folder(pipe_that_gives_nothing_can_be_given_up),
          in_folder(what_was_written_is_read), in_folder(size_limit_is_exact),
          in_folder(file_without_a_size_is_read_to_its_end),
          in_folder(failures_name_the_path),
          in_folder(cancelled_write_tears_nothing),
          in_folder(full_disk_leaves_the_old_file),
          in_folder(each_allocation_may_fail))
