/* SPDX-License-Identifier: MIT */
/* Shows: cubes over a pool of processes.
 * Run:   20_process_pool
 * Prints: the cubes of 1 to 5. */
#include <stdio.h>

#include <duet/duet.h>

/* In a worker process. What is too large for an int goes into *out_output. */
static int cube(const void *input, size_t length, void **out_output,
                size_t *out_length)
{
    int number = *(const int *)input;

    (void)length;
    (void)out_output;
    (void)out_length;
    return number * number * number;
}

static int run(void *argument)
{
    const duet_process_pool_options options = {.workers = 2};
    const int numbers[5] = {1, 2, 3, 4, 5};
    duet_process_output outputs[5];
    duet_process_pool *pool;
    int status = duet_process_pool_new(&options, &pool);

    (void)argument;
    if (status != 0)
        return status;
    status =
        duet_process_pool_star_map(pool, cube, numbers, 5, sizeof numbers[0],
                                   NULL, outputs, duet_in_ms(10000));
    for (int i = 0; i < 5 && status == 0; i++) {
        printf("%d cubed is %d\n", numbers[i], outputs[i].result);
        duet_process_output_clear(&outputs[i]);
    }
    duet_process_pool_free(pool);
    return status;
}

int main(void)
{
    /* First of all: a program with threads can fork no more. */
    if (duet_process_server_start() != 0)
        return 1;
    return duet_run(run, NULL, NULL) == 0 ? 0 : 1;
}
