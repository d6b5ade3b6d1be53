/* SPDX-License-Identifier: MIT */
/* test.c - the checks behind test.h. */
#include "support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "support/memory.h"

/* Valgrind has descriptors of its own beyond the limit. */
int test_open_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    const struct dirent *entry;
    struct rlimit limit;
    int count = 0;

    if (directory == NULL || getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return -1;
    while ((entry = readdir(directory)) != NULL)
        count += entry->d_name[0] != '.' &&
                 strtoul(entry->d_name, NULL, 10) < limit.rlim_cur;
    closedir(directory);
    return count - 1; /* the one that lists */
}

int test_remember_descriptors(void **state)
{
    test_fail_allocation(0);
    test_record(0, 0); /* so each program has its record */
    *state = (void *)(intptr_t)test_open_descriptors();
    return 0;
}

int test_no_descriptor_left(void **state)
{
    int before = (int)(intptr_t)*state;
    int after = test_open_descriptors();

    if (after == before)
        return 0;
    fprintf(stderr, "descriptors: %d before the test, %d after\n", before,
            after);
    return -1;
}

void test_needs_kernel(const char *what)
{
    if (sizeof DUET_EMULATOR == 1)
        return;
    test_skip("the emulator has no %s", what);
}

void test_compare_status(int actual, int expected, const char *expression,
                         const char *file, int line)
{
    if (actual == expected)
        return;
    print_error("%s is %d (%s, %s), expected %d (%s)\n", expression, actual,
                duet_error_name(actual), duet_error_message(actual), expected,
                duet_error_name(expected));
    _fail(file, line);
}
