/* SPDX-License-Identifier: MIT */
#include "runtime/context/context.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/test.h"

enum { STACK_BYTES = 256 * 1024 };

typedef struct flow {
    duet__context own;
    duet__context *back;
    void *stack;
    int rounds;
    long seen;
} flow;

static void flow_start(flow *one, duet__context *back,
                       duet__context_entry *entry)
{
    *one = (flow){.back = back, .stack = aligned_alloc(4096, STACK_BYTES)};
    assert_non_null(one->stack);
    duet__context_make(&one->own, one->stack, STACK_BYTES, entry, one);
}

static void flow_end(flow *one)
{
    duet__context_discard(&one->own);
    free(one->stack);
}

static void *count_rounds(void *argument)
{
    flow *one = argument;

    duet__context_entered(&one->own);
    for (; one->rounds > 0; one->rounds--) {
        one->seen++;
        duet__context_switch(&one->own, one->back);
    }
    return duet__context_last(&one->own, one->back);
}

static void control_goes_back_and_forth_between_many(void **state)
{
    enum { FLOWS = 5, ROUNDS = 1000 };
    duet__context thread = {0};
    flow flows[FLOWS];

    (void)state;
    duet__context_adopt_thread(&thread);
    for (int i = 0; i < FLOWS; i++) {
        flow_start(&flows[i], &thread, count_rounds);
        flows[i].rounds = ROUNDS;
    }
    for (int round = 0; round <= ROUNDS; round++)
        for (int i = 0; i < FLOWS; i++)
            duet__context_switch(&thread, &flows[i].own);
    for (int i = 0; i < FLOWS; i++) {
        assert_int_equal(flows[i].seen, ROUNDS);
        flow_end(&flows[i]);
    }
}

/* Many values alive across a switch: some sit in registers that the switch has
 * to keep. */
static long churn(flow *one, long seed)
{
    long a = seed, b = seed * 3, c = seed * 5, d = seed * 7, e = seed * 11,
         f = seed * 13;
    double x = (double)seed / 3;

    for (int i = 0; i < 10; i++) {
        duet__context_switch(&one->own, one->back);
        a += b ^ i, b += c, c += d ^ i, d += e, e += f ^ i, f += a;
        x = x * 1.5 + (double)i;
    }
    return a ^ b ^ c ^ d ^ e ^ f ^ (long)x;
}

static void *churn_entry(void *argument)
{
    flow *one = argument;

    duet__context_entered(&one->own);
    one->seen = churn(one, one->rounds);
    return duet__context_last(&one->own, one->back);
}

static long churn_alone(long seed)
{
    duet__context thread = {0};
    flow one;

    duet__context_adopt_thread(&thread);
    flow_start(&one, &thread, churn_entry);
    one.rounds = (int)seed;
    for (int i = 0; i < 11; i++)
        duet__context_switch(&thread, &one.own);
    flow_end(&one);
    return one.seen;
}

static void registers_survive_a_switch(void **state)
{
    duet__context thread = {0};
    flow flows[2];

    (void)state;
    duet__context_adopt_thread(&thread);
    for (int i = 0; i < 2; i++) {
        flow_start(&flows[i], &thread, churn_entry);
        flows[i].rounds = 1000 + i;
    }
    for (int i = 0; i < 11; i++)
        for (int j = 0; j < 2; j++)
            duet__context_switch(&thread, &flows[j].own);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(flows[i].seen, churn_alone(1000 + i));
        flow_end(&flows[i]);
    }
}

static void *check_alignment(void *argument)
{
    flow *one = argument;
    _Alignas(16) volatile char aligned[16];
    char text[64];

    duet__context_entered(&one->own);
    aligned[0] = 1;
    one->seen = (long)((uintptr_t)aligned % 16);
    /* The C library keeps vectors on the stack and faults if it is askew. */
    snprintf(text, sizeof text, "%.3f", 2.5 + aligned[0]);
    one->rounds = strcmp(text, "3.500");
    return duet__context_last(&one->own, one->back);
}

static void a_new_stack_is_aligned(void **state)
{
    duet__context thread = {0};
    flow one;

    (void)state;
    duet__context_adopt_thread(&thread);
    flow_start(&one, &thread, check_alignment);
    duet__context_switch(&thread, &one.own);
    assert_int_equal(one.seen, 0);
    assert_int_equal(one.rounds, 0);
    flow_end(&one);
}

static void a_context_that_never_ran_can_be_discarded(void **state)
{
    duet__context thread = {0};
    flow one;

    (void)state;
    duet__context_adopt_thread(&thread);
    flow_start(&one, &thread, count_rounds);
    flow_end(&one);
}

TEST_MAIN(test(control_goes_back_and_forth_between_many),
          test(registers_survive_a_switch), test(a_new_stack_is_aligned),
          test(a_context_that_never_ran_can_be_discarded))
