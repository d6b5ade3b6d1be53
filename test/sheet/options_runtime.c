/* SPDX-License-Identifier: MIT */
/* Options of the loop, of tasks and of what tasks share. */
#include <limits.h>
#include <signal.h>
#include <stdlib.h>

#include "sheet/sheet.h"

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

static int sleep_a_little(void *argument)
{
    (void)argument;
    return duet_sleep(duet_in_ms(1));
}

/* --- loop, tasks, inspection ---------------------------------------------- */

static int use_duet_loop_options(const void *options)
{
    return duet_run(sleep_a_little, NULL, options);
}

static int use_duet_spawn_options(const void *options)
{
    duet_task *task;
    int result = 1;
    int status = duet_spawn(do_nothing, NULL, options, &task);

    return status != 0 ? status
                       : duet_join(task, &result, sheet_soon()) + result;
}

static int use_duet_gather_options(const void *options)
{
    duet_call calls[] = {{.function = do_nothing}, {.function = do_nothing}};

    return duet_gather(calls, 2, options, sheet_soon());
}

static int next(void *context, void **out_input)
{
    int *left = context;

    *out_input = NULL;
    return --*left >= 0 ? 0 : DUET_EEMPTY;
}

static int work(void *context, void *input, void **out_output)
{
    (void)context, (void)input, (void)out_output;
    return 0;
}

static int use_duet_bounded_map_options(const void *options)
{
    const duet_bounded_map_steps steps = {.next = next, .work = work};
    int left = 3;

    return duet_bounded_map(&steps, &left, options, sheet_soon());
}

static int use_duet_inspect_options(const void *options)
{
    char *text;
    char *json;
    int status = duet_inspect_text(duet_current_loop(), options, &text);
    int other = duet_inspect_json(duet_current_loop(), options, &json);

    free(text);
    free(json);
    return status == other ? status : 1;
}

/* --- queues, semaphores --------------------------------------------------- */

static int use_duet_queue_options(const void *options)
{
    duet_queue *queue;
    void *item;
    int status = duet_queue_new(options, &queue);

    if (status != 0)
        return queue == NULL ? status : 1;
    status = duet_queue_put_now(queue, "item");
    if (status == 0)
        status = duet_queue_get_now(queue, &item);
    if (status == 0)
        status = duet_queue_put_now(queue, "dropped");
    duet_queue_free(queue);
    return status;
}

static int compare(const void *first, const void *second)
{
    return first == second ? 0 : first < second ? -1 : 1;
}

static void forget(void *item)
{
    (void)item;
}

/* What one too many is told. */
static int use_duet_semaphore_options(const void *options)
{
    duet_semaphore *semaphore;
    int status = duet_semaphore_new(1, options, &semaphore);

    if (status != 0)
        return status;
    status = duet_semaphore_acquire(semaphore, DUET_NOW);
    if (status == 0)
        status = duet_semaphore_release(semaphore);
    if (status == 0 && options != NULL &&
        ((const duet_semaphore_options *)options)->unbounded)
        status = duet_semaphore_release(semaphore);
    duet_semaphore_free(semaphore);
    return status;
}

/* --- the sheet ------------------------------------------------------------ */

static const sheet_row of_loops[] = {
    DEFAULTS(duet_loop_options),
    ROW(duet_loop_options, no_interrupt, true, 0),
    ROW(duet_loop_options, no_overflow_report, true, 0),
    ROW(duet_loop_options, virtual_time, true, 0),
    ROW(duet_loop_options, virtual_silence_ms, 1, 0),
    ROW(duet_loop_options, virtual_silence_ms, INT64_MAX, 0),
    ROW_WITH(duet_loop_options, virtual_silence_ms, INT64_MAX, 0,
             virtual_time = true),
    ROW(duet_loop_options, virtual_silence_ms, -1, DUET_EINVAL),
    ROW(duet_loop_options, virtual_silence_ms, INT64_MIN, DUET_EINVAL),
    ROW(duet_loop_options, shuffle_seed, 1, 0),
    ROW(duet_loop_options, shuffle_seed, UINT64_MAX, 0),
    ROW(duet_loop_options, inspect_signal, SIGUSR1, 0),
    ROW(duet_loop_options, inspect_signal, SIGKILL, DUET_EINVAL),
    ROW(duet_loop_options, inspect_signal, SIGSTOP, DUET_EINVAL),
    ROW(duet_loop_options, inspect_signal, 65, DUET_EINVAL),
    ROW(duet_loop_options, inspect_signal, -1, DUET_EINVAL),
    ROW(duet_loop_options, inspect_signal, INT_MAX, DUET_EINVAL),
    ROW(duet_loop_options, inspect_signal, INT_MIN, DUET_EINVAL),
    ROW(duet_loop_options, slow_step_ms, 1000, 0),
    ROW(duet_loop_options, slow_step_ms, INT64_MAX, 0),
    ROW(duet_loop_options, slow_step_ms, -1, DUET_EINVAL),
    ROW(duet_loop_options, slow_step_ms, INT64_MIN, DUET_EINVAL),
    ROW(duet_loop_options, report_tasks_left, true, 0),
    ROW(duet_loop_options, shutdown_ms, 1, 0),
    ROW(duet_loop_options, shutdown_ms, DUET_NO_LIMIT, 0),
    ROW(duet_loop_options, shutdown_ms, INT64_MAX, 0),
    ROW(duet_loop_options, shutdown_ms, -2, DUET_EINVAL),
    ROW(duet_loop_options, shutdown_ms, INT64_MIN, DUET_EINVAL),
    ROW(duet_loop_options, main_stack_bytes, 16 * 1024, 0),
    ROW(duet_loop_options, main_stack_bytes, 16 * 1024 - 1, DUET_EINVAL),
    ROW(duet_loop_options, main_stack_bytes, 1, DUET_EINVAL),
    ROW(duet_loop_options, main_stack_bytes, 64 * 1024 * 1024, 0),
    ROW(duet_loop_options, main_stack_bytes, 64 * 1024 * 1024 + 1, DUET_EINVAL),
    ROW(duet_loop_options, main_stack_bytes, SIZE_MAX, DUET_EINVAL),
    ROW(duet_loop_options, report_descriptor, 2, 0),
    ROW(duet_loop_options, report_descriptor, INT_MAX, 0),
    ROW(duet_loop_options, report_descriptor, -1, DUET_EINVAL),
    ROW(duet_loop_options, report_descriptor, INT_MIN, DUET_EINVAL),
};

static const sheet_row of_tasks[] = {
    DEFAULTS(duet_spawn_options),
    ROW(duet_spawn_options, name, "", 0),
    ROW(duet_spawn_options, name,
        "a name that is longer than the thirty-one bytes that are kept", 0),
    ROW(duet_spawn_options, stack_bytes, 1, DUET_EINVAL),
    ROW(duet_spawn_options, stack_bytes, 16 * 1024 - 1, DUET_EINVAL),
    ROW(duet_spawn_options, stack_bytes, 16 * 1024, 0),
    ROW(duet_spawn_options, stack_bytes, 64 * 1024 * 1024, 0),
    ROW(duet_spawn_options, stack_bytes, 64 * 1024 * 1024 + 1, DUET_EINVAL),
    ROW(duet_spawn_options, stack_bytes, SIZE_MAX, DUET_EINVAL),
    ROW(duet_spawn_options, start_now, true, 0),

    DEFAULTS(duet_gather_options),
    ROW(duet_gather_options, collect_errors, true, 0),
    ROW(duet_gather_options, name, "", 0),
    ROW(duet_gather_options, stack_bytes, 1, DUET_EINVAL),
    ROW(duet_gather_options, stack_bytes, 64 * 1024 * 1024, 0),
    ROW(duet_gather_options, stack_bytes, SIZE_MAX, DUET_EINVAL),

    DEFAULTS(duet_bounded_map_options),
    ROW(duet_bounded_map_options, at_once, 1, 0),
    ROW(duet_bounded_map_options, at_once, 1000000, 0),
    ROW(duet_bounded_map_options, at_once, 1000001, DUET_EINVAL),
    ROW(duet_bounded_map_options, at_once, SIZE_MAX, DUET_EINVAL),
    ROW(duet_bounded_map_options, in_order, true, 0),
    ROW(duet_bounded_map_options, collect_errors, true, 0),
    ROW(duet_bounded_map_options, name, "", 0),
    ROW(duet_bounded_map_options, stack_bytes, 1, DUET_EINVAL),
    ROW(duet_bounded_map_options, stack_bytes, 64 * 1024 * 1024, 0),
    ROW(duet_bounded_map_options, stack_bytes, SIZE_MAX, DUET_EINVAL),

    DEFAULTS(duet_inspect_options),
    ROW(duet_inspect_options, backtraces, true, 0),
    ROW(duet_inspect_options, tasks_max, 1, 0),
    ROW(duet_inspect_options, tasks_max, DUET_NO_LIMIT, 0),
    ROW(duet_inspect_options, tasks_max, INT64_MAX, 0),
    ROW(duet_inspect_options, tasks_max, -2, DUET_EINVAL),
    ROW(duet_inspect_options, tasks_max, INT64_MIN, DUET_EINVAL),

    DEFAULTS(duet_queue_options),
    ROW(duet_queue_options, capacity, 1, 0),
    ROW(duet_queue_options, capacity, DUET_NO_LIMIT, 0),
    ROW(duet_queue_options, capacity, INT64_MAX, 0),
    ROW(duet_queue_options, capacity, -2, DUET_EINVAL),
    ROW(duet_queue_options, capacity, INT64_MIN, DUET_EINVAL),
    ROW(duet_queue_options, order, DUET_QUEUE_LAST_IN, 0),
    ROW(duet_queue_options, order, DUET_QUEUE_PRIORITY, DUET_EINVAL),
    ROW_WITH(duet_queue_options, order, DUET_QUEUE_PRIORITY, 0,
             compare = compare),
    ROW(duet_queue_options, order, (duet_queue_order)3, DUET_EINVAL),
    ROW(duet_queue_options, order, (duet_queue_order)-1, DUET_EINVAL),
    ROW(duet_queue_options, compare, compare, 0),
    ROW(duet_queue_options, free_item, forget, 0),

    DEFAULTS(duet_semaphore_options),
    ROW(duet_semaphore_options, unbounded, true, 0),
};

SHEET_CASE(loop_takes_its_options_or_refuses_them, sheet_check, of_loops)
SHEET_CASE(tasks_take_their_options_or_refuse_them, sheet_check_in_tasks,
           of_tasks)

TEST_MAIN(test(loop_takes_its_options_or_refuses_them),
          test(tasks_take_their_options_or_refuse_them))
