/* SPDX-License-Identifier: MIT */
#include "runtime/context/stack.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/error.h>

#include "runtime/context/context.h"
#include "support/test.h"
#include "support/valgrind.h"

static void a_stack_is_writable_to_its_last_byte(void **state)
{
    const size_t sizes[] = {16 * 1024, 16 * 1024 + 1, 64 * 1024, 1024 * 1024};
    duet__stack_pool pool = {0};
    duet__stack stack;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_status(duet__stack_take(&pool, sizes[i], &stack), 0);
        assert_true(stack.bytes >= sizes[i]);
        assert_int_equal((uintptr_t)stack.low % 4096, 0);
        memset(stack.low, 0xa5, stack.bytes);
        duet__stack_give(&pool, stack);
    }
    duet__stack_pool_free(&pool);
}

static void largest_stack_works_and_larger_is_refused(void **state)
{
    duet__stack_pool pool = {0};
    duet__stack stack;

    (void)state;
    assert_status(duet__stack_take(&pool, DUET__STACK_LARGEST_BYTES, &stack),
                  0);
    memset(stack.low, 1, 4096);
    duet__stack_give(&pool, stack);
    assert_status(
        duet__stack_take(&pool, DUET__STACK_LARGEST_BYTES + 1ul, &stack),
        DUET_EINVAL);
    assert_non_null(strstr(duet_error_detail(), "67108865"));
    assert_status(duet__stack_take(&pool, SIZE_MAX, &stack), DUET_EINVAL);
    duet__stack_pool_free(&pool);
}

static void last_given_back_is_first_taken(void **state)
{
    duet__stack_pool pool = {0};
    duet__stack a;
    duet__stack b;
    duet__stack again;

    (void)state;
    assert_status(duet__stack_take(&pool, 64 * 1024, &a), 0);
    assert_status(duet__stack_take(&pool, 64 * 1024, &b), 0);
    duet__stack_give(&pool, a);
    duet__stack_give(&pool, b);
    assert_status(duet__stack_take(&pool, 64 * 1024, &again), 0);
    assert_ptr_equal(again.low, b.low);
    assert_int_equal(again.bytes, b.bytes);
    assert_status(duet__stack_take(&pool, 64 * 1024, &again), 0);
    assert_ptr_equal(again.low, a.low);
    duet__stack_pool_free(&pool);
}

static void a_class_is_the_next_power_of_two(void **state)
{
    duet__stack_pool pool = {0};
    duet__stack stack;

    (void)state;
    for (size_t bytes = 16 * 1024; bytes <= 1024 * 1024; bytes *= 2) {
        assert_status(duet__stack_take(&pool, bytes, &stack), 0);
        assert_int_equal(stack.bytes, bytes);
        assert_status(duet__stack_take(&pool, bytes + 1, &stack), 0);
        assert_int_equal(stack.bytes, 2 * bytes);
    }
    duet__stack_pool_free(&pool);
}

enum { MANY = 5000 }; /* more than a slab has, and than are kept warm */

static int by_address(const void *a, const void *b)
{
    const duet__stack *left = a;
    const duet__stack *right = b;

    return (left->low > right->low) - (left->low < right->low);
}

static void many_stacks_do_not_overlap_and_survive_recycling(void **state)
{
    static duet__stack stacks[MANY];
    duet__stack_pool pool = {0};

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            assert_status(duet__stack_take(&pool, 16 * 1024, &stacks[i]), 0);
            memset((char *)stacks[i].low + stacks[i].bytes - 64, i, 64);
        }
        qsort(stacks, MANY, sizeof stacks[0], by_address);
        for (int i = 1; i < MANY; i++)
            assert_true((char *)stacks[i - 1].low + stacks[i - 1].bytes <
                        (char *)stacks[i].low);
        for (int i = 0; i < MANY; i++)
            duet__stack_give(&pool, stacks[i]);
    }
    duet__stack_pool_free(&pool);
}

static void guard_is_told_from_the_stack_and_from_elsewhere(void **state)
{
    duet__stack_pool pool = {0};
    duet__stack stack;
    char *low;
    int elsewhere = 0;

    (void)state;
    assert_false(duet__stack_guards(&pool, &elsewhere));
    assert_status(duet__stack_take(&pool, 64 * 1024, &stack), 0);
    low = stack.low;
    assert_true(duet__stack_guards(&pool, low - 1));
    assert_true(duet__stack_guards(&pool, low - 4096));
    assert_false(duet__stack_guards(&pool, low));
    assert_false(duet__stack_guards(&pool, low + stack.bytes - 1));
    assert_false(duet__stack_guards(&pool, &elsewhere));
    assert_false(duet__stack_guards(&pool, NULL));
    duet__stack_pool_free(&pool);
}

/* True if a child that writes one byte below a stack dies of it. */
static bool guard_kills(bool by_protection)
{
    duet__stack_pool pool = {.no_guard_regions = by_protection};
    const struct rlimit no_core = {0, 0};
    duet__stack stack;
    pid_t child;
    int ended;

    assert_status(duet__stack_take(&pool, 64 * 1024, &stack), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGSEGV, SIG_DFL);
        *(volatile char *)stack.low = 1;
        *((volatile char *)stack.low - 1) = 1;
        _exit(0);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    duet__stack_pool_free(&pool);
    return WIFSIGNALED(ended) && WTERMSIG(ended) == SIGSEGV;
}

static void touching_the_guard_faults_in_both_forms(void **state)
{
    (void)state;
    assert_true(guard_kills(false));
    assert_true(guard_kills(true));
}

/* What a pool may have found out about the system. */
static const duet__stack_pool systems[] = {
    {.no_batches = false},
    {.no_batches = true},
    {.no_guard_regions = true},
};
enum { SYSTEMS = sizeof systems / sizeof systems[0] };

/* write() reads for us: it fails where a touch would kill. */
static bool can_be_read(const char *byte, int descriptor)
{
    ssize_t written = write(descriptor, byte, 1);

    assert_true(written == 1 || errno == EFAULT);
    return written == 1;
}

static void each_of_many_stacks_has_a_guard(void **state)
{
    enum { STACKS = 300 }; /* more than one slab of the largest here */
    static duet__stack stacks[STACKS];

    (void)state;
    for (int system = 0; system < SYSTEMS; system++) {
        duet__stack_pool pool = systems[system];
        int ends[2];

        assert_int_equal(pipe(ends), 0);
        for (int i = 0; i < STACKS; i++)
            assert_status(duet__stack_take(&pool, 64 * 1024, &stacks[i]), 0);
        for (int i = 0; i < STACKS; i++) {
            char *low = stacks[i].low;

            assert_false(can_be_read(low - 1, ends[1]));
            assert_false(can_be_read(low - 4096, ends[1]));
            assert_true(can_be_read(low, ends[1]));
            assert_true(can_be_read(low + stacks[i].bytes - 1, ends[1]));
            assert_true(duet__stack_guards(&pool, low - 1));
            assert_false(duet__stack_guards(&pool, low));
        }
        close(ends[0]);
        close(ends[1]);
        duet__stack_pool_free(&pool);
    }
}

static void stacks_beyond_the_warm_ones_keep_one_page(void **state)
{
    static duet__stack stacks[MANY];

    (void)state;
    for (int system = 0; system < SYSTEMS; system++) {
        duet__stack_pool pool = systems[system];
        int deep = 0;

        for (int i = 0; i < MANY; i++) {
            assert_status(duet__stack_take(&pool, 16 * 1024, &stacks[i]), 0);
            memset(stacks[i].low, 1, stacks[i].bytes);
        }
        for (int i = 0; i < MANY; i++)
            duet__stack_give(&pool, stacks[i]);
        for (int i = 0; i < MANY; i++)
            deep += duet__stack_touched_bytes(stacks[i]) > 4096;
        assert_in_range(deep, 4096, 4096 + DUET__STACK_BATCH - 1);
        for (int i = 0; i < MANY; i++)
            assert_status(duet__stack_take(&pool, 16 * 1024, &stacks[i]), 0);
        qsort(stacks, MANY, sizeof stacks[0], by_address);
        for (int i = 1; i < MANY; i++)
            assert_true(stacks[i - 1].low < stacks[i].low);
        duet__stack_pool_free(&pool);
    }
}

/* After a burst a single task takes and gives back one stack again and again:
 * that must cost no system call and no page fault. */
static void stack_is_warm_after_a_burst(void **state)
{
    enum { BURST = 5000 };
    static duet__stack stacks[BURST];
    duet__stack_pool pool = {0};
    duet__stack again;

    (void)state;
    for (int i = 0; i < BURST; i++)
        assert_status(duet__stack_take(&pool, 16 * 1024, &stacks[i]), 0);
    for (int i = 0; i < BURST; i++)
        duet__stack_give(&pool, stacks[i]);
    assert_status(duet__stack_take(&pool, 16 * 1024, &again), 0);
    memset(again.low, 7, 100);
    duet__stack_give(&pool, again);
    assert_status(duet__stack_take(&pool, 16 * 1024, &again), 0);
    assert_int_equal(((char *)again.low)[99], 7);
    duet__stack_give(&pool, again);
    for (int i = 0; i < BURST; i++)
        assert_status(duet__stack_take(&pool, 16 * 1024, &stacks[i]), 0);
    duet__stack_pool_free(&pool);
}

/* How many mappings a process may have; 0 if the system does not say. */
static long most_mappings(void)
{
    FILE *file = fopen("/proc/sys/vm/max_map_count", "r");
    long most = 0;

    if (file == NULL)
        return 0;
    if (fscanf(file, "%ld", &most) != 1)
        most = 0;
    fclose(file);
    return most;
}

/* In a process of its own: at the limit, nobody gets a mapping. */
static int take_until_refused(long most)
{
    duet__stack_pool pool = {.no_guard_regions = true};
    duet__stack stack;
    long taken = 0;
    int status = 0;

    while (status == 0 && taken <= most) {
        status = duet__stack_take(&pool, 16 * 1024, &stack);
        if (status == 0) {
            *(volatile char *)stack.low = 1; /* what was given works */
            taken++;
        }
    }
    if (status != DUET_ELIMIT || taken < most / 4 ||
        strstr(duet_error_detail(), "vm.max_map_count") == NULL)
        return 1;
    duet__stack_pool_free(&pool);
    return 0;
}

/* They have mappings of their own, and end the program without. */
static bool is_under_a_tool_that_maps(void)
{
#ifdef DUET__THREAD_SANITIZER
    return true;
#else
    return test_on_valgrind();
#endif
}

static void limit_of_mappings_is_named(void **state)
{
    long most = most_mappings();
    pid_t child;
    int ended;

    (void)state;
    /* To get to a higher limit takes too much memory. */
    if (most == 0 || most > 200000 || is_under_a_tool_that_maps())
        test_skip("the limit of mappings is not reached: %ld", most);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(take_until_refused(most));
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 0);
}

TEST_MAIN(test(a_stack_is_writable_to_its_last_byte),
          test(a_class_is_the_next_power_of_two),
          test(largest_stack_works_and_larger_is_refused),
          test(last_given_back_is_first_taken),
          test(stack_is_warm_after_a_burst),
          test(stacks_beyond_the_warm_ones_keep_one_page),
          test(each_of_many_stacks_has_a_guard),
          test(many_stacks_do_not_overlap_and_survive_recycling),
          test(guard_is_told_from_the_stack_and_from_elsewhere),
          test(touching_the_guard_faults_in_both_forms),
          test(limit_of_mappings_is_named))
