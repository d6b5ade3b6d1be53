/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "base/arena.h"
#include "support/memory.h"

static duet__text format(duet__arena *arena, const char *format, ...)
{
    va_list arguments;
    duet__text text;

    va_start(arguments, format);
    text = duet__arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}

static void pieces_are_aligned_and_apart(void **state)
{
    max_align_t first[8];
    duet__arena arena;
    char *pieces[100];

    (void)state;
    duet__arena_init(&arena, first, sizeof first);
    for (int i = 0; i < 100; i++) {
        pieces[i] = duet__arena_alloc(&arena, (size_t)i * 3);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        memset(pieces[i], i, (size_t)i * 3);
    }
    for (int i = 0; i < 100; i++) {
        for (int k = 0; k < i * 3; k++)
            assert_int_equal(pieces[i][k], i);
    }
    duet__arena_reset(&arena);
}

static void first_block_is_used_first_and_again(void **state)
{
    max_align_t first[8];
    duet__arena arena;

    (void)state;
    duet__arena_init(&arena, first, sizeof first);
    assert_ptr_equal(duet__arena_alloc(&arena, 1), first);
    assert_non_null(duet__arena_alloc(&arena, 10000));
    duet__arena_reset(&arena);
    assert_ptr_equal(duet__arena_alloc(&arena, 1), first);
    duet__arena_reset(&arena);
}

static void large_piece_leaves_the_small_block_in_use(void **state)
{
    max_align_t first[8];
    duet__arena arena;
    char *small;

    (void)state;
    duet__arena_init(&arena, first, sizeof first);
    small = duet__arena_alloc(&arena, 1);
    assert_non_null(duet__arena_alloc(&arena, 100000));
    assert_ptr_equal(duet__arena_alloc(&arena, 1),
                     small + _Alignof(max_align_t));
    duet__arena_reset(&arena);
}

static void impossible_sizes_give_nothing(void **state)
{
    max_align_t first[2];
    duet__arena arena;

    (void)state;
    duet__arena_init(&arena, first, sizeof first);
    assert_null(duet__arena_alloc(&arena, SIZE_MAX));
    assert_null(duet__arena_alloc(&arena, SIZE_MAX - 40));
    assert_null(duet__arena_copy(&arena, duet__text_of("", SIZE_MAX)));
    test_fail_allocation(1);
    assert_null(duet__arena_alloc(&arena, 100));
    test_fail_allocation(1);
    assert_null(format(&arena, "%100d", 1).bytes);
    duet__arena_reset(&arena);
}

static void copies_and_prints_end_with_nul(void **state)
{
    max_align_t first[2];
    duet__arena arena;
    duet__text text;
    char *copy;

    (void)state;
    duet__arena_init(&arena, first, sizeof first);
    copy = duet__arena_copy(&arena, DUET__TEXT("abc"));
    assert_string_equal(copy, "abc");
    assert_string_equal(duet__arena_copy(&arena, duet__text_of(NULL, 0)), "");
    for (int width = 1; width < 5000; width = width * 3 / 2 + 1) {
        text = format(&arena, "%*d", width, 7);
        assert_int_equal(text.length, width);
        assert_int_equal(text.bytes[width - 1], '7');
        assert_int_equal(text.bytes[width], '\0');
    }
    assert_string_equal(copy, "abc");
    duet__arena_reset(&arena);
}

TEST_MAIN(test(pieces_are_aligned_and_apart),
          test(first_block_is_used_first_and_again),
          test(large_piece_leaves_the_small_block_in_use),
          test(impossible_sizes_give_nothing),
          test(copies_and_prints_end_with_nul))
