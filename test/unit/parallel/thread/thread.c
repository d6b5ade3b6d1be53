/* SPDX-License-Identifier: MIT */
#include <duet/thread.h>

#include <semaphore.h>
#include <unistd.h>

#include <duet/duet.h>

#include "base/error.h"
#include "support/in_task.h"
#include "support/test.h"
#include "support/ticker.h"

static int wait_for_ticks(void *argument)
{
    test_await_ticks(argument, 5);
    return duet__fail(DUET_EIO, "after the ticks");
}

in_task(loop_ticks_while_a_task_waits_for_a_thread)
{
    static test_ticker ticker = {.descriptor = -1};
    const duet_thread_options options = {.name = "a-name-of-twenty-byt"};
    duet_thread *thread;
    int result = 0;

    assert_status(duet_thread_start(wait_for_ticks, &ticker, &options, &thread),
                  0);
    assert_status(duet_thread_join(thread, &result, duet_in_ms(2)),
                  DUET_ETIMEDOUT);
    assert_false(duet_thread_is_done(thread));
    assert_status(duet_spawn(test_tick, &ticker, NULL, NULL), 0);
    assert_status(duet_thread_join(thread, &result, DUET_NEVER), 0);
    assert_status(result, DUET_EIO);
    assert_string_equal(duet_error_detail(), "after the ticks");
}

typedef struct pair {
    duet_thread *self;
    sem_t ready;
    sem_t ended;
} pair;

static int join_self(void *argument)
{
    pair *own = argument;

    sem_wait(&own->ready);
    sem_post(&own->ended);
    return duet_thread_join(own->self, NULL, DUET_NEVER);
}

static void plain_thread_waits_and_none_for_itself(void **state)
{
    pair own;
    int result = 0;

    (void)state;
    sem_init(&own.ready, 0, 0);
    sem_init(&own.ended, 0, 0);
    assert_status(duet_thread_start(join_self, &own, NULL, &own.self), 0);
    sem_post(&own.ready);
    assert_status(duet_thread_join(own.self, &result, DUET_NEVER), 0);
    assert_status(result, DUET_EDEADLK);
}

static int post(void *argument)
{
    pair *own = argument;

    sem_wait(&own->ready);
    sem_post(&own->ended);
    return 0;
}

static void released_thread_frees_itself(void **state)
{
    pair own;
    duet_thread *thread;

    (void)state;
    sem_init(&own.ready, 0, 0);
    sem_init(&own.ended, 0, 0);
    assert_status(duet_thread_start(post, &own, NULL, &thread), 0);
    duet_thread_release(thread);
    sem_post(&own.ready);
    sem_wait(&own.ended);
    sem_post(&own.ready);
    assert_status(duet_thread_start(post, &own, NULL, &thread), 0);
    while (!duet_thread_is_done(thread))
        usleep(100);
    duet_thread_release(thread);
    duet_thread_release(NULL);
}

static void stack_too_small_is_refused(void **state)
{
    const duet_thread_options options = {.stack_bytes = 10};
    duet_thread *thread;

    (void)state;
    assert_status(duet_thread_start(post, NULL, &options, &thread),
                  DUET_EINVAL);
    assert_null(thread);
}

static int on_loop(void *argument)
{
    return duet_sleep(duet_in_ms(1)) == 0 &&
                   duet_current_loop() == (duet_loop *)argument
               ? 11
               : 0;
}

/* In the thread. */
static int hand_task(void *argument)
{
    int result = 0;

    assert_status(duet_run_from_thread(argument, on_loop, argument, NULL,
                                       &result, DUET_NEVER),
                  0);
    return result;
}

in_task(thread_hands_a_task_to_the_loop_that_awaits_it)
{
    duet_thread *thread;
    int result = 0;

    assert_status(
        duet_thread_start(hand_task, duet_current_loop(), NULL, &thread), 0);
    assert_status(duet_thread_join(thread, &result, DUET_NEVER), 0);
    assert_int_equal(result, 11);
}

TEST_MAIN(test(loop_ticks_while_a_task_waits_for_a_thread),
          test(plain_thread_waits_and_none_for_itself),
          test(released_thread_frees_itself),
          test(thread_hands_a_task_to_the_loop_that_awaits_it),
          test(stack_too_small_is_refused))
