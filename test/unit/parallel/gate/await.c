/* SPDX-License-Identifier: MIT */
#include "parallel/gate/await.h"

#include <unistd.h>

#include <duet/duet.h>

#include "support/test.h"

static int await_ends(void *argument)
{
    int ends[2];

    (void)argument;
    assert_int_equal(pipe(ends), 0);
    assert_status(duet__await_descriptor(ends[0], false, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_status(duet__await_descriptor(ends[0], false, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_status(duet__await_descriptor(ends[1], true, DUET_NEVER), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_status(duet__await_descriptor(ends[0], false, DUET_NEVER), 0);
    close(ends[0]);
    close(ends[1]);
    return 0;
}

static void thread_waits_with_a_deadline(void **state)
{
    (void)state;
    assert_status(await_ends(NULL), 0);
    assert_status(duet__await_descriptor(999, false, DUET_NEVER), DUET_EBADF);
}

static void task_waits_with_a_deadline(void **state)
{
    (void)state;
    assert_status(duet_run(await_ends, NULL, NULL), 0);
}

TEST_MAIN(test(thread_waits_with_a_deadline), test(task_waits_with_a_deadline))
