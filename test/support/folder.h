/* SPDX-License-Identifier: MIT */
/* folder.h - temporary folders, and test cases that run in an empty one of
 * their own: TEST_MAIN(in_folder(a), in_folder(b)).
 *
 * They lie in $TMPDIR, else in /tmp, and are named after their process. What a
 * killed one left is removed by a test that makes a folder an hour later. */
#ifndef DUET_TEST_SUPPORT_FOLDER_H
#define DUET_TEST_SUPPORT_FOLDER_H

#include <stddef.h>

#include "support/test.h"

enum { TEST_FOLDER_BYTES = 128 };

/* Makes an empty folder, and removes one with all that is in it. */
void test_folder_make(char folder[TEST_FOLDER_BYTES]);
void test_folder_remove(const char *folder);

/* cmocka's set-up and tear-down: the folder is the working directory between
 * them. Those of test() are part of them. */
int test_enter_folder(void **state);
int test_leave_folder(void **state);

#define in_folder(function)                                                    \
    cmocka_unit_test_setup_teardown(function, test_enter_folder,               \
                                    test_leave_folder)

/* Makes a file that holds `text`. */
void test_make_file(const char *path, const char *text);

/* Fails the test unless the file holds `text` and nothing else. */
void test_file_holds(const char *path, const char *text);

/* How many entries the folder has. */
size_t test_count_entries(const char *path);

#endif
