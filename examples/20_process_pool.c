/* SPDX-License-Identifier: MIT */
/* 20_process_pool.c - cubes over a pool of processes.
 * Shows:  duet_process_pool_map_array() keeps the order of the array.
 * Run:    ./20_process_pool
 * Prints: the cubes of 1 to 5 */
#include <duet/duet.h>

#include <stdio.h>

/* In a worker process. */
static int cube(const void *argument, size_t length)
{
    int number = *(const int *)argument;

    (void)length;
    return number * number * number;
}

static int run(void *argument)
{
    const duet_process_pool_options options = {.workers = 2};
    const int numbers[] = {1, 2, 3, 4, 5};
    int cubes[5];
    duet_process_pool *pool;
    int status = duet_process_pool_new(&options, &pool);

    (void)argument;
    if (status == 0)
        status = duet_process_pool_map_array(pool, cube, numbers, 5,
                                             sizeof numbers[0], NULL, cubes,
                                             duet_in_ms(10000));
    for (int i = 0; i < 5 && status == 0; i++)
        printf("%d cubed is %d\n", numbers[i], cubes[i]);
    duet_process_pool_free(pool);
    return status;
}

int main(void)
{
    /* First of all: a program with threads can fork no more. */
    int status = duet_process_server_start();
    if (status == 0)
        status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
