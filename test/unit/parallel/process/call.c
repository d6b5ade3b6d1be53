/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>

#include "base/error.h"
#include "support/in_task.h"
#include "support/process.h"
#include "support/ticker.h"
#include "support/worker.h"

static duet_process_pool *one_worker(int64_t queue_limit)
{
    const duet_process_pool_options options = {.workers = 1,
                                               .queue_limit = queue_limit};
    duet_process_pool *pool;

    assert_status(duet_process_pool_new(&options, &pool), 0);
    return pool;
}

/* One worker that tells in *out_begun when worker_hang_seen() has begun. */
static duet_process_pool *one_seen_worker(int64_t queue_limit,
                                          duet_shared **out_begun)
{
    const duet_process_pool_options options = {.workers = 1,
                                               .queue_limit = queue_limit,
                                               .shared = out_begun,
                                               .shared_count = 1};
    duet_process_pool *pool;

    assert_status(duet_shared_new(1, sizeof(int64_t), out_begun), 0);
    assert_status(duet_process_pool_new(&options, &pool), 0);
    return pool;
}

static int worker_hang_seen(const void *input, size_t length, void **out_output,
                            size_t *out_length)
{
    duet_shared_add(duet_process_shared(0), 0, 1);
    return worker_hang(input, length, out_output, out_length);
}

static void await_begin(duet_shared *begun)
{
    while (duet_shared_get(begun, 0) == 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
}

in_task(bytes_and_details_come_back)
{
    enum { MUCH = 1000 * 1000 };
    duet_process_pool *pool = one_worker(0);
    char *bytes = malloc(MUCH);
    duet_process_output output;

    for (int i = 0; i < MUCH; i++)
        bytes[i] = (char)(i % 251);
    assert_status(duet_process_pool_call(pool, worker_reverse, bytes, MUCH,
                                         &output, DUET_NEVER),
                  0);
    assert_int_equal(output.length, MUCH);
    for (int i = 0; i < MUCH; i++)
        if (((char *)output.bytes)[i] != bytes[MUCH - 1 - i])
            fail();
    duet_process_output_clear(&output);
    assert_status(duet_process_pool_call(pool, worker_fail, "sorry", 5, &output,
                                         DUET_NEVER),
                  0);
    assert_status(output.result, DUET_ERANGE);
    assert_string_equal(output.detail, "sorry");
    assert_string_equal(duet_error_detail(), "sorry");
    duet_process_output_clear(&output);
    duet_process_pool_free(pool);
    free(bytes);
}

in_task(messages_over_the_limit_are_errors)
{
    const duet_process_pool_options small = {.message_limit_bytes = 100};
    size_t lengths[] = {100, 101};
    duet_process_output output;
    duet_process_pool *pool;
    duet_process_call *call;
    char bytes[101] = {0};

    assert_status(duet_process_pool_new(&small, &pool), 0);
    assert_status(duet_process_pool_call(pool, worker_reverse, bytes, 101,
                                         &output, DUET_NEVER),
                  DUET_ETOOLARGE);
    assert_status(
        duet_process_pool_submit(pool, worker_reverse, bytes, 101, &call),
        DUET_ETOOLARGE);
    for (int i = 0; i < 2; i++) {
        duet__fail(DUET_ETOOLARGE, "stale");
        assert_status(duet_process_pool_call(pool, worker_fill, &lengths[i],
                                             sizeof(size_t), &output,
                                             DUET_NEVER),
                      i == 0 ? 0 : DUET_ETOOLARGE);
        assert_string_equal(
            duet_error_message(DUET_ETOOLARGE),
            i == 0 ? "stale" : "the output has 101 bytes, 100 are allowed");
        assert_int_equal(output.result, i == 0 ? 5 : 0);
        assert_int_equal(output.length, i == 0 ? 100 : 0);
        duet_process_output_clear(&output);
    }
    duet_process_pool_free(pool);
}

in_task(submitted_calls_are_awaited_later_and_by_shutdown)
{
    duet_process_pool *pool = one_worker(0);
    duet_process_call *calls[4];
    duet_process_output output;

    for (int i = 0; i < 4; i++)
        assert_status(duet_process_pool_submit(pool, worker_square, &i,
                                               sizeof i, &calls[i]),
                      0);
    assert_status(duet_process_call_wait(calls[0], &output, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_status(duet_process_pool_shutdown(pool, false, DUET_NEVER), 0);
    for (int i = 0; i < 4; i++) {
        assert_status(duet_process_call_wait(calls[i], &output, DUET_NEVER), 0);
        assert_int_equal(output.result, i * i);
        assert_status(duet_process_call_wait(calls[i], &output, DUET_NEVER),
                      DUET_EALREADY);
        duet_process_call_free(calls[i]);
    }
    assert_status(
        duet_process_pool_submit(pool, worker_square, "", 0, &calls[0]),
        DUET_ECLOSED);
    assert_status(
        duet_process_pool_call(pool, worker_square, "", 0, &output, DUET_NEVER),
        DUET_ECLOSED);
    duet_process_call_free(NULL);
    duet_process_pool_free(pool);
}

in_task(shutdown_cancels_what_has_no_worker)
{
    duet_shared *begun;
    duet_process_pool *pool = one_seen_worker(0, &begun);
    duet_process_call *calls[3];
    duet_process_output output;
    int three = 3;

    for (int i = 0; i < 3; i++) {
        assert_status(duet_process_pool_submit(
                          pool, i == 0 ? worker_hang_seen : worker_square,
                          &three, sizeof three, &calls[i]),
                      0);
        /* The second waits for the worker, the third has not begun. */
        if (i == 0)
            await_begin(begun);
        else if (i == 1)
            assert_status(duet_yield(), 0);
    }
    assert_status(duet_process_pool_shutdown(pool, true, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_false(duet_process_call_is_done(calls[0]));
    for (int i = 1; i < 3; i++) {
        assert_true(duet_process_call_is_done(calls[i]));
        assert_status(duet_process_call_wait(calls[i], &output, DUET_NEVER),
                      DUET_ECANCELED);
    }
    assert_true(duet_process_call_cancel(calls[0]));
    assert_status(duet_process_pool_shutdown(pool, true, DUET_NEVER), 0);
    assert_false(duet_process_call_cancel(calls[0]));
    assert_status(duet_process_call_wait(calls[0], &output, DUET_NEVER),
                  DUET_ECANCELED);
    for (int i = 0; i < 3; i++)
        duet_process_call_free(calls[i]);
    duet_process_pool_free(pool);
    duet_shared_free(begun);
}

typedef struct heard {
    int order; /* when it was called, from 1; 0: never */
    int status;
    int result;
} heard;

static int heard_count;

static void hear(duet_process_call *call, void *argument)
{
    heard *own = argument;
    duet_process_output output;

    own->order = ++heard_count;
    assert_true(duet_process_call_is_done(call));
    assert_null(duet_current_task());
    own->status = duet_process_call_wait(call, &output, DUET_NOW);
    own->result = output.result;
    duet_process_output_clear(&output);
}

in_task(ends_are_heard_of_in_order)
{
    duet_process_pool *pool = one_worker(0);
    duet_process_call *calls[3];
    heard ends[4] = {{0}};
    int three = 3;

    heard_count = 0;
    for (int i = 0; i < 3; i++) {
        assert_status(
            duet_process_pool_submit(pool, i == 1 ? worker_hang : worker_square,
                                     &three, sizeof three, &calls[i]),
            0);
        assert_status(duet_process_call_on_end(calls[i], hear, &ends[i]), 0);
    }
    assert_status(duet_process_call_on_end(calls[2], hear, &ends[3]), 0);
    assert_int_equal(heard_count, 0);
    while (ends[0].order == 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(ends[0].result, 9);
    duet_process_call_free(calls[1]); /* cancels it; it is heard of */
    while (ends[3].order == 0)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(ends[1].order, 2);
    assert_status(ends[1].status, DUET_ECANCELED);
    assert_int_equal(ends[2].order, 3);
    assert_int_equal(ends[2].result, 9);
    assert_int_equal(ends[3].order, 4);
    assert_status(ends[3].status, DUET_EALREADY);
    assert_status(duet_process_call_on_end(calls[0], hear, &ends[0]), 0);
    assert_int_equal(ends[0].order, 1); /* soon, not at once */
    assert_status(duet_yield(), 0);
    assert_int_equal(ends[0].order, 5);
    duet_process_call_free(calls[0]);
    duet_process_call_free(calls[2]);
    duet_process_pool_free(pool);
}

in_task(freed_calls_and_pools_cancel)
{
    duet_shared *begun;
    duet_process_pool *pool = one_seen_worker(2, &begun);
    duet_process_call *calls[4];
    duet_process_output output;
    int three = 3;

    for (int i = 0; i < 3; i++)
        assert_status(duet_process_pool_submit(
                          pool, i == 0 ? worker_hang_seen : worker_square,
                          &three, sizeof three, &calls[i]),
                      0);
    assert_status(duet_process_pool_submit(pool, worker_square, &three,
                                           sizeof three, &calls[3]),
                  DUET_EFULL);
    await_begin(begun);
    duet_process_call_free(calls[0]); /* it runs: its worker is killed */
    duet_process_call_free(calls[1]); /* it waits */
    assert_status(duet_process_call_wait(calls[2], &output, DUET_NEVER), 0);
    assert_int_equal(output.result, 9);
    duet_process_call_free(calls[2]);
    for (int i = 0; i < 2; i++)
        assert_status(
            duet_process_pool_submit(pool, worker_hang, "", 0, &calls[i]), 0);
    assert_status(duet_process_pool_shutdown(pool, false, duet_in_ms(5)),
                  DUET_ETIMEDOUT);
    duet_process_pool_free(pool);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_process_call_wait(calls[i], &output, DUET_NEVER),
                      DUET_ECANCELED);
        duet_process_call_free(calls[i]);
    }
    duet_shared_free(begun);
}

static duet_shared *ticks;

static int tick_shared(void *argument)
{
    int status;

    (void)argument;
    while ((status = duet_sleep(duet_in_ms(1))) == 0)
        duet_shared_add(ticks, 0, 1);
    return status;
}

static int await_ticks(const void *input, size_t length, void **out_output,
                       size_t *out_length)
{
    (void)input;
    (void)length;
    (void)out_output;
    (void)out_length;
    while (duet_shared_get(duet_process_shared(0), 0) < 5)
        usleep(200);
    return 1;
}

/* The call ends only if the loop ticks while it runs. */
static int call_beside_ticker(void *argument)
{
    const duet_process_pool_options options = {
        .workers = 1, .shared = &ticks, .shared_count = 1};
    duet_process_output output;
    duet_process_pool *pool;
    duet_task *task;

    (void)argument;
    assert_status(duet_process_pool_new(&options, &pool), 0);
    assert_status(duet_spawn(tick_shared, NULL, NULL, &task), 0);
    assert_status(
        duet_process_pool_call(pool, await_ticks, NULL, 0, &output, DUET_NEVER),
        0);
    assert_int_equal(output.result, 1);
    duet_task_cancel(task);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    duet_process_pool_free(pool);
    return 0;
}

static void loop_ticks_while_a_worker_works(void **state)
{
    (void)state;
    assert_status(duet_shared_new(1, 8, &ticks), 0);
    assert_status(duet_run(call_beside_ticker, NULL, NULL), 0);
    duet_shared_free(ticks);
}

PROCESS_TEST_MAIN(test(bytes_and_details_come_back),
                  test(messages_over_the_limit_are_errors),
                  test(submitted_calls_are_awaited_later_and_by_shutdown),
                  test(shutdown_cancels_what_has_no_worker),
                  test(ends_are_heard_of_in_order),
                  test(freed_calls_and_pools_cancel),
                  test(loop_ticks_while_a_worker_works))
