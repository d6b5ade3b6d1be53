/* SPDX-License-Identifier: MIT */
/* folder.c - see folder.h. */
#include "support/folder.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "duet-folder-"

/* No test runs as long, wherever its process is to be seen. */
enum { OLD_S = 3600 };

static char folder[TEST_FOLDER_BYTES];

static const char *parent(void)
{
    const char *path = getenv("TMPDIR");

    return path != NULL ? path : "/tmp";
}

static int remove_entry(const char *path, const struct stat *facts, int kind,
                        struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    return remove(path);
}

void test_folder_remove(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static bool is_left(const char *path, const char *process)
{
    struct stat facts;

    return stat(path, &facts) == 0 && facts.st_uid == geteuid() &&
           time(NULL) - facts.st_mtime > OLD_S &&
           kill((pid_t)strtol(process, NULL, 10), 0) != 0 && errno == ESRCH;
}

/* Removes what killed tests left; once. */
static void remove_old_folders(void)
{
    static bool done;
    DIR *listing = done ? NULL : opendir(parent());
    const struct dirent *entry;
    char path[4096];

    done = true;
    while (listing != NULL && (entry = readdir(listing)) != NULL) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", parent(), entry->d_name);
        if (is_left(path, entry->d_name + strlen(PREFIX)))
            test_folder_remove(path);
    }
    if (listing != NULL)
        closedir(listing);
}

void test_folder_make(char path[TEST_FOLDER_BYTES])
{
    remove_old_folders();
    snprintf(path, TEST_FOLDER_BYTES, "%s/" PREFIX "%ld-XXXXXX", parent(),
             (long)getpid());
    assert_non_null(mkdtemp(path));
}

int test_enter_folder(void **state)
{
    test_folder_make(folder);
    if (chdir(folder) != 0)
        return -1;
    return test_remember_descriptors(state);
}

int test_leave_folder(void **state)
{
    int result = test_no_descriptor_left(state);

    if (chdir("/") != 0)
        return -1;
    test_folder_remove(folder);
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
