/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/busy_pool.h"
#include "support/folder.h"
#include "support/in_task.h"
#include "support/memory.h"

static const duet_temporary_options here = {.folder = "."};

static void await_empty_folder(void)
{
    while (test_count_entries(".") > 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
}

in_task(file_has_no_name_unless_asked)
{
    duet_file *file;
    char byte = 0;
    size_t length;

    assert_status(duet_temporary_file_open(&here, &file, DUET_NEVER), 0);
    assert_int_equal(test_count_entries("."), 0);
    assert_status(duet_file_write(file, "x", 1, DUET_NEVER), 0);
    assert_status(duet_file_read_at(file, 0, &byte, 1, &length, DUET_NEVER), 0);
    assert_int_equal(byte, 'x');
    assert_status(duet_file_close(file, DUET_NEVER), 0);
}

in_task(named_file_goes_when_it_is_closed)
{
    const duet_temporary_options options = {
        .folder = ".", .prefix = "pre-", .suffix = ".txt", .named = true};
    struct stat facts;
    const char *path;
    duet_file *file;

    assert_status(duet_temporary_file_open(&options, &file, DUET_NEVER), 0);
    path = duet_file_path(file);
    assert_int_equal(strncmp(path, "./pre-", 6), 0);
    assert_string_equal(path + strlen(path) - 4, ".txt");
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_status(duet_file_close(file, DUET_NEVER), 0);
    assert_int_equal(test_count_entries("."), 0);
}

in_task(folder_goes_with_all_that_is_in_it)
{
    duet_temporary_folder *folder;
    char path[256];
    struct stat facts;

    assert_status(duet_temporary_folder_open(&here, &folder, DUET_NEVER), 0);
    assert_int_equal(stat(duet_temporary_folder_path(folder), &facts), 0);
    assert_true(S_ISDIR(facts.st_mode));
    assert_int_equal(facts.st_mode & 0777, 0700);
    snprintf(path, sizeof path, "%s/a", duet_temporary_folder_path(folder));
    test_make_file(path, "x");
    assert_status(duet_temporary_folder_close(folder, DUET_NEVER), 0);
    assert_int_equal(test_count_entries("."), 0);
    assert_status(duet_temporary_folder_close(NULL, DUET_NEVER), 0);
}

in_task(folder_that_is_gone_can_be_closed)
{
    duet_temporary_folder *folder;

    assert_status(duet_temporary_folder_open(&here, &folder, DUET_NEVER), 0);
    assert_int_equal(rmdir(duet_temporary_folder_path(folder)), 0);
    assert_status(duet_temporary_folder_close(folder, DUET_NEVER), 0);
}

in_task(default_folder_is_that_of_the_environment)
{
    const char *before = getenv("TMPDIR");
    char *kept = before != NULL ? strdup(before) : NULL;
    duet_temporary_folder *folder;

    assert_int_equal(setenv("TMPDIR", ".", 1), 0);
    assert_status(duet_temporary_folder_open(NULL, &folder, DUET_NEVER), 0);
    assert_int_equal(strncmp(duet_temporary_folder_path(folder), "./duet-", 7),
                     0);
    assert_status(duet_temporary_folder_close(folder, DUET_NEVER), 0);
    if (kept != NULL)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    free(kept);
}

in_task(wrong_options_are_refused)
{
    const duet_temporary_options slash = {.folder = ".", .prefix = "a/b"};
    const duet_temporary_options missing = {.folder = "none"};
    duet_temporary_folder *folder = (duet_temporary_folder *)8;
    duet_file *file = (duet_file *)8;

    assert_status(duet_temporary_file_open(&slash, &file, DUET_NEVER),
                  DUET_EINVAL);
    assert_null(file);
    assert_status(duet_temporary_folder_open(&slash, &folder, DUET_NEVER),
                  DUET_EINVAL);
    assert_null(folder);
    assert_status(duet_temporary_file_open(&missing, &file, DUET_NEVER),
                  DUET_ENOENT);
    assert_status(duet_temporary_folder_open(&missing, &folder, DUET_NEVER),
                  DUET_ENOENT);
    assert_non_null(strstr(duet_error_detail(), "none: no such file"));
}

static int make_all(void *unused)
{
    const duet_temporary_options named = {.folder = ".", .named = true};
    duet_temporary_folder *folder;
    duet_file *file;
    int status = duet_temporary_folder_open(&here, &folder, DUET_NEVER);

    (void)unused;
    if (status != 0)
        return status;
    status = duet_temporary_file_open(&named, &file, DUET_NEVER);
    if (status == 0)
        (void)!duet_file_close(file, DUET_NEVER);
    duet_temporary_folder_close(folder, DUET_NEVER);
    return status;
}

/* Cancelled at many points, in opening and in closing. */
in_task(cancelled_calls_leave_nothing)
{
    for (int i = 0; i < 60; i++) {
        duet_task *task;

        assert_status(duet_spawn(make_all, NULL, NULL, &task), 0);
        assert_status(duet_sleep(duet_in_ns(i * 4000)), 0);
        duet_task_cancel(task);
        assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    }
    await_empty_folder();
}

in_task(closing_past_the_deadline_removes)
{
    duet_temporary_folder *folder;

    assert_status(duet_temporary_folder_open(&here, &folder, DUET_NEVER), 0);
    test_make_pool_busy();
    assert_status(duet_temporary_folder_close(folder, DUET_NOW),
                  DUET_ETIMEDOUT);
    test_make_pool_free();
}

static void run_waits_for_the_removal(void **state)
{
    closing_past_the_deadline_removes(state);
    assert_int_equal(test_count_entries("."), 0);
}

static int make_once(void)
{
    return make_all(NULL);
}

in_task(each_allocation_may_fail)
{
    assert_status(make_once(), 0); /* makes the pool */
    for (int nth = 1; nth < 30; nth++) {
        int status;

        test_fail_allocation(nth);
        status = make_once();
        assert_true(status == DUET_ENOMEM || status == 0);
        test_fail_allocation(0);
        await_empty_folder();
    }
}

TEST_MAIN(in_folder(file_has_no_name_unless_asked),
          in_folder(named_file_goes_when_it_is_closed),
          in_folder(folder_goes_with_all_that_is_in_it),
          in_folder(folder_that_is_gone_can_be_closed),
          in_folder(default_folder_is_that_of_the_environment),
          in_folder(wrong_options_are_refused),
          in_folder(cancelled_calls_leave_nothing),
          in_folder(run_waits_for_the_removal),
          in_folder(each_allocation_may_fail))
