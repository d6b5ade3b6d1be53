/* SPDX-License-Identifier: MIT */
#include "runtime/core/clock.h"
#include "runtime/core/loop.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <duet/future.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/run.h"
#include "support/test.h"

static test_log order;

static void note(void *argument)
{
    test_note(&order, argument);
}

/* --- from other threads -------------------------------------------------- */

typedef struct caller {
    duet_loop *loop;
    duet_future *last;
} caller;

static void settle(void *argument)
{
    caller *own = argument;

    assert_null(duet_current_task());
    assert_ptr_equal(duet_current_loop(), own->loop);
    assert_status(duet_future_set(own->last, NULL), 0);
}

static void *call_three_times(void *argument)
{
    caller *own = argument;

    assert_status(duet_loop_call_from_thread(own->loop, note, "a"), 0);
    assert_status(duet_loop_call_from_thread(own->loop, note, "b"), 0);
    assert_status(duet_loop_call_from_thread(own->loop, settle, own), 0);
    return NULL;
}

static int be_called(void *argument)
{
    caller own = {.loop = duet_current_loop()};
    pthread_t thread;

    (void)argument;
    order.text[0] = '\0';
    assert_status(duet_future_new(&own.last), 0);
    assert_int_equal(pthread_create(&thread, NULL, call_three_times, &own), 0);
    /* The loop sleeps without end: the call wakes it. */
    assert_status(duet_future_wait(own.last, NULL, DUET_NEVER), 0);
    pthread_join(thread, NULL);
    assert_string_equal(order.text, "ab");
    duet_future_free(own.last);
    return 0;
}

static void calls_from_a_thread_come_in_order_and_wake_the_loop(void **state)
{
    (void)state;
    assert_status(duet_run(be_called, NULL, NULL), 0);
    assert_status(
        duet_run(be_called, NULL, &(duet_loop_options){.virtual_time = true}),
        0);
}

enum { THREADS = 4, CALLS = 2000 };

typedef struct counter {
    duet_loop *loop;
    int calls;
} counter;

static void count(void *argument)
{
    ++*(int *)argument;
}

static void *call_often(void *argument)
{
    counter *own = argument;

    for (int i = 0; i < CALLS; i++)
        assert_status(duet_loop_call_from_thread(own->loop, count, &own->calls),
                      0);
    return NULL;
}

in_task(no_call_from_many_threads_is_lost)
{
    counter own = {.loop = duet_current_loop()};
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_often, &own),
                         0);
    while (own.calls < THREADS * CALLS)
        assert_status(duet_yield(), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(own.calls, THREADS * CALLS);
}

static void calls_that_come_too_late_are_made_all_the_same(void **state)
{
    duet_loop *loop;

    (void)state;
    order.text[0] = '\0';
    assert_status(duet_loop_new(NULL, &loop), 0);
    assert_status(duet_loop_call_from_thread(loop, note, "a"), 0);
    assert_status(duet_loop_call_from_thread(loop, note, "b"), 0);
    duet_loop_free(loop);
    assert_string_equal(order.text, "ab");
}

/* --- turns and drivers --------------------------------------------------- */

typedef struct announced {
    int pipe[2];
    int64_t written_ns;
    int64_t heard_ns; /* the loop's time in the callback */
    duet_future *heard;
} announced;

static void *write_later(void *argument)
{
    announced *own = argument;

    usleep(20000);
    own->written_ns = duet_clock_ns();
    assert_int_equal(write(own->pipe[1], "x", 1), 1);
    return NULL;
}

static void hear(void *context, int descriptor, uint32_t events)
{
    announced *own = context;

    (void)events;
    own->heard_ns = duet__loop_current->now_ns;
    duet__source_remove(&duet__loop_current->descriptors, descriptor);
    assert_status(duet_future_set(own->heard, NULL), 0);
}

in_task(what_a_descriptor_announces_is_timed_after_the_sleep)
{
    announced own = {.heard_ns = 0};
    pthread_t thread;

    assert_int_equal(pipe(own.pipe), 0);
    assert_status(duet_future_new(&own.heard), 0);
    assert_status(duet__source_watch(&duet__loop_current->descriptors,
                                     own.pipe[0], EPOLLIN, hear, &own),
                  0);
    assert_int_equal(pthread_create(&thread, NULL, write_later, &own), 0);
    assert_status(duet_future_wait(own.heard, NULL, DUET_NEVER), 0);
    pthread_join(thread, NULL);
    assert_true(own.heard_ns >= own.written_ns);
    duet_future_free(own.heard);
    close(own.pipe[0]);
    close(own.pipe[1]);
}

typedef struct driver {
    duet__driver driver;
    duet_deadline due;
    int64_t ran_at;
    int64_t told_ns; /* the loop's time then */
    int runs;
} driver;

static duet_deadline due(duet__driver *base)
{
    return DUET__MEMBER(base, driver, driver)->due;
}

static void run(duet__driver *base)
{
    driver *own = DUET__MEMBER(base, driver, driver);

    own->ran_at = duet_clock_ns();
    own->told_ns = duet__loop_current->now_ns;
    own->due = DUET_NEVER;
    own->runs++;
}

in_task(what_a_driver_hears_is_timed_after_the_tasks_before)
{
    driver own = {.driver = {.run = run, .due = due}, .due = DUET_NEVER};
    duet_loop *loop = duet_current_loop();
    int64_t worked_until_ns;

    duet__loop_add_driver(loop, &own.driver);
    usleep(5000);
    worked_until_ns = duet_clock_ns();
    own.due = DUET_NOW;
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(own.runs, 1);
    assert_true(own.told_ns >= worked_until_ns);
    duet__loop_remove_driver(loop, &own.driver);
}

in_virtual_time(a_driver_is_run_when_it_is_due)
{
    driver own = {.driver = {.run = run, .due = due}, .due = duet_in_ms(10)};
    duet_loop *loop = duet_current_loop();

    duet__loop_add_driver(loop, &own.driver);
    assert_status(duet_sleep(duet_in_ms(9)), 0);
    assert_int_equal(own.runs, 0);
    assert_status(duet_sleep(duet_in_ms(9)), 0);
    assert_int_equal(own.runs, 1);
    assert_true(own.ran_at == 10 * 1000000);
    own.due = DUET_NOW;
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(own.runs, 2);
    duet__loop_remove_driver(loop, &own.driver);
    own.due = DUET_NOW;
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(own.runs, 2);
}

static int yield_often(void *argument)
{
    while (*(int *)argument < 100000) {
        ++*(int *)argument;
        assert_status(duet_yield(), 0);
    }
    return 0;
}

in_virtual_time(a_busy_task_leaves_drivers_their_turn)
{
    driver own = {.driver = {.run = run, .due = due}, .due = DUET_NOW};
    int yields = 0;
    duet_task *task;

    duet__loop_add_driver(duet_current_loop(), &own.driver);
    assert_status(duet_spawn(yield_often, &yields, NULL, &task), 0);
    while (own.runs == 0)
        assert_status(duet_yield(), 0);
    assert_true(yields < 1000);
    yields = 100000;
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    duet__loop_remove_driver(duet_current_loop(), &own.driver);
}

static int make_and_free(void)
{
    duet_loop *loop;
    int status = duet_loop_new(NULL, &loop);

    duet_loop_free(loop);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_and_free, 2);
    duet_loop_free(NULL);
}

static bool timer_came;

static int await_timer(void *argument)
{
    (void)argument;
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    timer_came = true;
    return 0;
}

/* Gives way again and again, and takes 0.1 ms each time. */
static int hog(void *argument)
{
    int *steps = argument;

    while (!timer_came) {
        int64_t end_ns = duet_clock_ns() + 100000;

        while (duet_clock_ns() < end_ns)
            continue;
        ++*steps;
        assert_status(duet_yield(), 0);
    }
    return 0;
}

in_task(long_turn_ends_before_its_steps_do)
{
    int steps = 0;
    duet_call calls[] = {{await_timer, NULL, 0}, {hog, &steps, 0}};

    timer_came = false;
    assert_status(duet_gather(calls, 2, NULL, DUET_NEVER), 0);
    assert_in_range(steps, 1, 150); /* the clock is looked at each 64 steps */
}

TEST_MAIN(test(long_turn_ends_before_its_steps_do),
          test(calls_from_a_thread_come_in_order_and_wake_the_loop),
          test(no_call_from_many_threads_is_lost),
          test(calls_that_come_too_late_are_made_all_the_same),
          test(what_a_descriptor_announces_is_timed_after_the_sleep),
          test(what_a_driver_hears_is_timed_after_the_tasks_before),
          test(a_driver_is_run_when_it_is_due),
          test(a_busy_task_leaves_drivers_their_turn),
          test(allocation_failures_are_told))
