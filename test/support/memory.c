/* SPDX-License-Identifier: MIT */
/* memory.c - stands between duet and the allocator. */
#include "support/memory.h"

#include <stdlib.h>

#include "support/test.h"

/* Allocations until the one that fails; 0: none will; ALL: all do. */
enum { ALL = -1 };
static _Thread_local int remaining;
static _Thread_local bool has_failed;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *bytes, size_t size);
void *__real_reallocarray(void *bytes, size_t count, size_t size);
char *__real_strdup(const char *text);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *bytes, size_t size);
void *__wrap_reallocarray(void *bytes, size_t count, size_t size);
char *__wrap_strdup(const char *text);

static bool fails(void)
{
    if (remaining == 0 || (remaining != ALL && --remaining > 0))
        return false;
    has_failed = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *bytes, size_t size)
{
    return fails() ? NULL : __real_realloc(bytes, size);
}

void *__wrap_reallocarray(void *bytes, size_t count, size_t size)
{
    return fails() ? NULL : __real_reallocarray(bytes, count, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

void test_fail_allocation(int nth)
{
    remaining = nth;
    has_failed = false;
}

void test_fail_all_allocations(void)
{
    test_fail_allocation(ALL);
}

bool test_allocation_failed(void)
{
    return has_failed;
}

void test_each_allocation_failing(int (*call)(void), int least)
{
    int nth = 0;
    int status;

    do {
        test_fail_allocation(++nth);
        status = call();
        if (test_allocation_failed())
            assert_status(status, DUET_ENOMEM);
    } while (test_allocation_failed());
    test_fail_allocation(0);
    assert_status(status, 0);
    assert_true(nth > least);
}
