/* SPDX-License-Identifier: MIT */
#include "runtime/core/shuffle.h"

#include "support/test.h"

#include <duet/duet.h>

#include "support/memory.h"

enum { TASKS = 8, ROUNDS = 3, NOTES = TASKS * ROUNDS + 1 };

typedef struct member {
    char *notes;
    char letter;
} member;

static int note_rounds(void *argument)
{
    member *own = argument;

    for (int i = 0; i < ROUNDS; i++) {
        strncat(own->notes, &own->letter, 1);
        assert_status(duet_yield(), 0);
    }
    return 0;
}

static int spawn_members(void *argument)
{
    member members[TASKS];
    duet_call calls[TASKS];

    for (int i = 0; i < TASKS; i++) {
        members[i] = (member){.notes = argument, .letter = (char)('a' + i)};
        calls[i] =
            (duet_call){.function = note_rounds, .argument = &members[i]};
    }
    return duet_gather(calls, TASKS, NULL, DUET_NEVER);
}

static void order_of(uint64_t seed, char notes[NOTES])
{
    const duet_loop_options options = {.virtual_time = true,
                                       .shuffle_seed = seed};

    notes[0] = '\0';
    assert_status(duet_run(spawn_members, notes, &options), 0);
    assert_int_equal(strlen(notes), TASKS * ROUNDS);
}

static void same_seed_gives_the_same_order_again(void **state)
{
    char first[NOTES], again[NOTES], other[NOTES], fifo[NOTES];

    (void)state;
    order_of(0, fifo);
    assert_string_equal(fifo, "abcdefghabcdefghabcdefgh");
    order_of(7, first);
    order_of(7, again);
    order_of(8, other);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_string_not_equal(first, fifo);
}

static void some_seed_lets_a_task_overtake_by_a_whole_round(void **state)
{
    bool overtaken = false;

    (void)state;
    for (uint64_t seed = 1; seed < 100 && !overtaken; seed++) {
        char notes[NOTES];

        order_of(seed, notes);
        for (char letter = 'a'; letter < 'a' + TASKS; letter++) {
            const char *second = strchr(strchr(notes, letter) + 1, letter);

            for (char other = 'a'; other < 'a' + TASKS; other++)
                overtaken = overtaken || strchr(notes, other) > second;
        }
    }
    assert_true(overtaken);
}

static int note_start(void *argument)
{
    strncat(argument, "c", 2);
    return duet_yield();
}

static int start_children_now(void *argument)
{
    const duet_spawn_options now = {.start_now = true};

    for (int i = 0; i < 20; i++) {
        assert_status(duet_spawn(note_start, argument, &now, NULL), 0);
        strncat(argument, "p", 2);
    }
    return 0;
}

static void starting_now_is_not_shuffled(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 20; seed++) {
        const duet_loop_options options = {.shuffle_seed = seed};
        char notes[64] = "";

        assert_status(duet_run(start_children_now, notes, &options), 0);
        assert_string_equal(notes, "cpcpcpcpcpcpcpcpcpcpcpcpcpcpcpcpcpcpcpcp");
    }
}

static void do_nothing(duet__ready *ready)
{
    (void)ready;
}

static void functions_keep_their_places(void **state)
{
    duet__ready members[9] = {0};
    uint64_t random = 3;
    duet__run_queue queue;
    int steps;

    (void)state;
    duet__run_queue_init(&queue);
    for (int i = 0; i < 9; i++) {
        members[i].run = i % 3 == 0 ? do_nothing : NULL;
        duet__run_queue_append(&queue, &members[i]);
    }
    for (int again = 0; again < 50; again++) {
        duet__ready *ready;
        int place = 0;

        steps = duet__shuffle(&queue, &random);
        assert_in_range(steps, 1, 9);
        for (ready = queue.first; ready != NULL; ready = ready->next, place++)
            if (place % 3 == 0)
                assert_ptr_equal(ready, &members[place]);
        assert_int_equal(place, 9);
    }
    while (!duet__run_queue_is_empty(&queue))
        duet__run_queue_take(&queue);
    assert_int_equal(duet__shuffle(&queue, &random), 1);
}

static void without_memory_the_order_stays(void **state)
{
    duet__ready members[4] = {0};
    uint64_t random = 1;
    duet__run_queue queue;

    (void)state;
    duet__run_queue_init(&queue);
    for (int i = 0; i < 4; i++)
        duet__run_queue_append(&queue, &members[i]);
    for (int nth = 1; nth <= 2; nth++) {
        test_fail_allocation(nth);
        duet__shuffle(&queue, &random);
    }
    test_fail_allocation(0);
    for (int i = 0; i < 4; i++)
        assert_ptr_equal(duet__run_queue_take(&queue), &members[i]);
}

TEST_MAIN(test(same_seed_gives_the_same_order_again),
          test(some_seed_lets_a_task_overtake_by_a_whole_round),
          test(starting_now_is_not_shuffled), test(functions_keep_their_places),
          test(without_memory_the_order_stays))
