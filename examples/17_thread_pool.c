/* SPDX-License-Identifier: MIT */
/* Shows: squares over a thread pool, in the order of an input without end.
 * Run:   17_thread_pool
 * Prints: the squares of 1 to 5. */
#include <stdint.h>
#include <stdio.h>

#include <duet/duet.h>

static int next_number(void *context, void **out_argument)
{
    intptr_t *last = context;

    *out_argument = (void *)++*last;
    return 0;
}

/* In a thread of the pool; it may block or calculate as long as it likes. */
static int square(void *argument)
{
    int number = (int)(intptr_t)argument;

    return number * number;
}

static int run(void *argument)
{
    const duet_thread_pool_options options = {.threads = 4};
    duet_thread_pool *pool;
    duet_thread_map *map = NULL;
    intptr_t last = 0;
    void *number;
    int result;
    int status = duet_thread_pool_new(&options, &pool);

    (void)argument;
    if (status == 0)
        status =
            duet_thread_map_open(pool, square, next_number, &last, NULL, &map);
    for (int i = 0; i < 5 && status == 0; i++) {
        status = duet_thread_map_next(map, &number, &result, DUET_NEVER);
        if (status == 0)
            printf("%d squared is %d\n", (int)(intptr_t)number, result);
    }
    duet_thread_map_close(map);
    duet_thread_pool_free(pool);
    return status;
}

int main(void)
{
    return duet_run(run, NULL, NULL) == 0 ? 0 : 1;
}
