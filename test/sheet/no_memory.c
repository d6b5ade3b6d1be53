/* SPDX-License-Identifier: MIT */
/* DUET_ENOMEM of the contracts: each call is made once without memory, on a
 * loop of its own, which has no room for a timer yet. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <duet/duet.h>
#include <jansson.h>

#include "support/in_task.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/web.h"

/* No sound test waits so long. */
#define SOON duet_in_ms(20000)

/* The call's first allocation fails, and so does the call. */
#define assert_no_memory(call)                                                 \
    do {                                                                       \
        int no_memory_status;                                                  \
                                                                               \
        test_fail_allocation(1);                                               \
        no_memory_status = call;                                               \
        assert_true(test_allocation_failed());                                 \
        test_fail_allocation(0);                                               \
        assert_status(no_memory_status, DUET_ENOMEM);                          \
    } while (0)

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

static int wait_for_event(void *event)
{
    return duet_event_wait(event, DUET_NEVER);
}

static void call_nothing(void *argument)
{
    (void)argument;
}

/* --- waits: no room for a timer ------------------------------------------- */

in_task(waits_for_what_tasks_share)
{
    duet_event *event;
    duet_semaphore *semaphore;
    duet_barrier *barrier;
    duet_future *future;

    assert_status(duet_event_new(&event), 0);
    assert_no_memory(duet_event_wait(event, SOON));
    duet_event_free(event);
    assert_status(duet_semaphore_new(0, 1, &semaphore), 0);
    assert_no_memory(duet_semaphore_acquire(semaphore, SOON));
    duet_semaphore_free(semaphore);
    assert_status(duet_barrier_new(2, &barrier), 0);
    assert_no_memory(duet_barrier_wait(barrier, NULL, SOON));
    duet_barrier_free(barrier);
    assert_status(duet_future_new(&future), 0);
    assert_no_memory(duet_future_wait(future, NULL, SOON));
    duet_future_free(future);
}
