/* SPDX-License-Identifier: MIT */
/* 18_as_completed.c - results in the order in which they come.
 * Shows:  submitting to a pool of threads; handles handed out as calls end.
 * Run:    ./18_as_completed
 * Prints: short, middle and long, which were submitted the other way round */
#include <duet/duet.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { COUNT = 3 };

static const char *const names[COUNT] = {"short", "middle", "long"};
static atomic_int ended;

/* In a thread of the pool: blocks until its turn has come. */
static int block(void *turn)
{
    while (atomic_load(&ended) < *(int *)turn)
        usleep(1000);
    return *(int *)turn * *(int *)turn;
}

static int run(void *argument)
{
    static int turns[COUNT] = {2, 1, 0};
    duet_thread_call *calls[COUNT] = {NULL}, *call;
    duet_thread_completions *completion = NULL;
    duet_thread_pool *pool;
    int status = duet_default_thread_pool(&pool);

    (void)argument;
    for (int i = 0; i < COUNT && status == 0; i++)
        status = duet_thread_pool_submit(pool, block, &turns[i], NULL,
                                         &calls[i], duet_in_ms(10000));
    if (status == 0)
        status = duet_thread_completions_open(calls, COUNT, &completion);
    for (int i = 0; i < COUNT && status == 0; i++) {
        status = duet_thread_completions_next(completion, &call, DUET_NEVER);
        if (status == 0)
            printf("%s: %d\n", names[*(int *)duet_thread_call_argument(call)],
                   duet_thread_call_result(call));
        ended++; /* the next one's turn */
    }
    duet_thread_completions_close(completion);
    ended = COUNT; /* if something failed, nobody waits for his turn for ever */
    for (int i = 0; i < COUNT; i++)
        duet_thread_call_free(calls[i]);
    return status;
}

int main(void)
{
    int status = duet_run(run, NULL, NULL);
    if (status != 0)
        fprintf(stderr, "%s\n", duet_error_message(status));
    return status != 0;
}
