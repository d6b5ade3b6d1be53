/* SPDX-License-Identifier: MIT */
#include "support/abort.h"
#include "support/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/duet.h>

#ifdef DUET_THREAD_CHECKS
enum { CHECKED = true };
#else
enum { CHECKED = false };
#endif

static void *cancel_from_thread(void *task)
{
    pthread_setname_np(pthread_self(), "intruder");
    duet_task_cancel(task);
    return NULL;
}

static int let_a_thread_in(void *argument)
{
    pthread_t thread;

    (void)argument;
    pthread_create(&thread, NULL, cancel_from_thread, duet_current_task());
    pthread_join(thread, NULL);
    return 0;
}

static void foreign_thread_ends_the_program_and_is_named(void **state)
{
    char text[2048];

    (void)state;
    if (!CHECKED)
        test_skip("a release build does not check threads");
    test_abort(let_a_thread_in, text, sizeof text);
    assert_non_null(strstr(text, "thread 'intruder'"));
    assert_non_null(strstr(text, "called duet_task_cancel()"));
    assert_non_null(strstr(text, "#1 "));
}

static void *inspect_from_thread(void *loop)
{
    char *text;

    if (duet_inspect_text(loop, NULL, &text) == 0)
        free(text);
    return NULL;
}

static int let_a_thread_look(void *argument)
{
    pthread_t thread;

    (void)argument;
    pthread_create(&thread, NULL, inspect_from_thread, duet_current_loop());
    pthread_join(thread, NULL);
    return 0;
}

static void foreign_thread_that_looks_at_tasks_is_told(void **state)
{
    char text[2048];

    (void)state;
    if (!CHECKED)
        test_skip("a release build does not check threads");
    test_abort(let_a_thread_look, text, sizeof text);
    assert_non_null(strstr(text, "called duet_inspect_text()"));
}

/* --- what nobody waits for ------------------------------------------------ */

static duet_event *event;
static duet_queue *queue;
static duet_lock *lock;
static duet_semaphore *semaphore;
static duet_channel *channel;
static duet_condition *condition;
static duet_barrier *barrier;
static duet_read_write_lock *read_write_lock;

static void make_all(void)
{
    assert_status(duet_event_new(&event), 0);
    assert_status(duet_queue_new(NULL, &queue), 0);
    assert_status(duet_lock_new(&lock), 0);
    assert_status(duet_semaphore_new(1, NULL, &semaphore), 0);
    assert_status(duet_channel_new(1, 1, &channel), 0);
    assert_status(duet_condition_new(lock, &condition), 0);
    assert_status(duet_barrier_new(2, &barrier), 0);
    assert_status(duet_read_write_lock_new(&read_write_lock), 0);
}

static void free_all(void)
{
    duet_read_write_lock_free(read_write_lock);
    duet_barrier_free(barrier);
    duet_condition_free(condition);
    duet_channel_free(channel);
    duet_semaphore_free(semaphore);
    duet_lock_free(lock);
    duet_queue_free(queue);
    duet_event_free(event);
}

/* Each touches one of them. */
static void set_event(void)
{
    duet_event_set(event);
}

static void ask_event(void)
{
    duet_event_is_set(event);
}

static void put_into_queue(void)
{
    assert_status(duet_queue_put_now(queue, NULL), 0);
}

static void ask_lock(void)
{
    duet_lock_is_held(lock);
}

static void release_semaphore(void)
{
    duet_semaphore_release(semaphore);
}

static void close_channel(void)
{
    duet_channel_close(channel);
}

static void notify_condition(void)
{
    duet_condition_notify(condition, 1);
}

static void abort_barrier(void)
{
    duet_barrier_abort(barrier);
}

static void release_read_write_lock(void)
{
    duet_read_write_lock_release(read_write_lock);
}

static const struct {
    void (*touch)(void);
    const char *name;
} touches[] = {
    {set_event, "called duet_event_set()"},
    {ask_event, "called duet_event_is_set()"},
    {put_into_queue, "called duet_queue_put_now()"},
    {ask_lock, "called duet_lock_is_held()"},
    {release_semaphore, "called duet_semaphore_release()"},
    {close_channel, "called duet_channel_close()"},
    {notify_condition, "called duet_condition_notify()"},
    {abort_barrier, "called duet_barrier_abort()"},
    {release_read_write_lock, "called duet_read_write_lock_release()"},
};

enum { TOUCHES = sizeof touches / sizeof *touches };

static size_t chosen; /* of touches */

static int touch_all(void *argument)
{
    (void)argument;
    for (size_t i = 0; i < TOUCHES; i++)
        if (touches[i].touch != abort_barrier &&
            touches[i].touch != close_channel)
            touches[i].touch();
    duet_barrier_reset(barrier);
    return duet_channel_count(channel) == 0 ? 0 : DUET_ESTATE;
}

static void *touch_chosen(void *argument)
{
    (void)argument;
    touches[chosen].touch();
    return NULL;
}

static int touch_from_a_thread(void *argument)
{
    pthread_t thread;

    (void)argument;
    make_all();
    touch_all(NULL);
    pthread_create(&thread, NULL, touch_chosen, NULL);
    pthread_join(thread, NULL);
    return 0;
}

static void what_nobody_waits_for_is_guarded_too(void **state)
{
    (void)state;
    if (!CHECKED)
        test_skip("a release build does not check threads");
    for (chosen = 0; chosen < TOUCHES; chosen++) {
        char text[2048];

        test_abort(touch_from_a_thread, text, sizeof text);
        assert_non_null(strstr(text, touches[chosen].name));
    }
}

static void *use_in_a_loop(void *argument)
{
    (void)argument;
    assert_status(duet_run(touch_all, NULL, NULL), 0);
    return NULL;
}

static void what_tasks_share_goes_on_to_the_next_loop(void **state)
{
    pthread_t thread;

    (void)state;
    make_all();
    use_in_a_loop(NULL);
    assert_int_equal(pthread_create(&thread, NULL, use_in_a_loop, NULL), 0);
    pthread_join(thread, NULL);
    use_in_a_loop(NULL);
    free_all();
}

/* --- the loop --------------------------------------------------------------
 */

static int run_elsewhere(void *argument)
{
    *(pthread_t *)argument = pthread_self();
    return duet_yield();
}

static void *run_loop(void *loop)
{
    pthread_t ran_in;

    assert_status(duet_loop_run(loop, run_elsewhere, &ran_in), 0);
    assert_true(pthread_equal(ran_in, pthread_self()));
    return NULL;
}

static void loop_belongs_to_the_thread_that_runs_it(void **state)
{
    pthread_t thread;
    duet_loop *loop;

    (void)state;
    assert_status(duet_loop_new(NULL, &loop), 0);
    assert_int_equal(pthread_create(&thread, NULL, run_loop, loop), 0);
    pthread_join(thread, NULL);
    run_loop(loop);
    duet_loop_free(loop);
}

TEST_MAIN(test(foreign_thread_that_looks_at_tasks_is_told),
          test(foreign_thread_ends_the_program_and_is_named),
          test(what_nobody_waits_for_is_guarded_too),
          test(what_tasks_share_goes_on_to_the_next_loop),
          test(loop_belongs_to_the_thread_that_runs_it))
