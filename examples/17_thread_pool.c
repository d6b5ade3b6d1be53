/* SPDX-License-Identifier: MIT */
/* 17_thread_pool.c - squares over a thread pool.
 * Shows:  duet_thread_pool_map_array() keeps the order of the array. A plain
 *         thread can call it: no loop is needed.
 * Run:    ./17_thread_pool
 * Prints: the squares of 1 to 5 */
#include <duet/duet.h>

#include <stdio.h>

/* In a thread of the pool; it may block or calculate as long as it likes. */
static int square(void *argument)
{
    int number = *(int *)argument;

    return number * number;
}

int main(void)
{
    const duet_thread_pool_options options = {.threads = 4};
    int numbers[] = {1, 2, 3, 4, 5};
    int squares[5];
    duet_thread_pool *pool;
    int status = duet_thread_pool_new(&options, &pool);

    if (status == 0)
        status = duet_thread_pool_map_array(pool, square, numbers, 5,
                                            sizeof numbers[0], NULL, squares,
                                            DUET_NEVER);
    for (int i = 0; i < 5 && status == 0; i++)
        printf("%d squared is %d\n", numbers[i], squares[i]);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    duet_thread_pool_free(pool);
    return status == 0 ? 0 : 1;
}
