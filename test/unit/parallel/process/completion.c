/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include <duet/duet.h>

#include "support/in_task.h"
#include "support/process.h"

static duet_shared *gates; /* one for each call; 0: closed */

/* Ends with the number of its gate once that is open; odd ones fail. */
static int wait_for_gate(const void *input, size_t length, void **out_output,
                         size_t *out_length)
{
    int number = *(const int *)input;

    (void)length;
    (void)out_output;
    (void)out_length;
    while (duet_shared_get(duet_process_shared(0), (size_t)number) == 0)
        usleep(500);
    return number % 2 == 0 ? number : DUET_EIO;
}

static void open_gate(int number)
{
    duet_shared_add(gates, (size_t)number, 1);
}

enum { CALLS = 3 };

static duet_process_pool *submit(duet_process_call *calls[CALLS])
{
    const duet_process_pool_options options = {
        .workers = CALLS, .shared = &gates, .shared_count = 1};
    duet_process_pool *pool;

    assert_status(duet_shared_new(CALLS, 8, &gates), 0);
    assert_status(duet_process_pool_new(&options, &pool), 0);
    for (int i = 0; i < CALLS; i++)
        assert_status(duet_process_pool_submit(pool, wait_for_gate, &i,
                                               sizeof i, &calls[i]),
                      0);
    return pool;
}

static void end(duet_process_pool *pool)
{
    duet_process_pool_free(pool);
    duet_shared_free(gates);
}

in_task(calls_come_as_they_end)
{
    duet_process_call *calls[CALLS];
    duet_process_pool *pool = submit(calls);
    duet_process_completions *completion;
    duet_process_call *call;

    assert_status(duet_process_completions_open(calls, CALLS, &completion), 0);
    assert_status(
        duet_process_completions_next(completion, &call, duet_in_ms(1)),
        DUET_ETIMEDOUT);
    assert_null(call);
    for (int i = CALLS; --i >= 0;) {
        open_gate(i);
        assert_status(
            duet_process_completions_next(completion, &call, DUET_NEVER), 0);
        assert_ptr_equal(call, calls[i]);
        duet_process_call_free(call);
    }
    assert_status(duet_process_completions_next(completion, &call, DUET_NEVER),
                  DUET_EEMPTY);
    duet_process_completions_close(completion);
    end(pool);
}

static int take_until_empty(void *completion)
{
    duet_process_call *call;
    int taken = 0;

    while (duet_process_completions_next(completion, &call, DUET_NEVER) == 0)
        taken++;
    return taken;
}

static int share_out(void *argument)
{
    enum { ASKERS = 5 };
    duet_process_call *calls[CALLS];
    duet_process_pool *pool = submit(calls);
    duet_process_completions *completion;
    duet_call askers[ASKERS];
    int taken = 0;

    (void)argument;
    assert_status(duet_process_completions_open(calls, CALLS, &completion), 0);
    for (int i = 0; i < ASKERS; i++)
        askers[i] =
            (duet_call){.function = take_until_empty, .argument = completion};
    for (int i = 0; i < CALLS; i++)
        open_gate(i);
    assert_status(duet_gather(askers, ASKERS, NULL, DUET_NEVER), 0);
    for (int i = 0; i < ASKERS; i++)
        taken += askers[i].result;
    assert_int_equal(taken, CALLS);
    duet_process_completions_close(completion);
    for (int i = 0; i < CALLS; i++)
        duet_process_call_free(calls[i]);
    end(pool);
    return 0;
}

static void each_call_is_handed_to_one_of_those_who_ask(void **state)
{
    (void)state;
    assert_status(duet_run(share_out, NULL, NULL), 0);
}

in_task(closed_early_the_calls_go_on)
{
    duet_process_call *calls[CALLS];
    duet_process_pool *pool = submit(calls);
    duet_process_completions *completion;
    duet_process_output output;

    assert_status(duet_process_completions_open(calls, CALLS, &completion), 0);
    duet_process_completions_close(completion);
    duet_process_completions_close(NULL);
    for (int i = 0; i < CALLS; i++)
        open_gate(i);
    for (int i = 0; i < CALLS; i++) {
        assert_status(duet_process_call_wait(calls[i], &output, DUET_NEVER), 0);
        assert_int_equal(output.result, i == 1 ? DUET_EIO : i);
        duet_process_output_clear(&output);
        duet_process_call_free(calls[i]);
    }
    end(pool);
}

in_task(task_waits_for_some_of_several)
{
    duet_process_call *calls[CALLS];
    duet_process_pool *pool = submit(calls);
    size_t done = 9;

    assert_status(duet_process_calls_wait(calls, CALLS, DUET_UNTIL_FIRST, &done,
                                          duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_int_equal(done, 0);
    open_gate(2);
    assert_status(duet_process_calls_wait(calls, CALLS, DUET_UNTIL_FIRST, &done,
                                          DUET_NEVER),
                  0);
    assert_int_equal(done, 1);
    assert_true(duet_process_call_is_done(calls[2]));
    assert_status(duet_process_calls_wait(calls, CALLS, DUET_UNTIL_ERROR, &done,
                                          DUET_NOW),
                  DUET_ETIMEDOUT);
    open_gate(1);
    assert_status(duet_process_calls_wait(calls, CALLS, DUET_UNTIL_ERROR, &done,
                                          DUET_NEVER),
                  0);
    assert_int_equal(done, 2);
    assert_true(duet_process_call_is_done(calls[1]));
    open_gate(0);
    assert_status(duet_process_calls_wait(calls, CALLS, DUET_UNTIL_ALL, &done,
                                          DUET_NEVER),
                  0);
    assert_int_equal(done, CALLS);
    assert_status(
        duet_process_calls_wait(NULL, 0, DUET_UNTIL_ALL, NULL, DUET_NOW), 0);
    for (int i = 0; i < CALLS; i++)
        duet_process_call_free(calls[i]);
    end(pool);
}

in_task(cancelled_call_is_no_error)
{
    duet_process_call *calls[CALLS];
    duet_process_pool *pool = submit(calls);
    size_t done;

    assert_true(duet_process_call_cancel(calls[0]));
    assert_status(
        duet_process_calls_wait(calls, 1, DUET_UNTIL_ALL, NULL, DUET_NEVER), 0);
    assert_status(duet_process_calls_wait(calls, CALLS, DUET_UNTIL_ERROR, &done,
                                          DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_int_equal(done, 1);
    for (int i = 0; i < CALLS; i++)
        duet_process_call_free(calls[i]);
    end(pool);
}

PROCESS_TEST_MAIN(test(calls_come_as_they_end),
                  test(each_call_is_handed_to_one_of_those_who_ask),
                  test(closed_early_the_calls_go_on),
                  test(task_waits_for_some_of_several),
                  test(cancelled_call_is_no_error))
