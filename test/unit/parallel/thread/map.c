/* SPDX-License-Identifier: MIT */
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>
#include <duet/thread_pool.h>

#include "support/in_task.h"
#include "support/test.h"

/* Numbers 0, 1, 2, ... up to `end`, each in memory of its own. */
typedef struct numbers {
    int next;
    int end;
    int status_at_end;
} numbers;

static atomic_int alive;

static int next_number(void *context, void **out_argument)
{
    numbers *input = context;
    int *number;

    if (input->next == input->end)
        return input->status_at_end;
    number = malloc(sizeof *number);
    assert_non_null(number);
    *number = input->next++;
    atomic_fetch_add(&alive, 1);
    *out_argument = number;
    return 0;
}

static void free_number(void *argument)
{
    atomic_fetch_sub(&alive, 1);
    free(argument);
}

/* The earlier the number, the longer it takes, within each four. */
static int square_slowly(void *argument)
{
    int number = *(int *)argument;

    usleep((unsigned)(3 - number % 4) * 300);
    return number * number;
}

static int read_in_order(void *argument)
{
    const duet_thread_pool_options four = {.threads = 4, .queue_limit = 2};
    const duet_thread_map_options window = {.window = 5,
                                            .free_argument = free_number};
    numbers input = {.end = 40, .status_at_end = DUET_EEMPTY};
    duet_thread_pool *pool;
    duet_thread_map *map;
    void *number;
    int result;

    (void)argument;
    assert_status(duet_thread_pool_new(&four, &pool), 0);
    assert_status(duet_thread_map_open(pool, square_slowly, next_number, &input,
                                       &window, &map),
                  0);
    for (int i = 0; i < 40; i++) {
        assert_status(duet_thread_map_next(map, &number, &result, DUET_NEVER),
                      0);
        assert_int_equal(*(int *)number, i);
        assert_int_equal(result, i * i);
        assert_true(input.next <= i + 6);
        free_number(number);
    }
    assert_status(duet_thread_map_next(map, &number, &result, DUET_NEVER),
                  DUET_EEMPTY);
    duet_thread_map_close(map);
    assert_status(duet_thread_pool_shutdown(pool, false, DUET_NEVER), 0);
    duet_thread_pool_free(pool);
    return 0;
}

static void results_come_in_order_and_the_input_is_read_as_needed(void **state)
{
    (void)state;
    assert_status(duet_run(read_in_order, NULL, NULL), 0);
    assert_int_equal(atomic_load(&alive), 0);
}

static void endless_input_is_left_early_and_all_is_freed(void **state)
{
    const duet_thread_map_options options = {.free_argument = free_number};
    numbers input = {.end = -1};
    duet_thread_pool *pool;
    duet_thread_map *map;
    void *number;
    int result;

    (void)state;
    assert_status(duet_thread_pool_new(NULL, &pool), 0);
    assert_status(duet_thread_map_open(pool, square_slowly, next_number, &input,
                                       &options, &map),
                  0);
    assert_status(duet_thread_map_next(map, &number, &result, DUET_NEVER), 0);
    free_number(number);
    assert_true(input.next <= 64);
    duet_thread_map_close(map);
    assert_status(duet_thread_pool_shutdown(pool, false, DUET_NEVER), 0);
    duet_thread_pool_free(pool);
    assert_int_equal(atomic_load(&alive), 0);
}

static void failing_source_is_told_after_the_results_before_it(void **state)
{
    numbers input = {.end = 2, .status_at_end = DUET_EIO};
    duet_thread_pool *pool;
    duet_thread_map *map;
    void *number;
    int result;

    (void)state;
    assert_status(duet_thread_pool_new(NULL, &pool), 0);
    assert_status(duet_thread_map_open(pool, square_slowly, next_number, &input,
                                       NULL, &map),
                  0);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_thread_map_next(map, &number, &result, DUET_NEVER),
                      0);
        free_number(number);
    }
    assert_status(duet_thread_map_next(map, &number, &result, DUET_NEVER),
                  DUET_EIO);
    duet_thread_map_close(map);
    duet_thread_pool_free(pool);
}

static int wait_for_go(void *argument)
{
    while (sem_wait(argument) != 0)
        continue;
    return 3;
}

static int give_semaphore(void *context, void **out_argument)
{
    *out_argument = context;
    return 0;
}

static void timed_out_next_can_be_asked_again(void **state)
{
    const duet_thread_map_options options = {.window = 1};
    duet_thread_pool *pool;
    duet_thread_map *map;
    sem_t go_on;
    int result = 0;

    (void)state;
    sem_init(&go_on, 0, 0);
    assert_status(duet_thread_pool_new(NULL, &pool), 0);
    assert_status(duet_thread_map_open(pool, wait_for_go, give_semaphore,
                                       &go_on, &options, &map),
                  0);
    assert_status(duet_thread_map_next(map, NULL, &result, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    sem_post(&go_on);
    assert_status(duet_thread_map_next(map, NULL, &result, DUET_NEVER), 0);
    assert_int_equal(result, 3);
    duet_thread_map_close(map);
    duet_thread_map_close(NULL);
    duet_thread_pool_free(pool);
}

static int refuse_to_begin(void *argument)
{
    (void)argument;
    return DUET_EACCES;
}

static void argument_that_no_thread_took_has_no_result(void **state)
{
    const duet_thread_pool_options broken = {.threads = 1,
                                             .initializer = refuse_to_begin};
    const duet_thread_map_options options = {.window = 3,
                                             .free_argument = free_number};
    numbers input = {.end = 3, .status_at_end = DUET_EEMPTY};
    duet_thread_pool *pool;
    duet_thread_map *map;
    void *number;
    int result = 7;

    (void)state;
    assert_status(duet_thread_pool_new(&broken, &pool), 0);
    assert_status(duet_thread_map_open(pool, square_slowly, next_number, &input,
                                       &options, &map),
                  0);
    for (int i = 0; i < 2; i++)
        assert_status(duet_thread_map_next(map, &number, &result, DUET_NEVER),
                      DUET_EBROKEN);
    assert_int_equal(result, 7);
    duet_thread_map_close(map);
    assert_status(duet_thread_pool_shutdown(pool, false, DUET_NEVER), 0);
    duet_thread_pool_free(pool);

    assert_int_equal(atomic_load(&alive), 0);
}

typedef struct two_steps {
    sem_t begun;
    sem_t go;
} two_steps;

static int say_and_wait(void *argument)
{
    two_steps *steps = argument;

    sem_post(&steps->begun);
    return wait_for_go(&steps->go);
}

static void shut_down_pool_ends_a_map_after_what_had_begun(void **state)
{
    const duet_thread_pool_options one = {.threads = 1};
    duet_thread_pool *pool;
    duet_thread_map *map;
    two_steps steps;
    int result;

    (void)state;
    sem_init(&steps.begun, 0, 0);
    sem_init(&steps.go, 0, 0);
    assert_status(duet_thread_pool_new(&one, &pool), 0);
    assert_status(duet_thread_map_open(pool, say_and_wait, give_semaphore,
                                       &steps, NULL, &map),
                  0);
    assert_status(duet_thread_map_next(map, NULL, &result, DUET_NOW),
                  DUET_ETIMEDOUT);
    wait_for_go(&steps.begun);
    assert_status(duet_thread_pool_shutdown(pool, true, DUET_NOW),
                  DUET_ETIMEDOUT);
    sem_post(&steps.go);
    assert_status(duet_thread_map_next(map, NULL, &result, DUET_NEVER), 0);
    assert_int_equal(result, 3);
    for (int i = 0; i < 2; i++)
        assert_status(duet_thread_map_next(map, NULL, &result, DUET_NEVER),
                      DUET_ECLOSED);
    duet_thread_map_close(map);
    duet_thread_pool_free(pool);
}

/* --- over an array ------------------------------------------------------- */

static int square(void *argument)
{
    int number = *(int *)argument;

    return number > 0 ? number * number
                      : duet_fail(DUET_EIO, "number %d", number);
}

static void array_is_mapped_in_order(void **state)
{
    const duet_thread_map_array_options collect = {.collect_errors = true};
    int numbers[] = {1, 2, 3, -4, 5};
    int results[5];
    duet_thread_pool *pool;

    (void)state;
    assert_status(duet_thread_pool_new(NULL, &pool), 0);
    assert_status(duet_thread_pool_map_array(pool, square, numbers, 3,
                                             sizeof numbers[0], NULL, results,
                                             DUET_NEVER),
                  0);
    assert_int_equal(results[2], 9);
    assert_status(duet_thread_pool_map_array(pool, square, numbers, 5,
                                             sizeof numbers[0], &collect,
                                             results, DUET_NEVER),
                  0);
    assert_int_equal(results[0], 1);
    assert_status(results[3], DUET_EIO);
    assert_int_equal(results[4], 25);
    assert_status(duet_thread_pool_map_array(pool, square, numbers, 5,
                                             sizeof numbers[0], NULL, NULL,
                                             DUET_NEVER),
                  DUET_EIO);
    assert_string_equal(duet_error_message(DUET_EIO), "number -4");
    assert_status(duet_thread_pool_map_array(pool, square, NULL, 0, 1, NULL,
                                             NULL, DUET_NEVER),
                  0);
    duet_thread_pool_free(pool);
}

static void pool_that_was_shut_down_maps_no_array(void **state)
{
    int number = 2;
    int result = 0;
    duet_thread_pool *pool;

    (void)state;
    assert_status(duet_thread_pool_new(NULL, &pool), 0);
    assert_status(duet_thread_pool_shutdown(pool, false, DUET_NEVER), 0);
    assert_status(duet_thread_pool_map_array(pool, square, &number, 1,
                                             sizeof number, NULL, &result,
                                             DUET_NEVER),
                  DUET_ECLOSED);
    assert_status(result, DUET_ECANCELED);
    assert_status(duet_thread_pool_map_array(NULL, square, &number, 1,
                                             sizeof number, NULL, &result,
                                             DUET_NEVER),
                  DUET_ENOLOOP);
    duet_thread_pool_free(pool);
}

typedef struct stopped_map {
    duet_thread_pool *pool;
    two_steps steps[3];
    int results[3];
} stopped_map;

static int map_steps(void *argument)
{
    stopped_map *own = argument;

    return duet_thread_pool_map_array(own->pool, say_and_wait, own->steps, 3,
                                      sizeof own->steps[0], NULL, own->results,
                                      DUET_NEVER);
}

in_task(cancelled_map_of_an_array_waits_for_what_runs)
{
    const duet_thread_pool_options one = {.threads = 1};
    static stopped_map own;
    duet_task *task;
    int result;

    for (int i = 0; i < 3; i++) {
        sem_init(&own.steps[i].begun, 0, 0);
        sem_init(&own.steps[i].go, 0, 0);
    }
    assert_status(duet_thread_pool_new(&one, &own.pool), 0);
    assert_status(duet_spawn(map_steps, &own, NULL, &task), 0);
    assert_status(
        duet_to_thread(wait_for_go, &own.steps[0].begun, NULL, DUET_NEVER), 0);
    duet_task_cancel(task);
    assert_status(duet_task_wait(task, duet_in_ms(5)), DUET_ETIMEDOUT);
    sem_post(&own.steps[0].go);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_int_equal(own.results[0], 3);
    assert_status(own.results[1], DUET_ECANCELED);
    assert_status(own.results[2], DUET_ECANCELED);
    duet_thread_pool_free(own.pool);
}

TEST_MAIN(test(array_is_mapped_in_order),
          test(pool_that_was_shut_down_maps_no_array),
          test(cancelled_map_of_an_array_waits_for_what_runs),
          test(shut_down_pool_ends_a_map_after_what_had_begun),
          test(argument_that_no_thread_took_has_no_result),
          test(results_come_in_order_and_the_input_is_read_as_needed),
          test(endless_input_is_left_early_and_all_is_freed),
          test(failing_source_is_told_after_the_results_before_it),
          test(timed_out_next_can_be_asked_again))
