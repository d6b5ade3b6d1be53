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

static atomic_int ended;

typedef struct work {
    const char *name;
    int turn;
} work;

/* In a thread of the pool: blocks until its turn has come. */
static int block(void *argument)
{
    const work *work = argument;

    while (atomic_load(&ended) < work->turn)
        usleep(1000);
    return work->turn * work->turn;
}

static int print_as_they_end(duet_thread_call *const *calls)
{
    duet_thread_completions *completion;
    duet_thread_call *call;
    int status = duet_thread_completions_open(calls, COUNT, &completion);

    while (status == 0 && (status = duet_thread_completions_next(
                               completion, &call, duet_in_ms(10000))) == 0) {
        const work *work = duet_thread_call_argument(call);

        printf("%s: %d\n", work->name, duet_thread_call_result(call));
        ended++; /* the next one's turn */
    }
    duet_thread_completions_close(completion);
    return status == DUET_EEMPTY ? 0 : status;
}

static int run(void *argument)
{
    static work works[COUNT] = {{"long", 2}, {"middle", 1}, {"short", 0}};
    duet_thread_call *calls[COUNT] = {NULL};
    duet_thread_pool *pool;
    int status = duet_default_thread_pool(&pool);

    (void)argument;
    for (int i = 0; i < COUNT && status == 0; i++)
        status = duet_thread_pool_submit(pool, block, &works[i], NULL,
                                         &calls[i], duet_in_ms(10000));
    if (status == 0)
        status = print_as_they_end(calls);
    ended = COUNT; /* if something failed, nobody waits for his turn for ever */
    for (int i = 0; i < COUNT; i++)
        duet_thread_call_free(calls[i]);
    return status;
}

int main(void)
{
    return duet_run(run, NULL, NULL) == 0 ? 0 : 1;
}
