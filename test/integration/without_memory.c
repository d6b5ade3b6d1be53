/* SPDX-License-Identifier: MIT */
/* Threads, pools, processes and writers when each of their allocations fails in
 * turn: DUET_ENOMEM, and nothing is left behind. */
#include <stdlib.h>

#include <duet/duet.h>

#include "support/folder.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/worker.h"

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

/* --- threads -------------------------------------------------------------- */

static int use_thread(void)
{
    duet_thread *thread;
    int status = duet_thread_start(do_nothing, NULL, NULL, &thread);

    return status != 0 ? status : duet_thread_join(thread, NULL, DUET_NEVER);
}

static int take_as_they_end(duet_thread_call *const *calls)
{
    duet_thread_completions *completion;
    duet_thread_call *call;
    int status = duet_thread_completions_open(calls, 2, &completion);

    for (int i = 0; i < 2 && status == 0; i++)
        status = duet_thread_completions_next(completion, &call, DUET_NEVER);
    duet_thread_completions_close(completion);
    return status;
}

static void hear(duet_thread_call *call, void *argument)
{
    (void)call;
    (void)argument;
}

static int use_pool(void)
{
    duet_thread_pool *pool;
    duet_thread_call *calls[2] = {NULL};
    int status = duet_thread_pool_new(NULL, &pool);

    if (status != 0)
        return status;
    for (int i = 0; i < 2 && status == 0; i++)
        status = duet_thread_pool_submit(pool, do_nothing, NULL, NULL,
                                         &calls[i], DUET_NEVER);
    if (status == 0)
        status = duet_thread_call_on_end(calls[0], hear, NULL);
    if (status == 0)
        status =
            duet_thread_calls_wait(calls, 2, DUET_UNTIL_ALL, NULL, DUET_NEVER);
    if (status == 0)
        status = take_as_they_end(calls);
    for (int i = 0; i < 2; i++)
        duet_thread_call_free(calls[i]);
    duet_thread_pool_shutdown(pool, false, DUET_NEVER);
    duet_thread_pool_free(pool);
    return status;
}

static int next_null(void *context, void **out_argument)
{
    int *left = context;

    *out_argument = NULL;
    return (*left)-- > 0 ? 0 : DUET_EEMPTY;
}

static int use_map(void)
{
    duet_thread_pool *pool;
    duet_thread_map *map = NULL;
    int left = 3;
    int status = duet_thread_pool_new(NULL, &pool);

    if (status != 0)
        return status;
    status =
        duet_thread_map_open(pool, do_nothing, next_null, &left, NULL, &map);
    while (status == 0)
        status = duet_thread_map_next(map, NULL, NULL, DUET_NEVER);
    duet_thread_map_close(map);
    duet_thread_pool_shutdown(pool, false, DUET_NEVER);
    duet_thread_pool_free(pool);
    return status == DUET_EEMPTY ? 0 : status;
}

/* --- processes ------------------------------------------------------------ */

static int end_at_once(const void *argument, size_t length)
{
    (void)argument;
    (void)length;
    return 0;
}

static int use_process(void)
{
    duet_shared *shared;
    const duet_process_options options = {.shared = &shared, .shared_count = 1};
    duet_process *process;
    int status = duet_shared_new(4, 8, &shared);

    if (status != 0)
        return status;
    status =
        duet_process_start(end_at_once, "x", 1, &options, &process, DUET_NEVER);
    if (status == 0)
        status = duet_process_wait(process, NULL, DUET_NEVER);
    duet_process_free(process);
    duet_shared_free(shared);
    return status;
}

static void hear_process(duet_process_call *call, void *argument)
{
    (void)call;
    (void)argument;
}

static int submit_to(duet_process_pool *pool)
{
    duet_process_completions *completion = NULL;
    duet_process_output output;
    duet_process_call *call, *ended;
    int status =
        duet_process_pool_submit(pool, worker_reverse, "abc", 3, &call);

    if (status == 0)
        status = duet_process_call_on_end(call, hear_process, NULL);
    if (status == 0)
        status =
            duet_process_calls_wait(&call, 1, DUET_UNTIL_ALL, NULL, DUET_NEVER);
    if (status == 0)
        status = duet_process_completions_open(&call, 1, &completion);
    if (status == 0)
        status = duet_process_completions_next(completion, &ended, DUET_NEVER);
    duet_process_completions_close(completion);
    if (status == 0)
        status = duet_process_call_wait(call, &output, DUET_NEVER);
    if (status == 0)
        duet_process_output_clear(&output);
    duet_process_call_free(call);
    return status;
}

static int map_over(duet_process_pool *pool)
{
    const int numbers[] = {1, 2, 3};
    duet_process_output outputs[3];
    int status = duet_process_pool_star_map(pool, worker_square, numbers, 3,
                                            sizeof numbers[0], NULL, outputs,
                                            DUET_NEVER);

    for (int i = 0; i < 3 && status == 0; i++)
        duet_process_output_clear(&outputs[i]);
    return status;
}

static int use_process_pool(void)
{
    const duet_process_pool_options one = {.workers = 1};
    duet_process_output output;
    duet_process_pool *pool;
    int status = duet_process_pool_new(&one, &pool);

    if (status != 0)
        return status;
    status = duet_process_pool_call(pool, worker_reverse, "abc", 3, &output,
                                    DUET_NEVER);
    duet_process_output_clear(&output);
    if (status == 0)
        status = submit_to(pool);
    if (status == 0)
        status = map_over(pool);
    duet_process_pool_free(pool);
    return status;
}

/* --- programs and files --------------------------------------------------- */

static int run_program(void)
{
    const char *const arguments[] = {"cat", NULL};
    duet_child_output output;
    int status = duet_child_run(arguments, NULL, "abc", 3, &output, DUET_NEVER);

    duet_child_output_clear(&output);
    return status;
}

static int write_gathered(void)
{
    duet_file *file;
    duet_writer *writer;
    int closed;
    int status = duet_file_open("gathered", "w", NULL, &file, DUET_NEVER);

    if (status != 0)
        return status;
    status = duet_file_writer(file, NULL, &writer);
    if (status == 0)
        status = duet_write(writer, "abc", 3, DUET_NEVER);
    if (status == 0)
        status = duet_writer_flush(writer, DUET_NEVER);
    duet_writer_close(writer);
    closed = duet_file_close(file, DUET_NEVER);
    return status != 0 ? status : closed;
}

/* --- the table ------------------------------------------------------------ */

typedef struct use {
    int (*call)(void);
    int least; /* allocations */
} use;

static int in_task(void *argument)
{
    static const use uses[] = {
        {use_thread, 1},  {use_pool, 4},       {use_process, 2},
        {run_program, 3}, {write_gathered, 3}, {use_process_pool, 5},
    };

    (void)argument;
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        test_each_allocation_failing(uses[i].call, uses[i].least);
    return 0;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    assert_status(duet_run(in_task, NULL, NULL), 0);
}

/* An argument that finds no memory while results are under way is submitted
 * with the next. */
static void map_survives_or_says_so(void **state)
{
    int nth = 0;
    int status;

    (void)state;
    do {
        test_fail_allocation(++nth);
        status = use_map();
        if (!test_allocation_failed() || status != DUET_ENOMEM)
            assert_status(status, 0);
    } while (test_allocation_failed());
    test_fail_allocation(0);
    assert_true(nth > 4);
}

static void each_allocation_of_a_plain_thread_may_fail(void **state)
{
    (void)state;
    test_each_allocation_failing(use_thread, 1);
    test_each_allocation_failing(use_pool, 4);
    test_each_allocation_failing(use_process, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(each_allocation_of_a_plain_thread_may_fail),
        in_folder(each_allocation_may_fail),
        in_folder(map_survives_or_says_so),
    };
    int failed;

    if (duet_process_server_start() != 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    duet_process_server_stop();
    return failed;
}
