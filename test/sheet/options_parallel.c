/* SPDX-License-Identifier: MIT */
/* Options of threads, processes and programs. */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "sheet/sheet.h"
#include "support/process.h"

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

/* --- threads -------------------------------------------------------------- */

static int use_duet_thread_options(const void *options)
{
    duet_thread *thread;
    int status = duet_thread_start(do_nothing, NULL, options, &thread);

    if (status != 0)
        return thread == NULL ? status : 1;
    return duet_thread_join(thread, NULL, sheet_soon());
}

static int use_duet_thread_pool_options(const void *options)
{
    duet_thread_pool *pool;
    duet_thread_call *call;
    int result = 1;
    int status = duet_thread_pool_new(options, &pool);

    if (status != 0)
        return pool == NULL ? status : 1;
    status = duet_thread_pool_submit(pool, do_nothing, NULL, NULL, &call,
                                     sheet_soon());
    if (status == 0)
        status = duet_thread_call_wait(call, &result, sheet_soon()) + result;
    duet_thread_call_free(call);
    duet_thread_pool_free(pool);
    return status;
}

static int next_of_three(void *context, void **out_argument)
{
    int *left = context;

    *out_argument = NULL;
    return --*left >= 0 ? 0 : DUET_EEMPTY;
}

static void forget(void *argument)
{
    (void)argument;
}

static int use_duet_thread_map_options(const void *options)
{
    duet_thread_pool *pool;
    duet_thread_map *map;
    int left = 3;
    int status = duet_thread_pool_new(NULL, &pool);

    if (status == 0)
        status = duet_thread_map_open(pool, do_nothing, next_of_three, &left,
                                      options, &map);
    for (int i = 0; i < 3 && status == 0; i++)
        status = duet_thread_map_next(map, NULL, NULL, sheet_soon());
    if (map != NULL)
        duet_thread_map_close(map);
    duet_thread_pool_free(pool);
    return status;
}

static int use_duet_thread_map_array_options(const void *options)
{
    char elements[3] = {0};
    duet_thread_pool *pool;
    int status = duet_thread_pool_new(NULL, &pool);

    if (status == 0)
        status = duet_thread_pool_map_array(pool, do_nothing, elements, 3, 1,
                                            options, NULL, sheet_soon());
    duet_thread_pool_free(pool);
    return status;
}

/* --- processes ------------------------------------------------------------ */

static int do_nothing_there(const void *argument, size_t length)
{
    (void)argument, (void)length;
    return 0;
}

enum { SHARED_MOST = 16 };

/* The array that stands in a row for shared memories, which no constant is. */
static duet_shared *same[SHARED_MOST];

static void make_shared(void)
{
    assert_status(duet_shared_new(1, 8, &same[0]), 0);
    for (size_t i = 1; i < SHARED_MOST; i++)
        same[i] = same[0];
}

static void free_shared(void)
{
    duet_shared_free(same[0]);
}

static int use_duet_process_options(const void *options)
{
    duet_process *process;
    int status;

    make_shared();
    status = duet_process_start(do_nothing_there, NULL, 0, options, &process,
                                sheet_soon());
    if (status == 0)
        status = duet_process_wait(process, NULL, sheet_soon());
    duet_process_free(process);
    free_shared();
    return status;
}

static int answer(const void *input, size_t length, void **out_output,
                  size_t *out_length)
{
    (void)input, (void)length, (void)out_output, (void)out_length;
    return 0;
}

static int use_duet_process_pool_options(const void *options)
{
    duet_process_pool *pool;
    duet_process_output output;
    int status;

    make_shared();
    status = duet_process_pool_new(options, &pool);
    if (status == 0) {
        status = duet_process_pool_call(pool, answer, NULL, 0, &output,
                                        sheet_soon());
        duet_process_output_clear(&output);
    }
    duet_process_pool_free(pool);
    free_shared();
    return status;
}

static int take_output(void *context, size_t index, duet_process_output *output)
{
    (void)context, (void)index, (void)output;
    return 0;
}

static int use_duet_process_map_options(const void *options)
{
    const duet_process_pool_options two = {.workers = 2};
    const duet_process_input inputs[3] = {{NULL, 0}};
    duet_process_output outputs[3];
    duet_process_pool *pool;
    int status = duet_process_pool_new(&two, &pool);

    if (status == 0)
        status = duet_process_pool_map(pool, answer, inputs, 3, options,
                                       outputs, sheet_soon());
    duet_process_pool_free(pool);
    return status;
}

/* --- programs ------------------------------------------------------------- */

static int use_duet_child_options(const void *options)
{
    static const char *const program[] = {"/bin/echo", "said", NULL};
    duet_child_output output = {0};
    int status =
        duet_child_run(program, options, NULL, 0, &output, sheet_soon());

    if (status == 0)
        status = output.status.code;
    duet_child_output_clear(&output);
    return status;
}

static const char *const no_environment[] = {NULL};
static const int descriptors[17] = {2, 2, 2, 2, 2, 2, 2, 2, 2,
                                    2, 2, 2, 2, 2, 2, 2, 2};
static const char bytes[60000];
static const int closed[] = {INT_MAX};

/* --- the sheet ------------------------------------------------------------ */

static const sheet_row of_threads[] = {
    DEFAULTS(duet_thread_options),
    ROW(duet_thread_options, name, "more than the fifteen bytes", 0),
    ROW(duet_thread_options, stack_bytes, 1, DUET_EINVAL),
    ROW(duet_thread_options, stack_bytes, 1024 * 1024, 0),
    ROW(duet_thread_options, stack_bytes, 1024 * 1024 * 1024, 0),
    ROW(duet_thread_options, stack_bytes, 1024 * 1024 * 1024 + 1, DUET_EINVAL),
    ROW(duet_thread_options, stack_bytes, SIZE_MAX, DUET_EINVAL),

    DEFAULTS(duet_thread_pool_options),
    ROW(duet_thread_pool_options, threads, 1, 0),
    ROW(duet_thread_pool_options, threads, 1024, 0),
    ROW(duet_thread_pool_options, threads, 1025, DUET_EINVAL),
    ROW(duet_thread_pool_options, threads, INT_MAX, DUET_EINVAL),
    ROW(duet_thread_pool_options, threads, -1, DUET_EINVAL),
    ROW(duet_thread_pool_options, threads, INT_MIN, DUET_EINVAL),
    ROW(duet_thread_pool_options, idle_ms, 1, 0),
    ROW(duet_thread_pool_options, idle_ms, DUET_NO_LIMIT, 0),
    ROW(duet_thread_pool_options, idle_ms, INT64_MAX, 0),
    ROW(duet_thread_pool_options, idle_ms, -2, DUET_EINVAL),
    ROW(duet_thread_pool_options, idle_ms, INT64_MIN, DUET_EINVAL),
    ROW(duet_thread_pool_options, queue_limit, 1, 0),
    ROW(duet_thread_pool_options, queue_limit, DUET_NO_LIMIT, 0),
    ROW(duet_thread_pool_options, queue_limit, INT64_MAX, 0),
    ROW(duet_thread_pool_options, queue_limit, -2, DUET_EINVAL),
    ROW(duet_thread_pool_options, queue_limit, INT64_MIN, DUET_EINVAL),
    ROW(duet_thread_pool_options, initializer, do_nothing, 0),
    ROW(duet_thread_pool_options, initializer_argument, "unused", 0),
    ROW(duet_thread_pool_options, name, "", 0),
    ROW(duet_thread_pool_options, stack_bytes, 1, DUET_EINVAL),
    ROW(duet_thread_pool_options, stack_bytes, 1024 * 1024, 0),
    ROW(duet_thread_pool_options, stack_bytes, 1024 * 1024 * 1024, 0),
    ROW(duet_thread_pool_options, stack_bytes, 1024 * 1024 * 1024 + 1,
        DUET_EINVAL),
    ROW(duet_thread_pool_options, stack_bytes, SIZE_MAX, DUET_EINVAL),

    DEFAULTS(duet_thread_map_options),
    ROW(duet_thread_map_options, window, 1, 0),
    ROW(duet_thread_map_options, window, 1000000, 0),
    ROW(duet_thread_map_options, window, 1000001, DUET_EINVAL),
    ROW(duet_thread_map_options, window, INT_MAX, DUET_EINVAL),
    ROW(duet_thread_map_options, window, -1, DUET_EINVAL),
    ROW(duet_thread_map_options, window, INT_MIN, DUET_EINVAL),
    ROW(duet_thread_map_options, free_argument, forget, 0),

    DEFAULTS(duet_thread_map_array_options),
    ROW(duet_thread_map_array_options, collect_errors, true, 0),
};

static const sheet_row of_processes[] = {
    DEFAULTS(duet_process_options),
    ROW(duet_process_options, name, "", 0),
    ROW(duet_process_options, shared, same, 0),
    ROW_WITH(duet_process_options, shared_count, 16, 0, shared = same),
    ROW_WITH(duet_process_options, shared_count, 17, DUET_EINVAL,
             shared = same),
    ROW_WITH(duet_process_options, shared_count, SIZE_MAX, DUET_EINVAL,
             shared = same),
    ROW(duet_process_options, descriptors, descriptors, 0),
    ROW_WITH(duet_process_options, descriptor_count, 16, 0,
             descriptors = descriptors),
    ROW_WITH(duet_process_options, descriptor_count, 17, DUET_EINVAL,
             descriptors = descriptors),
    ROW_WITH(duet_process_options, descriptor_count, SIZE_MAX, DUET_EINVAL,
             descriptors = descriptors),
    ROW_WITH(duet_process_options, descriptor_count, 1, DUET_EBADF,
             descriptors = closed),

    DEFAULTS(duet_process_pool_options),
    ROW(duet_process_pool_options, workers, 1, 0),
    ROW(duet_process_pool_options, workers, 1024, 0),
    ROW(duet_process_pool_options, workers, 1025, DUET_EINVAL),
    ROW(duet_process_pool_options, workers, INT_MAX, DUET_EINVAL),
    ROW(duet_process_pool_options, workers, -1, DUET_EINVAL),
    ROW(duet_process_pool_options, workers, INT_MIN, DUET_EINVAL),
    ROW(duet_process_pool_options, calls_per_worker, 1, 0),
    ROW(duet_process_pool_options, calls_per_worker, INT_MAX, 0),
    ROW(duet_process_pool_options, calls_per_worker, -1, DUET_EINVAL),
    ROW(duet_process_pool_options, calls_per_worker, INT_MIN, DUET_EINVAL),
    ROW(duet_process_pool_options, queue_limit, 1, 0),
    ROW(duet_process_pool_options, queue_limit, DUET_NO_LIMIT, 0),
    ROW(duet_process_pool_options, queue_limit, INT64_MAX, 0),
    ROW(duet_process_pool_options, queue_limit, -2, DUET_EINVAL),
    ROW(duet_process_pool_options, queue_limit, INT64_MIN, DUET_EINVAL),
    ROW(duet_process_pool_options, message_limit_bytes, 1, 0),
    ROW(duet_process_pool_options, message_limit_bytes, DUET_NO_LIMIT, 0),
    ROW(duet_process_pool_options, message_limit_bytes, INT64_MAX, 0),
    ROW(duet_process_pool_options, message_limit_bytes, -2, DUET_EINVAL),
    ROW(duet_process_pool_options, message_limit_bytes, INT64_MIN, DUET_EINVAL),
    ROW(duet_process_pool_options, initializer, do_nothing_there, 0),
    ROW(duet_process_pool_options, initializer_argument, "unused", 0),
    ROW_WITH(duet_process_pool_options, initializer_length, 60000, 0,
             initializer_argument = bytes),
    ROW_WITH(duet_process_pool_options, initializer_length, 60001, DUET_EINVAL,
             initializer_argument = descriptors),
    ROW_WITH(duet_process_pool_options, initializer_length, SIZE_MAX,
             DUET_EINVAL, initializer_argument = descriptors),
    ROW(duet_process_pool_options, shared, same, 0),
    ROW_WITH(duet_process_pool_options, shared_count, 16, 0, shared = same),
    ROW_WITH(duet_process_pool_options, shared_count, 17, DUET_EINVAL,
             shared = same),
    ROW_WITH(duet_process_pool_options, shared_count, SIZE_MAX, DUET_EINVAL,
             shared = same),

    DEFAULTS(duet_process_map_options),
    ROW(duet_process_map_options, chunk, 1, 0),
    ROW(duet_process_map_options, chunk, SIZE_MAX, 0),
    ROW(duet_process_map_options, collect_errors, true, 0),
    ROW(duet_process_map_options, completed, take_output, 0),
    ROW(duet_process_map_options, context, NULL, 0),
};

static const sheet_row of_programs[] = {
    DEFAULTS(duet_child_options),
    ROW(duet_child_options, environment, no_environment, 0),
    ROW(duet_child_options, folder, "/", 0),
    ROW(duet_child_options, folder, "/no/such/folder", DUET_ENOENT),
    ROW(duet_child_options, ends[0], DUET_CHILD_TO_OUTPUT, DUET_EINVAL),
    ROW(duet_child_options, ends[1], DUET_CHILD_TO_OUTPUT, DUET_EINVAL),
    ROW(duet_child_options, ends[2], DUET_CHILD_TO_OUTPUT, 0),
    ROW(duet_child_options, ends[2], DUET_CHILD_NULL, 0),
    ROW(duet_child_options, ends[2], (duet_child_end)5, DUET_EINVAL),
    ROW(duet_child_options, ends[2], (duet_child_end)-1, DUET_EINVAL),
    ROW_WITH(duet_child_options, descriptors[2], 2, 0,
             ends[2] = DUET_CHILD_DESCRIPTOR),
    ROW_WITH(duet_child_options, descriptors[2], -1, DUET_EBADF,
             ends[2] = DUET_CHILD_DESCRIPTOR),
    ROW_WITH(duet_child_options, descriptors[2], INT_MAX, DUET_EBADF,
             ends[2] = DUET_CHILD_DESCRIPTOR),
    ROW_WITH(duet_child_options, descriptors[2], INT_MIN, DUET_EBADF,
             ends[2] = DUET_CHILD_DESCRIPTOR),
    ROW(duet_child_options, new_group, true, 0),
    ROW(duet_child_options, stop_ms, 1, 0),
    ROW(duet_child_options, stop_ms, DUET_NO_LIMIT, 0),
    ROW(duet_child_options, stop_ms, INT64_MAX, 0),
    ROW(duet_child_options, stop_ms, -2, DUET_EINVAL),
    ROW(duet_child_options, stop_ms, INT64_MIN, DUET_EINVAL),
    ROW(duet_child_options, output_limit_bytes, 5, 0),
    ROW(duet_child_options, output_limit_bytes, 4, DUET_ETOOLARGE),
    ROW(duet_child_options, output_limit_bytes, DUET_NO_LIMIT, 0),
    ROW(duet_child_options, output_limit_bytes, INT64_MAX, 0),
    ROW(duet_child_options, output_limit_bytes, -2, DUET_EINVAL),
    ROW(duet_child_options, output_limit_bytes, INT64_MIN, DUET_EINVAL),
    ROW(duet_child_options, line_limit_bytes, 1, 0),
    ROW(duet_child_options, line_limit_bytes, DUET_NO_LIMIT, 0),
    ROW(duet_child_options, line_limit_bytes, INT64_MAX, 0),
    ROW(duet_child_options, line_limit_bytes, -2, DUET_EINVAL),
    ROW(duet_child_options, line_limit_bytes, INT64_MIN, DUET_EINVAL),
};

SHEET_CASE(threads_take_their_options_or_refuse_them, sheet_check_in_tasks,
           of_threads)
SHEET_CASE(threads_outside_tasks_take_their_options_or_refuse_them, sheet_check,
           of_threads)
SHEET_CASE(processes_take_their_options_or_refuse_them, sheet_check_in_tasks,
           of_processes)
SHEET_CASE(programs_take_their_options_or_refuse_them, sheet_check_in_tasks,
           of_programs)

PROCESS_TEST_MAIN(test(threads_take_their_options_or_refuse_them),
                  test(threads_outside_tasks_take_their_options_or_refuse_them),
                  test(processes_take_their_options_or_refuse_them),
                  test(programs_take_their_options_or_refuse_them))
