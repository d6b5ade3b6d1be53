/* SPDX-License-Identifier: MIT */
#include "parallel/shared/shared.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/test.h"
#include "support/ticker.h"
#include "support/valgrind.h"

static duet_shared *new_shared(size_t count, size_t element_bytes)
{
    duet_shared *shared;

    assert_status(duet_shared_new(count, element_bytes, &shared), 0);
    return shared;
}

static void elements_are_zeroed_and_distinct(void **state)
{
    duet_shared *shared = new_shared(100, 12);

    (void)state;
    assert_int_equal(duet_shared_count(shared), 100);
    for (size_t i = 0; i < 100; i++) {
        char *element = duet_shared_at(shared, i);

        for (int j = 0; j < 12; j++)
            assert_int_equal(element[j], 0);
        memset(element, (int)i + 1, 12);
    }
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(((char *)duet_shared_at(shared, i))[11], i + 1);
    duet_shared_free(shared);
    duet_shared_free(NULL);
}

static void second_mapping_shows_the_same(void **state)
{
    duet_shared *shared = new_shared(2, sizeof(int64_t));
    duet_shared *same;

    (void)state;
    assert_status(
        duet__shared_open(dup(duet__shared_descriptor(shared)), &same), 0);
    assert_int_equal(duet_shared_add(shared, 1, 5), 5);
    assert_int_equal(duet_shared_add(same, 1, -7), -2);
    assert_int_equal(duet_shared_get(shared, 1), -2);
    assert_int_equal(duet_shared_get(shared, 0), 0);
    duet_shared_free(shared);
    assert_int_equal(duet_shared_get(same, 1), -2);
    duet_shared_free(same);
}

static void foreign_memory_is_refused(void **state)
{
    duet_shared *shared;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_status(duet__shared_open(ends[0], &shared), DUET_EINVAL);
    assert_null(shared);
    close(ends[1]);
}

static void sizes_out_of_range_are_refused(void **state)
{
    duet_shared *shared;

    (void)state;
    assert_status(duet_shared_new(0, 8, &shared), DUET_EINVAL);
    assert_status(duet_shared_new(8, 0, &shared), DUET_EINVAL);
    assert_status(duet_shared_new(SIZE_MAX / 2, 3, &shared), DUET_ETOOLARGE);
    assert_status(duet_shared_new(SIZE_MAX / 2 + 9, 1, &shared),
                  DUET_ETOOLARGE);
    if (!test_on_valgrind()) /* whose mmap() has another error for that */
        assert_status(duet_shared_new(1, SIZE_MAX / 2 - 8192, &shared),
                      DUET_ENOMEM);
    assert_null(shared);
}

/* Runs `body` in a process of its own; this one has no other thread. */
static pid_t start(void (*body)(duet_shared *shared), duet_shared *shared)
{
    pid_t id = fork();

    assert_true(id >= 0);
    if (id == 0) {
        body(shared);
        _exit(0);
    }
    return id;
}

static void die_with_the_lock(duet_shared *shared)
{
    if (duet_shared_lock(shared, NULL, DUET_NEVER) == 0)
        raise(SIGKILL);
}

static void lock_survives_its_holder(void **state)
{
    duet_shared *shared;
    bool died = false;

    (void)state;
    test_needs_kernel("robust futexes");
    shared = new_shared(1, sizeof(int));
    waitpid(start(die_with_the_lock, shared), NULL, 0);
    assert_status(duet_shared_lock(shared, &died, DUET_NEVER), 0);
    assert_true(died);
    duet_shared_unlock(shared);
    assert_status(duet_shared_lock(shared, &died, DUET_NEVER), 0);
    assert_false(died);
    assert_status(duet_shared_lock(shared, NULL, duet_in_ms(1)), DUET_EDEADLK);
    duet_shared_unlock(shared);
    duet_shared_free(shared);
}

enum { ROUNDS = 10000 };

static void increment(duet_shared *shared)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (duet_shared_lock(shared, NULL, DUET_NEVER) != 0)
            _exit(1);
        ++*(int64_t *)duet_shared_at(shared, 0);
        duet_shared_unlock(shared);
        duet_shared_add(shared, 1, 1);
    }
}

static void processes_count_exactly(void **state)
{
    duet_shared *shared = new_shared(2, sizeof(int64_t));
    pid_t ids[5];

    (void)state;
    for (int i = 0; i < 5; i++)
        ids[i] = start(increment, shared);
    for (int i = 0; i < 5; i++)
        waitpid(ids[i], NULL, 0);
    assert_int_equal(duet_shared_get(shared, 0), 5 * ROUNDS);
    assert_int_equal(duet_shared_get(shared, 1), 5 * ROUNDS);
    duet_shared_free(shared);
}

static duet_shared *held;
static test_ticker ticker = {.descriptor = -1};

/* Holds the lock until the loop has ticked five times. */
static void *hold_for_ticks(void *argument)
{
    assert_status(duet_shared_lock(held, NULL, DUET_NEVER), 0);
    sem_post(argument);
    test_await_ticks(&ticker, 5);
    duet_shared_unlock(held);
    return NULL;
}

static int lock_beside_ticker(void *argument)
{
    assert_status(duet_shared_lock(held, NULL, DUET_NOW), DUET_ETIMEDOUT);
    assert_status(duet_shared_lock(held, NULL, duet_in_ms(2)), DUET_ETIMEDOUT);
    assert_status(duet_spawn(test_tick, &ticker, NULL, NULL), 0);
    assert_status(duet_shared_lock(held, NULL, DUET_NEVER), 0);
    duet_shared_unlock(held);
    (void)argument;
    return 0;
}

static void loop_ticks_while_a_task_waits_for_the_lock(void **state)
{
    pthread_t holder;
    sem_t taken;

    (void)state;
    held = new_shared(1, 8);
    sem_init(&taken, 0, 0);
    pthread_create(&holder, NULL, hold_for_ticks, &taken);
    sem_wait(&taken);
    /* A plain thread gives up at its deadline. */
    assert_status(duet_shared_lock(held, NULL, duet_in_ms(1)), DUET_ETIMEDOUT);
    assert_status(duet_shared_lock(held, NULL, DUET_NOW), DUET_ETIMEDOUT);
    assert_status(duet_run(lock_beside_ticker, NULL, NULL), 0);
    pthread_join(holder, NULL);
    duet_shared_free(held);
}

static int lock_after_another(void *argument)
{
    *(int *)argument = duet_shared_lock(held, NULL, DUET_NEVER);
    duet_shared_unlock(held);
    return 0;
}

static int hold_and_wait(void *argument)
{
    duet_task *task;
    int status = 1;

    (void)argument;
    assert_status(duet_shared_lock(held, NULL, DUET_NEVER), 0);
    assert_status(duet_spawn(lock_after_another, &status, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(3)), 0);
    assert_int_equal(status, 1);
    duet_shared_unlock(held);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    assert_status(status, 0);
    return 0;
}

static void tasks_of_one_thread_exclude_each_other(void **state)
{
    (void)state;
    held = new_shared(1, 8);
    assert_status(duet_run(hold_and_wait, NULL, NULL), 0);
    duet_shared_free(held);
}

/* --- on virtual time ------------------------------------------------------ */

static sem_t is_held;

static void *hold_a_moment(void *argument)
{
    (void)argument;
    assert_status(duet_shared_lock(held, NULL, DUET_NEVER), 0);
    sem_post(&is_held);
    usleep(50000);
    duet_shared_unlock(held);
    return NULL;
}

/* A look at the lock is a silence, in real time, and at most 5 ms of the
 * loop's: the holder has more than three minutes. */
static int lock_within_ten_seconds(void *argument)
{
    pthread_t thread;

    (void)argument;
    assert_int_equal(pthread_create(&thread, NULL, hold_a_moment, NULL), 0);
    sem_wait(&is_held);
    assert_status(duet_shared_lock(held, NULL, duet_in_ms(10000)), 0);
    duet_shared_unlock(held);
    pthread_join(thread, NULL);
    return 0;
}

static void virtual_time_gives_the_holder_real_time(void **state)
{
    const duet_loop_options options = {.virtual_time = true,
                                       .virtual_silence_ms = 100};

    (void)state;
    held = new_shared(1, 8);
    sem_init(&is_held, 0, 0);
    assert_status(duet_run(lock_within_ten_seconds, NULL, &options), 0);
    sem_destroy(&is_held);
    duet_shared_free(held);
}

TEST_MAIN(test(virtual_time_gives_the_holder_real_time),
          test(elements_are_zeroed_and_distinct),
          test(second_mapping_shows_the_same), test(foreign_memory_is_refused),
          test(sizes_out_of_range_are_refused), test(lock_survives_its_holder),
          test(processes_count_exactly),
          test(loop_ticks_while_a_task_waits_for_the_lock),
          test(tasks_of_one_thread_exclude_each_other))
