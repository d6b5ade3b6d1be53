/* SPDX-License-Identifier: MIT */
/* Calls that have to wait, made where nobody can (in a callback, outside tasks
 * on a loop's thread) and by a task that was cancelled: they fail with the code
 * for that, take nothing, and may be made again. */
#include <semaphore.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/in_task.h"
#include "support/process.h"
#include "support/test.h"

/* All busy, until end_all(). */
static duet_shared *shared;
static duet_thread *thread;    /* holds the lock of `shared` */
static duet_thread_pool *pool; /* of one thread, and one place in its queue */
static duet_thread_call *calls[2];
static duet_thread_completions *completion;
static duet_thread_map *map; /* over `pool` */
static duet_process *process;
static sem_t go, locked;

static int wait_for_go(void *argument)
{
    (void)argument;
    while (sem_wait(&go) != 0)
        continue;
    return 0;
}

static int hold_lock(void *argument)
{
    int status = duet_shared_lock(shared, NULL, DUET_NEVER);

    sem_post(&locked);
    wait_for_go(argument);
    duet_shared_unlock(shared);
    return status;
}

static int give_nothing(void *context, void **out_argument)
{
    *out_argument = context;
    return 0;
}

static int pause_for_ever(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    while (pause() != 0)
        continue;
    return 0;
}

static void begin_all(void)
{
    const duet_thread_pool_options one = {.threads = 1, .queue_limit = 1};

    sem_init(&go, 0, 0);
    sem_init(&locked, 0, 0);
    assert_status(duet_shared_new(1, 8, &shared), 0);
    assert_status(
        duet_process_start(pause_for_ever, NULL, 0, NULL, &process, DUET_NEVER),
        0);
    assert_status(duet_thread_start(hold_lock, NULL, NULL, &thread), 0);
    assert_int_equal(sem_wait(&locked), 0);
    assert_status(duet_thread_pool_new(&one, &pool), 0);
    for (int i = 0; i < 2; i++)
        assert_status(duet_thread_pool_submit(pool, wait_for_go, NULL, NULL,
                                              &calls[i], DUET_NEVER),
                      0);
    assert_status(duet_thread_completions_open(calls, 2, &completion), 0);
    assert_status(
        duet_thread_map_open(pool, wait_for_go, give_nothing, NULL, NULL, &map),
        0);
}

static void end_all(void)
{
    int result;

    for (int i = 0; i < 3; i++)
        sem_post(&go);
    assert_status(duet_thread_join(thread, &result, DUET_NEVER), 0);
    assert_status(result, 0);
    duet_thread_map_close(map);
    duet_thread_completions_close(completion);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_thread_call_wait(calls[i], &result, DUET_NEVER), 0);
        assert_status(result, 0);
        duet_thread_call_free(calls[i]);
    }
    assert_status(duet_thread_pool_shutdown(pool, false, DUET_NEVER), 0);
    duet_thread_pool_free(pool);
    duet_process_free(process);
    duet_shared_free(shared);
}

/* --- the calls ------------------------------------------------------------ */

static int join_thread(void)
{
    return duet_thread_join(thread, NULL, DUET_NEVER);
}

static int wait_for_call(void)
{
    return duet_thread_call_wait(calls[0], NULL, DUET_NEVER);
}

static int wait_for_calls(void)
{
    return duet_thread_calls_wait(calls, 2, DUET_UNTIL_FIRST, NULL, DUET_NEVER);
}

static int complete(void)
{
    duet_thread_call *call;

    return duet_thread_completions_next(completion, &call, DUET_NEVER);
}

static int submit(void)
{
    return duet_thread_pool_submit(pool, wait_for_go, NULL, NULL, NULL,
                                   DUET_NEVER);
}

static int next_of_map(void)
{
    return duet_thread_map_next(map, NULL, NULL, DUET_NEVER);
}

static int wait_for_process(void)
{
    return duet_process_wait(process, NULL, DUET_NEVER);
}

static int lock_shared(void)
{
    return duet_shared_lock(shared, NULL, DUET_NEVER);
}

static int shut_pool_down(void) /* it stays shut: the last one */
{
    return duet_thread_pool_shutdown(pool, false, DUET_NEVER);
}

static int (*const waiting[])(void) = {
    join_thread, wait_for_call,    wait_for_calls, complete,      submit,
    next_of_map, wait_for_process, lock_shared,    shut_pool_down};

enum { COUNT = sizeof waiting / sizeof *waiting };

/* --- who calls ------------------------------------------------------------ */

static void call_all(void *statuses)
{
    for (size_t i = 0; i < COUNT; i++)
        ((int *)statuses)[i] = waiting[i]();
}

in_task(callback_cannot_wait)
{
    int statuses[COUNT] = {0};

    begin_all();
    assert_status(duet_call_soon(call_all, statuses), 0);
    assert_status(duet_yield(), 0);
    for (size_t i = 0; i < COUNT; i++)
        assert_status(statuses[i], DUET_ENOLOOP);
    end_all();
}

in_task(cancelled_task_waits_for_nothing)
{
    begin_all();
    for (size_t i = 0; i < COUNT; i++) {
        duet_task_cancel(duet_current_task());
        assert_status(waiting[i](), DUET_ECANCELED);
        duet_task_uncancel(duet_current_task());
    }
    end_all();
}

PROCESS_TEST_MAIN(test(callback_cannot_wait),
                  test(cancelled_task_waits_for_nothing))
