/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <duet/duet.h>

#include "support/in_task.h"
#include "support/process.h"
#include "support/worker.h"

enum { COUNT = 50 };

static duet_process_pool *three_workers(void)
{
    const duet_process_pool_options options = {.workers = 3};
    duet_process_pool *pool;

    assert_status(duet_process_pool_new(&options, &pool), 0);
    return pool;
}

typedef struct product {
    int left;
    int right;
} product;

static int multiply(const void *input, size_t length, void **out_output,
                    size_t *out_length)
{
    const product *factors = input;

    (void)out_output;
    (void)out_length;
    return length == sizeof *factors ? factors->left * factors->right : -1;
}

in_task(structs_are_mapped_in_order_in_chunks_of_any_size)
{
    const duet_process_map_options chunks[] = {
        {.chunk = 0}, {.chunk = 1}, {.chunk = 7}, {.chunk = 1000}};
    duet_process_pool *pool = three_workers();
    duet_process_output outputs[COUNT];
    product products[COUNT];

    for (int i = 0; i < COUNT; i++)
        products[i] = (product){i, i + 1};
    for (int run = 0; run < 4; run++) {
        assert_status(duet_process_pool_star_map(
                          pool, multiply, products, COUNT, sizeof products[0],
                          &chunks[run], outputs, DUET_NEVER),
                      0);
        for (int i = 0; i < COUNT; i++)
            assert_int_equal(outputs[i].result, i * (i + 1));
    }
    assert_status(
        duet_process_pool_map(pool, multiply, NULL, 0, NULL, NULL, DUET_NEVER),
        0);
    duet_process_pool_free(pool);
}

in_task(bytes_of_any_length_are_mapped)
{
    const char *words[] = {"abc", "", "x"};
    duet_process_pool *pool = three_workers();
    duet_process_input inputs[3];
    duet_process_output outputs[3];

    for (int i = 0; i < 3; i++)
        inputs[i] = (duet_process_input){words[i], strlen(words[i])};
    assert_status(duet_process_pool_map(pool, worker_reverse, inputs, 3, NULL,
                                        outputs, DUET_NEVER),
                  0);
    assert_memory_equal(outputs[0].bytes, "cba", 3);
    assert_int_equal(outputs[1].length, 0);
    assert_memory_equal(outputs[2].bytes, "x", 1);
    for (int i = 0; i < 3; i++)
        duet_process_output_clear(&outputs[i]);
    duet_process_pool_free(pool);
}

in_task(death_of_a_worker_costs_one_result_of_its_chunk)
{
    const duet_process_map_options chunk = {.chunk = 10,
                                            .collect_errors = true};
    duet_process_pool *pool = three_workers();
    duet_process_output outputs[COUNT];
    int numbers[COUNT];

    for (int i = 0; i < COUNT; i++)
        numbers[i] = i % 10 == 4 ? -SIGKILL : i;
    assert_status(duet_process_pool_star_map(pool, worker_square, numbers,
                                             COUNT, sizeof(int), &chunk,
                                             outputs, DUET_NEVER),
                  0);
    for (int i = 0; i < COUNT; i++) {
        if (i % 10 == 4) {
            assert_status(outputs[i].status, DUET_EDIED);
            assert_non_null(strstr(outputs[i].detail, "signal 9"));
        } else {
            assert_status(outputs[i].status, 0);
            assert_int_equal(outputs[i].result, i * i);
        }
        duet_process_output_clear(&outputs[i]);
    }
    duet_process_pool_free(pool);
}

in_task(death_of_a_worker_ends_a_map_that_collects_no_errors)
{
    duet_process_pool *pool = three_workers();
    duet_process_output outputs[3];
    int numbers[] = {1, -SIGKILL, 3};

    assert_status(duet_process_pool_star_map(pool, worker_square, numbers, 3,
                                             sizeof(int), NULL, outputs,
                                             DUET_NEVER),
                  DUET_EDIED);
    assert_non_null(strstr(duet_error_detail(), "input 1: worker"));
    assert_non_null(strstr(duet_error_detail(), "signal 9"));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(outputs[i].status, 0);
        assert_null(outputs[i].detail);
    }
    numbers[1] = 2;
    assert_status(duet_process_pool_star_map(pool, worker_square, numbers, 3,
                                             sizeof(int), NULL, outputs,
                                             DUET_NEVER),
                  0);
    assert_int_equal(outputs[1].result, 4);
    duet_process_pool_free(pool);
}

/* A function may return the number that a death has, too. */
static int return_input(const void *input, size_t length, void **out_output,
                        size_t *out_length)
{
    (void)length;
    (void)out_output;
    (void)out_length;
    return *(const int *)input;
}

in_task(results_are_told_from_calls_that_gave_none)
{
    const duet_process_map_options collect = {.collect_errors = true};
    const size_t lengths[] = {100, 101};
    const int numbers[] = {DUET_EDIED, DUET_ETOOLARGE};
    const duet_process_pool_options small = {.message_limit_bytes = 100};
    duet_process_output outputs[2];
    duet_process_pool *pool;

    assert_status(duet_process_pool_new(&small, &pool), 0);
    assert_status(duet_process_pool_star_map(pool, return_input, numbers, 2,
                                             sizeof(int), NULL, outputs,
                                             DUET_NEVER),
                  0);
    for (int i = 0; i < 2; i++) {
        assert_status(outputs[i].status, 0);
        assert_status(outputs[i].result, numbers[i]);
        duet_process_output_clear(&outputs[i]);
    }
    assert_status(duet_process_pool_star_map(pool, worker_fill, lengths, 2,
                                             sizeof(size_t), NULL, outputs,
                                             DUET_NEVER),
                  DUET_ETOOLARGE);
    assert_status(duet_process_pool_star_map(pool, worker_fill, lengths, 2,
                                             sizeof(size_t), &collect, outputs,
                                             DUET_NEVER),
                  0);
    assert_status(outputs[0].status, 0);
    assert_int_equal(outputs[0].length, 100);
    assert_status(outputs[1].status, DUET_ETOOLARGE);
    assert_non_null(strstr(outputs[1].detail, "101 bytes, 100 are allowed"));
    duet_process_output_clear(&outputs[0]);
    duet_process_output_clear(&outputs[1]);
    duet_process_pool_free(pool);
}

static int wait_for_go(const void *input, size_t length, void **out_output,
                       size_t *out_length)
{
    int number = *(const int *)input;

    (void)length;
    (void)out_output;
    (void)out_length;
    /* The first waits until the second has been told of. */
    while (number == 0 && duet_shared_get(duet_process_shared(0), 0) == 0)
        usleep(200);
    return number;
}

typedef struct seen {
    size_t order[2];
    size_t count;
    duet_shared *go;
} seen;

static int note(void *context, size_t index, duet_process_output *output)
{
    seen *own = context;

    assert_int_equal(output->result, (int)index);
    own->order[own->count++] = index;
    duet_shared_add(own->go, 0, 1);
    return 0;
}

static int refuse(void *context, size_t index, duet_process_output *output)
{
    (void)context;
    (void)index;
    (void)output;
    return DUET_EIO;
}

in_task(outputs_are_told_of_in_the_order_of_their_ends)
{
    duet_shared *go;
    const duet_process_pool_options two = {
        .workers = 2, .shared = &go, .shared_count = 1};
    const int numbers[] = {0, 1};
    seen own = {.count = 0};
    const duet_process_map_options tell = {
        .chunk = 1, .completed = note, .context = &own};
    const duet_process_map_options stop = {.completed = refuse};
    duet_process_output outputs[2];
    duet_process_pool *pool;

    assert_status(duet_shared_new(1, 8, &go), 0);
    own.go = go;
    assert_status(duet_process_pool_new(&two, &pool), 0);
    assert_status(duet_process_pool_star_map(pool, wait_for_go, numbers, 2,
                                             sizeof(int), &tell, outputs,
                                             DUET_NEVER),
                  0);
    assert_int_equal(own.order[0], 1);
    assert_int_equal(own.order[1], 0);
    assert_status(duet_process_pool_star_map(pool, wait_for_go, numbers, 2,
                                             sizeof(int), &stop, outputs,
                                             DUET_NEVER),
                  DUET_EIO);
    duet_process_pool_free(pool);
    duet_shared_free(go);
}

in_task(late_map_ends_and_the_pool_goes_on)
{
    duet_process_pool *pool = three_workers();
    duet_process_output outputs[COUNT];
    duet_process_output output;
    int numbers[COUNT] = {0};
    int two = 2;

    assert_status(duet_process_pool_star_map(pool, worker_hang, numbers, COUNT,
                                             sizeof(int), NULL, outputs,
                                             duet_in_ms(20)),
                  DUET_ETIMEDOUT);
    assert_status(duet_process_pool_call(pool, worker_square, &two, sizeof two,
                                         &output, DUET_NEVER),
                  0);
    assert_int_equal(output.result, 4);
    duet_process_pool_free(pool);
}

/* --- over an array ------------------------------------------------------- */

/* A negative number fails, zero dies. */
static int cube(const void *argument, size_t length)
{
    int number = *(const int *)argument;

    if (length != sizeof number || number == 0)
        _exit(3);
    return number > 0 ? number * number * number
                      : duet_fail(DUET_EIO, "number %d", number);
}

static int hang(const void *argument, size_t length)
{
    (void)argument, (void)length;
    while (true)
        pause();
    return 0;
}

in_task(array_is_mapped_to_numbers)
{
    const duet_process_map_options collect = {.chunk = 2,
                                              .collect_errors = true};
    const int numbers[] = {1, 2, 3, 4, -5, 0, 7};
    duet_process_pool *pool = three_workers();
    int results[7];

    assert_status(duet_process_pool_map_array(pool, cube, numbers, 4,
                                              sizeof numbers[0], NULL, results,
                                              DUET_NEVER),
                  0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(results[i], numbers[i] * numbers[i] * numbers[i]);
    assert_status(duet_process_pool_map_array(pool, cube, numbers, 7,
                                              sizeof numbers[0], &collect,
                                              results, DUET_NEVER),
                  0);
    assert_int_equal(results[3], 64);
    assert_status(results[4], DUET_EIO);
    assert_status(results[5], DUET_EDIED);
    assert_int_equal(results[6], 343);
    assert_status(duet_process_pool_map_array(pool, cube, numbers, 5,
                                              sizeof numbers[0], NULL, NULL,
                                              DUET_NEVER),
                  DUET_EIO);
    assert_string_equal(duet_error_message(DUET_EIO), "number -5");
    assert_status(duet_process_pool_map_array(pool, hang, numbers, 7,
                                              sizeof numbers[0], NULL, results,
                                              duet_in_ms(20)),
                  DUET_ETIMEDOUT);
    for (int i = 0; i < 7; i++)
        assert_status(results[i], DUET_ECANCELED);
    assert_status(duet_process_pool_map_array(pool, cube, NULL, 0, 1, NULL,
                                              NULL, DUET_NEVER),
                  0);
    duet_process_pool_free(pool);
}

PROCESS_TEST_MAIN(test(structs_are_mapped_in_order_in_chunks_of_any_size),
                  test(bytes_of_any_length_are_mapped),
                  test(death_of_a_worker_costs_one_result_of_its_chunk),
                  test(death_of_a_worker_ends_a_map_that_collects_no_errors),
                  test(results_are_told_from_calls_that_gave_none),
                  test(outputs_are_told_of_in_the_order_of_their_ends),
                  test(late_map_ends_and_the_pool_goes_on),
                  test(array_is_mapped_to_numbers))
