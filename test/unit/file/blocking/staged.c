/* SPDX-License-Identifier: MIT */
#include "file/blocking/staged.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/folder.h"
#include "support/memory.h"

static const duet__commit replacing = {.sync = true, .replace = true};
static const duet__commit making = {.sync = false, .replace = false};

static duet__handle *stage(const char *target, const char *text)
{
    const duet__job job = {.what = "replace", .path = target};
    duet__handle *handle = NULL;

    assert_status(duet__staged_open(&job, target, 0640, &handle), 0);
    assert_int_equal(write(handle->descriptor, text, strlen(text)),
                     strlen(text));
    return handle;
}

static int commit(duet__handle *handle, duet__commit how)
{
    const duet__job job = {.what = "replace", .path = handle->path};
    int status = duet__staged_commit(&job, handle, how);

    duet__handle_release(handle);
    return status;
}

static unsigned permissions_of(const char *path)
{
    struct stat facts;

    assert_int_equal(stat(path, &facts), 0);
    return facts.st_mode & 07777;
}

static void target_changes_when_committed(void **state)
{
    duet__handle *handle;

    (void)state;
    test_make_file("a", "old");
    handle = stage("a", "new");
    test_file_holds("a", "old");
    assert_int_equal(test_count_entries("."), 2);
    assert_status(commit(handle, replacing), 0);
    test_file_holds("a", "new");
    assert_int_equal(test_count_entries("."), 1);
}

static void released_without_commit_it_is_gone(void **state)
{
    (void)state;
    test_make_file("a", "old");
    duet__handle_release(stage("a", "new"));
    test_file_holds("a", "old");
    assert_int_equal(test_count_entries("."), 1);
}

static void permissions_of_the_target_are_kept(void **state)
{
    (void)state;
    test_make_file("a", "old");
    assert_int_equal(chmod("a", 0751), 0);
    assert_status(commit(stage("a", "new"), replacing), 0);
    assert_int_equal(permissions_of("a"), 0751);
    assert_status(commit(stage("b", "new"), replacing), 0);
    assert_int_equal(permissions_of("b"), 0640);
}

static void link_is_kept_and_its_end_replaced(void **state)
{
    struct stat facts;

    (void)state;
    assert_int_equal(mkdir("d", 0700), 0);
    test_make_file("d/a", "old");
    assert_int_equal(symlink("d/a", "link"), 0);
    assert_status(commit(stage("link", "new"), replacing), 0);
    assert_int_equal(lstat("link", &facts), 0);
    assert_true(S_ISLNK(facts.st_mode));
    test_file_holds("d/a", "new");
}

static void assert_link(const char *path)
{
    struct stat facts;

    assert_int_equal(lstat(path, &facts), 0);
    assert_true(S_ISLNK(facts.st_mode));
}

static void link_whose_end_is_missing_is_kept(void **state)
{
    char here[4096];

    (void)state;
    assert_int_equal(mkdir("d", 0700), 0);
    assert_int_equal(symlink("d/link2", "link"), 0);
    assert_int_equal(symlink("../a", "d/link2"), 0);
    assert_status(commit(stage("link", "new"), replacing), 0);
    assert_link("link");
    assert_link("d/link2");
    test_file_holds("a", "new");
    assert_non_null(getcwd(here, sizeof here - 8));
    strcat(here, "/b");
    assert_int_equal(symlink(here, "absolute"), 0);
    assert_status(commit(stage("absolute", "new"), replacing), 0);
    assert_link("absolute");
    test_file_holds("b", "new");
}

static void only_new_keeps_what_appeared(void **state)
{
    duet__handle *handle = stage("a", "mine");

    (void)state;
    test_make_file("a", "theirs");
    assert_status(commit(handle, making), DUET_EEXIST);
    assert_string_equal(duet_error_detail(), "replace a: exists already");
    test_file_holds("a", "theirs");
    assert_int_equal(test_count_entries("."), 1);
    assert_status(commit(stage("b", "mine"), making), 0);
    test_file_holds("b", "mine");
    assert_int_equal(test_count_entries("."), 2);
}

static void job_given_up_commits_nothing(void **state)
{
    duet__job job = {.what = "replace", .path = "a"};
    duet__handle *handle;

    (void)state;
    test_make_file("a", "old");
    handle = stage("a", "new");
    atomic_store(&job.given_up, true);
    assert_status(duet__staged_commit(&job, handle, replacing), DUET_ECANCELED);
    duet__handle_release(handle);
    test_file_holds("a", "old");
    assert_int_equal(test_count_entries("."), 1);
}

static void device_is_written_as_it_is(void **state)
{
    duet__handle *handle = stage("/dev/null", "x");

    (void)state;
    assert_null(handle->temporary);
    assert_status(commit(handle, replacing), 0);
    assert_int_equal(access("/dev/null", F_OK), 0);
}

static void folder_and_missing_folder_are_refused(void **state)
{
    const duet__job job = {.what = "replace", .path = "it"};
    duet__handle *handle = (duet__handle *)8;

    (void)state;
    assert_status(duet__staged_open(&job, ".", 0600, &handle), DUET_EISDIR);
    assert_null(handle);
    assert_status(duet__staged_open(&job, "no/a", 0600, &handle), DUET_ENOENT);
    assert_string_equal(duet_error_detail(),
                        "replace it: no such file or directory");
}

static void longest_name_can_be_replaced(void **state)
{
    char name[256];

    (void)state;
    memset(name, 'n', 255);
    name[255] = '\0';
    assert_status(commit(stage(name, "new"), replacing), 0);
    test_file_holds(name, "new");
}

static void temporary_names_differ(void **state)
{
    char first[16];
    char second[16];

    (void)state;
    duet__temporary_name(first);
    duet__temporary_name(second);
    assert_memory_not_equal(first, second, 16);
    for (int i = 0; i < 16; i++)
        assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz012345", first[i]));
}

static int stage_once(void)
{
    const duet__job job = {.what = "replace", .path = "a"};
    duet__handle *handle;
    int status = duet__staged_open(&job, "a", 0600, &handle);

    if (status != 0)
        return status;
    status = duet__staged_commit(&job, handle, replacing);
    duet__handle_release(handle);
    return status;
}

/* Without memory for the folder's name the file has been replaced already. */
static void each_allocation_may_fail(void **state)
{
    (void)state;
    test_each_allocation_failing(stage_once, 3);
    assert_int_equal(test_count_entries("."), 1);
}

TEST_MAIN(in_folder(target_changes_when_committed),
          in_folder(released_without_commit_it_is_gone),
          in_folder(permissions_of_the_target_are_kept),
          in_folder(link_is_kept_and_its_end_replaced),
          in_folder(link_whose_end_is_missing_is_kept),
          in_folder(only_new_keeps_what_appeared),
          in_folder(job_given_up_commits_nothing),
          in_folder(device_is_written_as_it_is),
          in_folder(folder_and_missing_folder_are_refused),
          in_folder(longest_name_can_be_replaced), test(temporary_names_differ),
          in_folder(each_allocation_may_fail))
