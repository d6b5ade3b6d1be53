/* SPDX-License-Identifier: MIT */
#include "support/folder.h"
#include "support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/output/body_file.h"

static char folder[] = "duet-body-XXXXXX";

static int open_folder(void)
{
    int descriptor;

    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    assert_status(duet__body_directory_open(folder, &descriptor), 0);
    return descriptor;
}

/* How many files the folder has; removes them and it. */
static int empty_folder(int directory)
{
    DIR *listing = opendir(folder);
    struct dirent *entry;
    int count = 0;

    assert_non_null(listing);
    while ((entry = readdir(listing)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        unlinkat(directory, entry->d_name, 0);
    }
    closedir(listing);
    close(directory);
    rmdir(folder);
    return count;
}

static void assert_content(int directory, const char *name, const char *text)
{
    char bytes[100] = "";
    int descriptor = openat(directory, name, O_RDONLY | O_CLOEXEC);

    assert_true(descriptor >= 0);
    assert_true(read(descriptor, bytes, sizeof bytes - 1) >= 0);
    assert_string_equal(bytes, text);
    close(descriptor);
}

static void file_has_its_name_when_it_is_whole(void **state)
{
    int directory = open_folder();
    duet__body_file file;

    (void)state;
    duet__body_file_init(&file, directory);
    assert_status(duet__body_file_start(&file, 1), 0);
    assert_status(duet__body_file_write(&file, "hello", 5), 0);
    assert_int_equal(faccessat(directory, "name", F_OK, 0), -1);
    assert_status(duet__body_file_keep(&file, "name"), 0);
    assert_content(directory, "name", "hello");
    duet__body_file_discard(&file);
    assert_int_equal(empty_folder(directory), 1);
}

static void name_that_is_taken_is_not_overwritten(void **state)
{
    int directory = open_folder();
    duet__body_file file;

    (void)state;
    duet__body_file_init(&file, directory);
    for (uint64_t i = 0; i < 2; i++) {
        assert_status(duet__body_file_start(&file, i), 0);
        assert_status(duet__body_file_write(&file, i == 0 ? "old" : "new", 3),
                      0);
        assert_status(duet__body_file_keep(&file, "name"),
                      i == 0 ? 0 : DUET_EEXIST);
    }
    assert_status(duet__body_file_keep(&file, "other"), 0);
    assert_content(directory, "name", "old");
    assert_content(directory, "other", "new");
    assert_int_equal(empty_folder(directory), 2);
}

static void start_empties_the_file_that_is_open(void **state)
{
    int directory = open_folder();
    duet__body_file file;

    (void)state;
    duet__body_file_init(&file, directory);
    assert_status(duet__body_file_start(&file, 1), 0);
    assert_status(duet__body_file_write(&file, "first attempt", 13), 0);
    assert_status(duet__body_file_start(&file, 1), 0);
    assert_status(duet__body_file_write(&file, "2nd", 3), 0);
    assert_status(duet__body_file_keep(&file, "name"), 0);
    assert_content(directory, "name", "2nd");
    assert_int_equal(empty_folder(directory), 1);
}

static void discarded_file_leaves_nothing(void **state)
{
    int directory = open_folder();
    duet__body_file file;

    (void)state;
    duet__body_file_init(&file, directory);
    duet__body_file_discard(&file);
    assert_status(duet__body_file_start(&file, 1), 0);
    duet__body_file_discard(&file);
    assert_int_equal(empty_folder(directory), 0);
}

static void
file_of_somebody_else_with_the_same_serial_is_left_alone(void **state)
{
    int directory = open_folder();
    duet__body_file ours, theirs;

    (void)state;
    duet__body_file_init(&theirs, directory);
    duet__body_file_init(&ours, directory);
    assert_status(duet__body_file_start(&theirs, 5), 0);
    assert_status(duet__body_file_start(&ours, 5), DUET_EEXIST);
    assert_status(duet__body_file_keep(&theirs, "name"), 0);
    assert_int_equal(empty_folder(directory), 1);
}

static void full_device_is_an_error_with_detail(void **state)
{
    duet__body_file file = {.directory = -1};

    (void)state;
    file.descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC);
    snprintf(file.temporary, sizeof file.temporary, "part");
    assert_status(duet__body_file_write(&file, "x", 1), DUET_ENOSPC);
    assert_string_equal(duet_error_detail(),
                        "write part: No space left on device");
    close(file.descriptor);
}

static void directory_is_made_and_what_is_none_is_refused(void **state)
{
    int directory = open_folder();
    char name[sizeof folder + 10];
    int made = -1;

    (void)state;
    snprintf(name, sizeof name, "%s/new", folder);
    assert_status(duet__body_directory_open(name, &made), 0);
    close(made);
    rmdir(name);
    assert_status(duet__body_directory_open("/dev/null", &made), DUET_ENOTDIR);
    assert_status(duet__body_directory_open("/proc/no/such", &made),
                  DUET_ENOENT);
    assert_int_equal(empty_folder(directory), 0);
}

static void directory_that_cannot_be_written_is_refused(void **state)
{
    enum { NOBODY = 65534 };
    int directory = open_folder();
    bool is_root = geteuid() == 0;
    int made;

    (void)state;
    assert_int_equal(chmod(".", 0711), 0);
    assert_int_equal(chmod(folder, 0555), 0);
    if (is_root) /* who may write everywhere */
        assert_int_equal(seteuid(NOBODY), 0);
    assert_status(duet__body_directory_open(folder, &made), DUET_EACCES);
    if (is_root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(made, -1);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_int_equal(empty_folder(directory), 0);
}

static void touch(int directory, const char *name)
{
    int descriptor =
        openat(directory, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(descriptor >= 0);
    close(descriptor);
}

static bool is_there(int directory, const char *name)
{
    uint64_t bytes;

    return duet__body_file_exists(directory, name, &bytes);
}

static void only_who_is_alone_removes_what_others_left(void **state)
{
    static const char left[] = ".duet-0123456789abcdef.part";
    int directory = open_folder();
    int second;
    int third;

    (void)state;
    touch(directory, left);
    touch(directory, ".duet-.part");
    touch(directory, "a.part");
    assert_status(duet__body_directory_open(folder, &second), 0);
    assert_true(is_there(directory, left)); /* it may be the first one's */
    close(second);
    flock(directory, LOCK_UN); /* as if it had ended */
    assert_status(duet__body_directory_open(folder, &third), 0);
    assert_false(is_there(directory, left));
    close(third);
    assert_int_equal(empty_folder(directory), 2);
}

static void directory_is_made_with_those_above_it(void **state)
{
    int directory = open_folder();
    char name[100];
    int below;

    (void)state;
    snprintf(name, sizeof name, "%s/a//b/", folder);
    assert_status(duet__body_directory_open(name, &below), 0);
    close(below);
    assert_int_equal(unlinkat(directory, "a/b", AT_REMOVEDIR), 0);
    assert_int_equal(unlinkat(directory, "a", AT_REMOVEDIR), 0);
    assert_int_equal(empty_folder(directory), 0);
}

TEST_MAIN(test(only_who_is_alone_removes_what_others_left),
          test(directory_is_made_with_those_above_it),
          in_folder(directory_that_cannot_be_written_is_refused),
          in_folder(file_has_its_name_when_it_is_whole),
          in_folder(name_that_is_taken_is_not_overwritten),
          in_folder(start_empties_the_file_that_is_open),
          in_folder(discarded_file_leaves_nothing),
          in_folder(file_of_somebody_else_with_the_same_serial_is_left_alone),
          in_folder(full_device_is_an_error_with_detail),
          in_folder(directory_is_made_and_what_is_none_is_refused))
