/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <sys/socket.h>
#include <unistd.h>

#include "stream/socket/descriptor.h"
#include "support/in_task.h"

static duet__flow flow_of(int descriptor)
{
    duet__flow flow;

    assert_status(duet__flow_init(&flow, descriptor, 4), 0);
    return flow;
}

in_task(stream_that_waits_holds_no_memory)
{
    const char *bytes;
    size_t length;
    int ends[2];
    duet__flow flow;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    flow = flow_of(ends[0]);
    assert_int_equal(write(ends[1], "abcdef", 6), 6);
    assert_status(duet__flow_next(&flow, &bytes, &length, DUET_NEVER), 0);
    assert_int_equal(length, 4);
    assert_status(duet__flow_next(&flow, &bytes, &length, DUET_NEVER), 0);
    assert_int_equal(length, 2);
    assert_memory_equal(bytes, "ef", 2);
    assert_status(duet__flow_next(&flow, &bytes, &length, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_null(flow.piece);
    close(ends[0]);
    close(ends[1]);
}

static int count_turns(void *turns)
{
    for (;;) {
        ++*(int *)turns;
        if (duet_yield() != 0)
            return 0;
    }
}

/* A peer that always has bytes. */
in_task(others_run_beside_a_busy_stream)
{
    static char bytes[4096];
    const char *piece;
    size_t length;
    duet_task *other;
    int ends[2];
    int turns = 0;
    duet__flow flow;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    flow = flow_of(ends[0]);
    assert_int_equal(write(ends[1], bytes, sizeof bytes), sizeof bytes);
    assert_status(duet_spawn(count_turns, &turns, NULL, &other), 0);
    for (size_t i = 0; i < sizeof bytes / 4; i++)
        assert_status(duet__flow_next(&flow, &piece, &length, DUET_NEVER), 0);
    assert_true(turns > 32);
    duet_task_cancel(other);
    assert_status(duet_join(other, NULL, DUET_NEVER), 0);
    duet__flow_free(&flow);
    close(ends[0]);
    close(ends[1]);
}

TEST_MAIN(test(stream_that_waits_holds_no_memory),
          test(others_run_beside_a_busy_stream))
