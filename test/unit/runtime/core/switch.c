/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "runtime/core/switch.h"
#include "runtime/core/task.h"
#include "support/in_task.h"
#include "support/test.h"

static int set_errno(void *argument)
{
    (void)argument;
    for (int i = 0; i < 3; i++) {
        errno = ERANGE;
        assert_status(duet_yield(), 0);
        assert_int_equal(errno, ERANGE);
    }
    return 0;
}

in_virtual_time(errno_is_each_tasks_own)
{
    assert_status(duet_spawn(set_errno, NULL, NULL, NULL), 0);
    for (int i = 0; i < 4; i++) {
        errno = EDOM;
        assert_status(duet_yield(), 0);
        assert_int_equal(errno, EDOM);
    }
}

static int fail_and_keep(void *argument)
{
    duet__fail(DUET_EINVAL, "%s", (const char *)argument);
    assert_status(duet_yield(), 0);
    assert_string_equal(duet_error_detail(), argument);
    return 0;
}

in_virtual_time(error_details_are_each_tasks_own)
{
    duet__fail(DUET_EINVAL, "mine");
    assert_status(duet_spawn(fail_and_keep, "one", NULL, NULL), 0);
    assert_status(duet_spawn(fail_and_keep, "two", NULL, NULL), 0);
    for (int i = 0; i < 3; i++)
        assert_status(duet_yield(), 0);
    assert_string_equal(duet_error_detail(), "mine");
}

static int see_state(void *argument)
{
    duet_task *task = duet_current_task();

    (void)argument;
    assert_int_equal(task->state, DUET__TASK_RUNNING);
    assert_ptr_equal(task->loop->current, task);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(task->state, DUET__TASK_RUNNING);
    return 0;
}

in_virtual_time(exactly_the_current_task_is_running)
{
    duet_task *task;

    assert_status(duet_spawn(see_state, NULL, NULL, &task), 0);
    assert_int_equal(task->state, DUET__TASK_READY);
    assert_status(duet_yield(), 0);
    assert_int_equal(task->state, DUET__TASK_WAITING);
    assert_int_equal(duet_current_task()->state, DUET__TASK_RUNNING);
    assert_status(duet_task_wait(task, DUET_NEVER), 0);
    assert_int_equal(task->state, DUET__TASK_DONE);
}

static int yield_often(void *argument)
{
    int *turns = argument;

    while (duet_yield() == 0)
        ++*turns;
    return DUET_ECANCELED;
}

/* On the real clock: a task that is always ready must not starve timers. */
in_task(a_busy_task_does_not_starve_timers)
{
    int turns = 0;
    duet_task *task;

    assert_status(duet_spawn(yield_often, &turns, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_true(turns > 0);
    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

static int end_at_once(void *argument)
{
    ++*(int *)argument;
    return 0;
}

in_virtual_time(stacks_of_tasks_that_ended_are_used_again)
{
    duet__stack_pool *stacks = &duet_current_loop()->stacks;
    int ended = 0;

    for (int i = 0; i < 1000; i++) {
        assert_status(duet_spawn(end_at_once, &ended, NULL, NULL), 0);
        assert_status(duet_yield(), 0);
    }
    assert_int_equal(ended, 1000);
    for (int class = 0; class < DUET__STACK_CLASSES; class ++)
        assert_true(stacks->classes[class].free_count <= 3);
}

typedef struct inline_driver {
    duet__driver driver;
    int runs;
    int steps;
} inline_driver;

static int wait_in_the_middle(void *argument)
{
    inline_driver *own = argument;

    own->steps++;
    assert_status(duet_yield(), 0);
    own->steps++;
    return 0;
}

static duet_deadline due_once(duet__driver *driver)
{
    inline_driver *own = DUET__MEMBER(driver, inline_driver, driver);

    return own->runs == 0 ? DUET_NOW : DUET_NEVER;
}

static void run_task_inside(duet__driver *driver)
{
    inline_driver *own = DUET__MEMBER(driver, inline_driver, driver);
    duet_loop *loop = duet_current_loop();
    duet_task *task;

    own->runs++;
    assert_status(duet__task_new(loop, &loop->background, wait_in_the_middle,
                                 own, NULL, &task),
                  0);
    duet__task_run_inline(task);
    /* Up to its first wait and no further, whatever else is ready. */
    assert_int_equal(own->steps, 1);
    assert_null(loop->current);
}

in_virtual_time(a_driver_runs_a_task_up_to_its_first_wait)
{
    inline_driver own = {.driver = {.run = run_task_inside, .due = due_once}};
    duet_loop *loop = duet_current_loop();

    duet__loop_add_driver(loop, &own.driver);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    assert_int_equal(own.runs, 1);
    assert_int_equal(own.steps, 2);
    duet__loop_remove_driver(loop, &own.driver);
}

static int steps;

static int step_three_times(void *argument)
{
    (void)argument;
    for (int i = 0; i < 3; i++) {
        steps++;
        assert_status(duet_yield(), 0);
    }
    return 0;
}

static int do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

/* On the loop's stack, as a driver is. */
static void run_inline(void *argument)
{
    duet_loop *loop = argument;
    duet_task *other;
    duet_task *task;

    assert_status(duet__task_new(loop, &loop->background, step_three_times,
                                 NULL, NULL, &task),
                  0);
    duet__task_run_inline(task);
    assert_int_equal(steps, 1);
    assert_true(duet__task_run_again_inline(task));
    assert_int_equal(steps, 2);
    assert_status(duet__task_spawn(loop, &loop->background, do_nothing, NULL,
                                   NULL, &other),
                  0);
    assert_false(duet__task_run_again_inline(task));
    assert_int_equal(steps, 2);
    duet_task_release(other);
}

in_virtual_time(task_that_yields_runs_again_only_if_it_is_alone)
{
    steps = 0;
    assert_status(duet_loop_call_from_thread(duet_current_loop(), run_inline,
                                             duet_current_loop()),
                  0);
    assert_status(duet_sleep(duet_in_ms(10)), 0);
    assert_int_equal(steps, 3);
}

TEST_MAIN(test(task_that_yields_runs_again_only_if_it_is_alone),
          test(errno_is_each_tasks_own), test(error_details_are_each_tasks_own),
          test(exactly_the_current_task_is_running),
          test(a_busy_task_does_not_starve_timers),
          test(stacks_of_tasks_that_ended_are_used_again),
          test(a_driver_runs_a_task_up_to_its_first_wait))
