/* SPDX-License-Identifier: MIT */
#include "parallel/gate/gate.h"

#include <stdatomic.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/test.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static duet__gate gate;
static int items; /* guarded by mutex */

static void reset(void)
{
    duet__gate_init(&gate, DUET__FOR_PEER);
    items = 0;
}

/* Waits for an item and takes it. */
static int take(duet_deadline deadline)
{
    int status = 0;

    pthread_mutex_lock(&mutex);
    while (items == 0 && status == 0)
        status = duet__gate_wait(&gate, &mutex, "item", deadline);
    if (status == 0)
        items--;
    pthread_mutex_unlock(&mutex);
    return status;
}

static void give(void)
{
    pthread_mutex_lock(&mutex);
    items++;
    duet__gate_wake_one(&gate);
    pthread_mutex_unlock(&mutex);
}

static int take_task(void *argument)
{
    (void)argument;
    return take(DUET_NEVER);
}

static bool somebody_waits(void)
{
    bool waits;

    pthread_mutex_lock(&mutex);
    waits = !duet__list_is_empty(&gate.waiters);
    pthread_mutex_unlock(&mutex);
    return waits;
}

static void *give_when_awaited(void *argument)
{
    (void)argument;
    while (!somebody_waits())
        usleep(100);
    give();
    return NULL;
}

static int take_with_giver(int (*taker)(void))
{
    pthread_t giver;
    int status;

    reset();
    assert_int_equal(pthread_create(&giver, NULL, give_when_awaited, NULL), 0);
    status = taker();
    pthread_join(giver, NULL);
    return status;
}

static int take_forever(void)
{
    return take(DUET_NEVER);
}

static int take_on_loop(void)
{
    return duet_run(take_task, NULL, NULL);
}

static void thread_is_woken_by_another(void **state)
{
    (void)state;
    assert_status(take_with_giver(take_forever), 0);
    assert_int_equal(items, 0);
}

static void task_is_woken_by_another_thread(void **state)
{
    (void)state;
    assert_status(take_with_giver(take_on_loop), 0);
    assert_int_equal(items, 0);
}

static void thread_gives_up_at_its_deadline(void **state)
{
    (void)state;
    reset();
    assert_status(take(duet_in_ms(1)), DUET_ETIMEDOUT);
    assert_status(take(DUET_NOW), DUET_ETIMEDOUT);
    assert_false(somebody_waits());
}

static int give_up(void *argument)
{
    (void)argument;
    assert_status(take(duet_in_ms(1000)), DUET_ETIMEDOUT);
    assert_status(take(DUET_NOW), DUET_ETIMEDOUT);
    assert_false(somebody_waits());
    return 0;
}

static void task_gives_up_at_its_deadline(void **state)
{
    const duet_loop_options options = {.virtual_time = true};

    (void)state;
    reset();
    assert_status(duet_run(give_up, NULL, &options), 0);
}

/* The first of two is woken and cancelled before it runs. */
static int pass_on(void *argument)
{
    duet_task *first;
    duet_task *second;
    int result = 0;

    (void)argument;
    assert_status(duet_spawn(take_task, NULL, NULL, &first), 0);
    assert_status(duet_spawn(take_task, NULL, NULL, &second), 0);
    assert_status(duet_yield(), 0);
    give();
    assert_true(duet_task_cancel(first));
    assert_status(duet_join(first, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_status(duet_join(second, &result, DUET_NEVER), 0);
    assert_status(result, 0);
    return 0;
}

static void wake_up_of_a_cancelled_task_goes_to_the_next(void **state)
{
    (void)state;
    reset();
    assert_status(duet_run(pass_on, NULL, NULL), 0);
}

static void wait_in_callback(void *argument)
{
    *(int *)argument = take(DUET_NEVER);
}

static int call_back(void *argument)
{
    (void)argument;
    int status = 1;

    assert_status(duet_loop_call_from_thread(duet_current_loop(),
                                             wait_in_callback, &status),
                  0);
    while (status == 1)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_status(status, DUET_ENOLOOP);
    return 0;
}

static void loop_itself_never_blocks(void **state)
{
    (void)state;
    reset();
    assert_status(duet_run(call_back, NULL, NULL), 0);
}

static atomic_int order;

static void *note_turn(void *argument)
{
    assert_status(take(DUET_NEVER), 0);
    *(int *)argument = atomic_fetch_add(&order, 1);
    return NULL;
}

static size_t count_waiters(void)
{
    size_t count = 0;

    pthread_mutex_lock(&mutex);
    for (duet__link *link = gate.waiters.next; link != &gate.waiters;
         link = link->next)
        count++;
    pthread_mutex_unlock(&mutex);
    return count;
}

static void newest_is_woken_first_if_asked(void **state)
{
    pthread_t threads[2];
    int turns[2];

    (void)state;
    reset();
    gate.newest_first = true;
    atomic_store(&order, 0);
    for (size_t i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, note_turn, &turns[i]);
        while (count_waiters() <= i)
            usleep(100);
    }
    give();
    pthread_join(threads[1], NULL);
    give();
    pthread_join(threads[0], NULL);
    assert_int_equal(turns[1], 0);
    assert_int_equal(turns[0], 1);
}

TEST_MAIN(test(thread_is_woken_by_another),
          test(task_is_woken_by_another_thread),
          test(thread_gives_up_at_its_deadline),
          test(task_gives_up_at_its_deadline),
          test(wake_up_of_a_cancelled_task_goes_to_the_next),
          test(loop_itself_never_blocks), test(newest_is_woken_first_if_asked))
