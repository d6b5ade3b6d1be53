/* SPDX-License-Identifier: MIT */
/* test.h - what every unit test includes: cmocka, and the check that nothing
 * is left.
 *
 * TEST_MAIN(test(a), test(b)) runs each case and fails it if the case leaves a
 * descriptor open. Bytes are watched by the sanitizers and by Valgrind. */
#ifndef DUET_TEST_SUPPORT_TEST_H
#define DUET_TEST_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <duet/error.h>

#include "support/record.h"

/* How many descriptors this process has open. */
int test_open_descriptors(void);

/* cmocka's set-up and tear-down of each case: remember, then compare. */
int test_remember_descriptors(void **state);
int test_no_descriptor_left(void **state);

#define test(function)                                                         \
    cmocka_unit_test_setup_teardown(function, test_remember_descriptors,       \
                                    test_no_descriptor_left)

#define TEST_MAIN(...)                                                         \
    int main(void)                                                             \
    {                                                                          \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                       \
        return cmocka_run_group_tests(tests, NULL, NULL);                      \
    }

/* Ends the case as skipped and says what is lost by that. Not in a task. */
#define test_skip(...)                                                         \
    do {                                                                       \
        print_message("SKIPPED: " __VA_ARGS__);                                \
        print_message("\n");                                                   \
        test_record_skip();                                                    \
        skip();                                                                \
    } while (0)

/* Ends the program as skipped from a group's set-up, and says what is lost. */
#define test_skip_all(...)                                                     \
    do {                                                                       \
        print_message("SKIPPED: " __VA_ARGS__);                                \
        print_message("\n");                                                   \
        test_record_skip();                                                    \
        exit(77);                                                              \
    } while (0)

/* Ends the case as skipped if the tests are emulated and the emulator lacks
 * what the case is about, which `what` names. Not in a task. */
void test_needs_kernel(const char *what);

/* Compares status codes and prints their names. */
#define assert_status(actual, expected)                                        \
    test_compare_status((actual), (expected), #actual, __FILE__, __LINE__)
void test_compare_status(int actual, int expected, const char *expression,
                         const char *file, int line);

#endif
