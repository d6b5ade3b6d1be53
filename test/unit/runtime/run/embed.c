/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <poll.h>
#include <pthread.h>

#include <duet/duet.h>

static bool is_readable(int descriptor)
{
    struct pollfd look = {.fd = descriptor, .events = POLLIN};

    return poll(&look, 1, 0) == 1;
}

/* What a foreign loop does, nothing else in it. */
static int drive(duet_loop *loop, int *steps)
{
    struct pollfd look = {.fd = duet_loop_descriptor(loop), .events = POLLIN};
    int status = 1;

    while (status > 0) {
        assert_int_equal(poll(&look, 1, 30000), 1);
        status = duet_loop_step(loop);
        ++*steps;
    }
    return status;
}

static int sleep_thrice(void *argument)
{
    int *slept = argument;

    for (; *slept < 3; ++*slept)
        assert_status(duet_sleep(duet_in_ms(2)), 0);
    assert_int_equal(duet_loop_step(duet_current_loop()), DUET_EBUSY);
    return 5;
}

static void loop_runs_by_its_descriptor_alone(void **state)
{
    duet_loop *loop;
    int slept = 0;
    int steps = 0;

    (void)state;
    assert_status(duet_loop_new(NULL, &loop), 0);
    assert_int_equal(duet_loop_descriptor(loop), -1);
    assert_status(duet_loop_step(loop), DUET_ESTATE);
    assert_status(duet_loop_finish(loop), DUET_ESTATE);
    for (int again = 0; again < 2; again++) {
        slept = steps = 0;
        assert_status(duet_loop_start(loop, sleep_thrice, &slept), 0);
        assert_status(duet_loop_start(loop, sleep_thrice, NULL), DUET_EBUSY);
        assert_status(duet_loop_run(loop, sleep_thrice, NULL), DUET_EBUSY);
        assert_true(duet_deadline_is_now(duet_loop_next(loop)));
        assert_status(duet_loop_finish(loop), DUET_ESTATE);
        assert_status(drive(loop, &steps), 0);
        assert_int_equal(slept, 3);
        /* Once to start, once for each sleep; the rest is slack. */
        assert_in_range(steps, 4, 8);
        assert_null(duet_current_loop());
        assert_int_equal(duet_loop_finish(loop), 5);
    }
    duet_loop_free(loop);
}

static int wait_for_event(void *argument)
{
    return duet_event_wait(argument, DUET_NEVER);
}

static void foreign_code_may_wake_and_cancel_between_steps(void **state)
{
    duet_event *event;
    duet_loop *loop;

    (void)state;
    assert_status(duet_event_new(&event), 0);
    assert_status(duet_loop_new(NULL, &loop), 0);
    assert_status(duet_loop_start(loop, wait_for_event, event), 0);
    assert_int_equal(duet_loop_step(loop), 1);
    assert_true(duet_deadline_is_never(duet_loop_next(loop)));
    assert_false(is_readable(duet_loop_descriptor(loop)));
    duet_event_set(event);
    assert_int_equal(duet_loop_step(loop), 0);
    assert_status(duet_loop_finish(loop), 0);

    duet_event_clear(event);
    assert_status(duet_loop_start(loop, wait_for_event, event), 0);
    assert_int_equal(duet_loop_step(loop), 1);
    duet_loop_cancel(loop);
    assert_int_equal(duet_loop_step(loop), 0);
    duet_loop_cancel(loop); /* has ended: nothing */
    assert_status(duet_loop_finish(loop), DUET_ECANCELED);
    duet_loop_free(loop);
    duet_event_free(event);
}

static void set_event(void *argument)
{
    duet_event_set(argument);
}

typedef struct call {
    duet_loop *loop;
    duet_event *event;
} call;

static void *call_from_thread(void *argument)
{
    call *call = argument;

    assert_status(
        duet_loop_call_from_thread(call->loop, set_event, call->event), 0);
    return NULL;
}

static void call_from_a_thread_makes_the_descriptor_readable(void **state)
{
    pthread_t thread;
    int steps = 0;
    call call;

    (void)state;
    assert_status(duet_event_new(&call.event), 0);
    assert_status(duet_loop_new(NULL, &call.loop), 0);
    assert_status(duet_loop_start(call.loop, wait_for_event, call.event), 0);
    assert_int_equal(duet_loop_step(call.loop), 1);
    assert_int_equal(pthread_create(&thread, NULL, call_from_thread, &call), 0);
    assert_status(drive(call.loop, &steps), 0);
    pthread_join(thread, NULL);
    assert_status(duet_loop_finish(call.loop), 0);
    duet_loop_free(call.loop);
    duet_event_free(call.event);
}

static int sleep_a_day(void *argument)
{
    (void)argument;
    return duet_sleep(duet_in_ms(86400000));
}

static void virtual_time_jumps_in_steps_too(void **state)
{
    const duet_loop_options options = {.virtual_time = true};
    duet_loop *loop;
    int steps = 0;

    (void)state;
    assert_status(duet_loop_new(&options, &loop), 0);
    assert_status(duet_loop_start(loop, sleep_a_day, NULL), 0);
    assert_status(drive(loop, &steps), 0);
    assert_status(duet_loop_finish(loop), 0);
    duet_loop_free(loop);
}

TEST_MAIN(test(loop_runs_by_its_descriptor_alone),
          test(foreign_code_may_wake_and_cancel_between_steps),
          test(call_from_a_thread_makes_the_descriptor_readable),
          test(virtual_time_jumps_in_steps_too))
