/* SPDX-License-Identifier: MIT */
/* What the bare switch costs: nanoseconds of processor time to go from one
 * stack to another and back, with no loop and no task.
 *
 * usage: duet_context COUNT */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/context/context.h"

enum { STACK_BYTES = 64 * 1024 };

static duet__context here, there;

/* Both run this, as tasks that wait in the same function do: a processor that
 * has to return to another place than that of its last call guesses wrong. */
__attribute__((noinline)) static void
switch_often(duet__context *from, duet__context *to, long count)
{
    for (; count > 0; count--)
        duet__context_switch(from, to);
}

static void *come_back(void *argument)
{
    duet__context_entered(&there);
    switch_often(&there, &here, *(long *)argument);
    return duet__context_last(&there, &here);
}

static double processor_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    long count = argc == 2 ? atol(argv[1]) : 0;
    void *stack = aligned_alloc(64, STACK_BYTES);
    if (count <= 0 || stack == NULL) {
        fprintf(stderr, "usage: duet_context COUNT\n");
        return 2;
    }
    duet__context_adopt_thread(&here);
    duet__context_make(&there, stack, STACK_BYTES, come_back, &count);
    double begin = processor_ns();
    switch_often(&here, &there, count);
    double ns = (processor_ns() - begin) / (double)count;
    duet__context_switch(&here, &there); /* it ends */
    duet__context_discard(&there);
    free(stack);
    printf("{\"count\": %ld, \"ns\": %.3f}\n", count, ns);
    return 0;
}
