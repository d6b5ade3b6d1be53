/* SPDX-License-Identifier: MIT */
/* folder.c - a folder for each test case. */
#include "support/folder.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[4096];

int test_enter_folder(void **state)
{
    const char *parent = getenv("TMPDIR");

    snprintf(folder, sizeof folder, "%s/duet-test-XXXXXX",
             parent != NULL ? parent : "/tmp");
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return -1;
    return test_remember_descriptors(state);
}

static int remove_entry(const char *path, const struct stat *facts, int kind,
                        struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    return remove(path);
}

int test_leave_folder(void **state)
{
    int result = test_no_descriptor_left(state);

    if (chdir("/") != 0)
        return -1;
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return result;
}

void test_make_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

void test_file_holds(const char *path, const char *text)
{
    static char bytes[65536];
    FILE *file = fopen(path, "re");
    size_t length;

    assert_non_null(file);
    length = fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    bytes[length] = '\0';
    assert_string_equal(bytes, text);
}

size_t test_count_entries(const char *path)
{
    DIR *directory = opendir(path);
    size_t count = 0;

    assert_non_null(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 2; /* "." and ".." */
}
