/* SPDX-License-Identifier: MIT */
#include "support/abort.h"
#include "support/test.h"

#include <stdlib.h>

#include <duet/duet.h>

/* Runs `body` on a loop with virtual time and fails the test if it fails. */
static void run(duet_task_function *body)
{
    const duet_loop_options options = {.virtual_time = true};

    assert_status(duet_run(body, NULL, &options), 0);
}

static int return_seven(void *argument)
{
    (void)argument;
    return 7;
}

static int join_it(void *argument)
{
    duet_task *task;
    int result = 0;

    (void)argument;
    assert_status(duet_spawn(return_seven, NULL, NULL, &task), 0);
    assert_false(duet_task_is_done(task));
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_int_equal(result, 7);
    return 0;
}

static void join_tells_the_result(void **state)
{
    (void)state;
    run(join_it);
}

static int count_up(void *argument)
{
    ++*(int *)argument;
    return 0;
}

static int cancel_before_start(void *argument)
{
    duet_task *task;
    int runs = 0;
    int result = 0;

    (void)argument;
    assert_status(duet_spawn(count_up, &runs, NULL, &task), 0);
    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_int_equal(runs, 0);
    return 0;
}

static void task_cancelled_before_its_start_never_runs(void **state)
{
    (void)state;
    run(cancel_before_start);
}

static int sleep_forever(void *argument)
{
    int status = duet_sleep(DUET_NEVER);

    *(int *)argument = status;
    /* Delivered once: cleaning up may wait again. */
    assert_status(duet_sleep(duet_in_ms(5)), 0);
    return status;
}

static int cancel_asleep(void *argument)
{
    duet_task *task;
    int seen = 0;
    int result = 0;

    (void)argument;
    assert_status(duet_spawn(sleep_forever, &seen, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    assert_true(duet_task_cancel(task));
    assert_true(duet_task_cancel(task));
    assert_int_equal(duet_task_cancel_requests(task), 2);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(seen, DUET_ECANCELED);
    assert_status(result, DUET_ECANCELED);
    return 0;
}

static void cancel_is_delivered_once_where_the_task_waits(void **state)
{
    (void)state;
    run(cancel_asleep);
}

static int leave_child_behind(void *argument)
{
    assert_status(duet_spawn(sleep_forever, argument, NULL, NULL), 0);
    assert_status(duet_yield(), 0);
    return 0;
}

static int end_before_child(void *argument)
{
    duet_task *task;
    int seen = 0;

    (void)argument;
    assert_status(duet_spawn(leave_child_behind, &seen, NULL, &task), 0);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    assert_status(seen, DUET_ECANCELED);
    return 0;
}

static void children_are_cancelled_when_their_parent_ends(void **state)
{
    (void)state;
    run(end_before_child);
}

static int join_too_late(void *argument)
{
    int64_t before = duet_clock_ns();
    duet_task *task;
    static int seen; /* the task ends after this function has returned */

    (void)argument;
    assert_status(duet_spawn(sleep_forever, &seen, NULL, &task), 0);
    assert_status(duet_join(task, NULL, duet_in_ms(60000)), DUET_ETIMEDOUT);
    assert_true(duet_clock_ns() - before == 60000LL * 1000000);
    assert_false(duet_task_is_done(task));
    return 0;
}

static void join_times_out_and_the_task_goes_on(void **state)
{
    (void)state;
    run(join_too_late);
}

static int join_slow(void *argument)
{
    int status = duet_join(argument, NULL, DUET_NEVER);

    assert_status(status, DUET_ECANCELED);
    return status;
}

static int cancel_joiner(void *argument)
{
    duet_task *inner;
    duet_task *outer;
    int seen = 0;
    int result = 0;

    (void)argument;
    assert_status(duet_spawn(sleep_forever, &seen, NULL, &inner), 0);
    assert_status(duet_spawn(join_slow, inner, NULL, &outer), 0);
    assert_status(duet_yield(), 0);
    duet_task_cancel(outer);
    assert_status(duet_join(outer, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_status(seen, DUET_ECANCELED);
    assert_true(duet_task_is_done(inner));
    return 0;
}

static void cancelling_a_join_cancels_the_joined_task(void **state)
{
    (void)state;
    run(cancel_joiner);
}

static char order[16];

static int note(void *argument)
{
    strncat(order, argument, 1);
    (void)!duet_yield();
    strncat(order, argument, 1);
    return 0;
}

static int spawn_in_order(void *argument)
{
    const duet_spawn_options now = {.name = "eager", .start_now = true};

    (void)argument;
    order[0] = '\0';
    assert_status(duet_spawn(note, "a", NULL, NULL), 0);
    assert_status(duet_spawn(note, "b", &now, NULL), 0);
    strncat(order, "|", 2);
    assert_status(duet_yield(), 0);
    assert_string_equal(order, "b|ab");
    assert_status(duet_yield(), 0);
    assert_string_equal(order, "b|aba");
    return 0;
}

static void tasks_start_first_in_first_out_and_at_once_if_asked(void **state)
{
    (void)state;
    run(spawn_in_order);
}

static int join_self(void *argument)
{
    (void)argument;
    assert_status(duet_join(duet_current_task(), NULL, DUET_NEVER),
                  DUET_EDEADLK);
    return 0;
}

static void task_cannot_join_itself(void **state)
{
    (void)state;
    run(join_self);
}

static int slow_to_end;

static int end_slowly(void *argument)
{
    (void)argument;
    slow_to_end = duet_sleep(duet_in_ms(10));
    return slow_to_end;
}

static int join_with_a_request_pending(void *argument)
{
    duet_task *task;
    int result;

    (void)argument;
    assert_status(duet_spawn(end_slowly, NULL, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    duet_task_cancel(duet_current_task());
    assert_status(duet_join(task, &result, DUET_NEVER), DUET_ECANCELED);
    assert_true(duet_task_is_done(task));
    assert_status(slow_to_end, DUET_ECANCELED);
    assert_status(duet_yield(), 0);
    return 0;
}

static void a_pending_request_is_passed_on_by_join(void **state)
{
    (void)state;
    run(join_with_a_request_pending);
}

static int spawn_and_detach(void *argument)
{
    duet_task *task;

    (void)argument;
    assert_status(duet_spawn(end_slowly, NULL, NULL, &task), 0);
    duet_task_detach(task);
    duet_task_release(task);
    return 0;
}

static int outlive_the_owner(void *argument)
{
    duet_task *owner;

    (void)argument;
    slow_to_end = 1;
    assert_status(duet_spawn(spawn_and_detach, NULL, NULL, &owner), 0);
    assert_status(duet_join(owner, NULL, DUET_NEVER), 0);
    assert_true(duet_clock_ns() == 0);
    assert_int_equal(slow_to_end, 1);
    return 0;
}

static void a_detached_task_outlives_its_owner_and_the_run_waits(void **state)
{
    (void)state;
    run(outlive_the_owner);
    assert_status(slow_to_end, 0);
}

static int detach_the_last(void *argument)
{
    duet_group *group;
    duet_task *task;

    (void)argument;
    assert_status(duet_group_open(&group), 0);
    assert_status(duet_group_spawn(group, end_slowly, NULL, NULL, &task), 0);
    duet_task_detach(task);
    assert_status(duet_group_close(group, 0), 0);
    assert_true(duet_clock_ns() == 0);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    return 0;
}

static void a_group_does_not_wait_for_a_detached_task(void **state)
{
    (void)state;
    run(detach_the_last);
}

static void outside_a_loop_calls_that_wait_say_so(void **state)
{
    (void)state;
    assert_status(duet_yield(), DUET_ENOLOOP);
    assert_status(duet_sleep(DUET_NOW), DUET_ENOLOOP);
    assert_status(duet_spawn(note, NULL, NULL, NULL), DUET_ENOLOOP);
    assert_null(duet_current_task());
}

static int leave_group_open(void *argument)
{
    duet_group *group;

    (void)argument;
    return duet_group_open(&group);
}

static int leave_timeout_open(void *argument)
{
    duet_timeout *timeout;

    (void)argument;
    return duet_timeout_open(DUET_NEVER, &timeout);
}

static void a_task_that_leaves_its_group_or_timeout_open_is_told(void **state)
{
    char text[1024];

    (void)state;
    test_abort(leave_group_open, text, sizeof text);
    assert_non_null(strstr(text, "a task closes its groups and timeouts"));
    test_abort(leave_timeout_open, text, sizeof text);
    assert_non_null(strstr(text, "a task closes its groups and timeouts"));
}

/* --- chains and circles of joins ------------------------------------------ */

#if defined(__SANITIZE_THREAD__)
enum { CHAIN = 2000 }; /* it has room for 8128 stacks */
#else
enum { CHAIN = 20000 };
#endif

typedef struct chain {
    duet_task *tasks[CHAIN];
    int cancelled;
} chain;

typedef struct chain_link {
    chain *chain;
    int place;
} chain_link;

static int join_next(void *argument)
{
    chain_link *link = argument;
    int status;

    if (link->place + 1 == CHAIN)
        status = duet_sleep(DUET_NEVER);
    else
        status =
            duet_join(link->chain->tasks[link->place + 1], NULL, DUET_NEVER);
    link->chain->cancelled += status == DUET_ECANCELED;
    return status;
}

/* Whichever end begins, no join costs more than another. */
static int cancel_a_chain(chain_link *links, bool last_first)
{
    chain *all = links[0].chain;
    int result;

    all->cancelled = 0;
    for (int i = 0; i < CHAIN; i++) {
        int place = last_first ? CHAIN - 1 - i : i;

        assert_status(
            duet_spawn(join_next, &links[place], NULL, &all->tasks[place]), 0);
    }
    assert_status(duet_yield(), 0);
    assert_true(duet_task_cancel(all->tasks[0]));
    assert_status(duet_join(all->tasks[0], &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_int_equal(all->cancelled, CHAIN);
    return 0;
}

static int cancel_chains(void *argument)
{
    chain *all = calloc(1, sizeof *all);
    chain_link *links = calloc(CHAIN, sizeof *links);

    (void)argument;
    assert_non_null(all);
    assert_non_null(links);
    for (int i = 0; i < CHAIN; i++)
        links[i] = (chain_link){.chain = all, .place = i};
    cancel_a_chain(links, false);
    cancel_a_chain(links, true);
    free(links);
    free(all);
    return 0;
}

static void a_long_chain_of_joins_is_cancelled_without_recursion(void **state)
{
    (void)state;
    run(cancel_chains);
}

/* A task that spawns one that spawns one..., each waiting for its own. */
static int nest(void *argument)
{
    int *deeper = argument;
    duet_task *task;

    if ((*deeper)-- == 0)
        return duet_sleep(DUET_NEVER);
    assert_status(duet_spawn(nest, deeper, NULL, &task), 0);
    return duet_task_wait(task, DUET_NEVER);
}

static int cancel_a_nest(void *argument)
{
    int deeper = CHAIN;
    duet_task *task;
    int result;

    (void)argument;
    assert_status(duet_spawn(nest, &deeper, NULL, &task), 0);
    while (deeper >= 0)
        assert_status(duet_yield(), 0);
    assert_true(duet_task_cancel(task));
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    return 0;
}

static void deeply_nested_tasks_are_cancelled_without_recursion(void **state)
{
    (void)state;
    run(cancel_a_nest);
}

typedef struct circle {
    duet_task *tasks[3];
    int statuses[3];
    int joined;
} circle;

static int join_around(void *argument)
{
    circle *all = argument;
    int own = all->joined++;

    all->statuses[own] = duet_join(all->tasks[(own + 1) % 3], NULL, DUET_NEVER);
    return 0;
}

static int join_in_a_circle(void *argument)
{
    circle all = {0};

    (void)argument;
    for (int i = 0; i < 3; i++)
        assert_status(duet_spawn(join_around, &all, NULL, &all.tasks[i]), 0);
    assert_status(duet_join(all.tasks[0], NULL, DUET_NEVER), 0);
    assert_status(all.statuses[0], 0);
    assert_status(all.statuses[1], 0);
    assert_status(all.statuses[2], DUET_EDEADLK);
    return 0;
}

static void who_closes_a_circle_of_joins_is_told(void **state)
{
    (void)state;
    run(join_in_a_circle);
}

static int join_the_owners(void *argument)
{
    duet_task *const *owners = argument;

    for (int i = 0; i < 2; i++) {
        assert_status(duet_join(owners[i], NULL, DUET_NEVER), DUET_EDEADLK);
        assert_status(duet_task_wait(owners[i], DUET_NEVER), DUET_EDEADLK);
        assert_status(duet_shield(owners[i], NULL, DUET_NEVER), DUET_EDEADLK);
        assert_status(duet_wait_for_task(owners[i], NULL, DUET_NEVER),
                      DUET_EDEADLK);
        assert_status(
            duet_tasks_wait(&owners[i], 1, DUET_UNTIL_ALL, NULL, DUET_NEVER),
            DUET_EDEADLK);
    }
    return 0;
}

static int own_who_joins(void *argument)
{
    duet_task **owners = argument;
    duet_group *group;
    int status;

    owners[1] = duet_current_task();
    assert_status(duet_group_open(&group), 0);
    status = duet_group_spawn(group, join_the_owners, owners, NULL, NULL);
    assert_status(duet_group_close(group, status), 0);
    return 0;
}

static int own_an_owner(void *argument)
{
    duet_task *owners[2] = {duet_current_task(), NULL};
    duet_task *task;

    (void)argument;
    assert_status(duet_spawn(own_who_joins, owners, NULL, &task), 0);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    return 0;
}

static void a_task_cannot_wait_for_its_owners(void **state)
{
    (void)state;
    run(own_an_owner);
}

/* Two that wait for a third, which waits for a fourth. */
static int sleep_long(void *argument)
{
    (void)argument;
    return duet_sleep(DUET_NEVER);
}

static int join_given(void *argument)
{
    return duet_task_wait(*(duet_task **)argument, DUET_NEVER);
}

static int pass_on_given(void *argument)
{
    int result;

    return duet_join(*(duet_task **)argument, &result, DUET_NEVER);
}

static int cancel_where_chains_meet(void *argument)
{
    duet_task *last;
    duet_task *middle;
    duet_group *group;
    int status;

    (void)argument;
    assert_status(duet_spawn(sleep_long, NULL, NULL, &last), 0);
    assert_status(duet_spawn(pass_on_given, &last, NULL, &middle), 0);
    assert_status(duet_group_open(&group), 0);
    status = duet_group_spawn(group, pass_on_given, &middle, NULL, NULL);
    assert_status(status, 0);
    status = duet_group_spawn(group, join_given, &middle, NULL, NULL);
    assert_status(status, 0);
    assert_status(duet_yield(), 0);
    duet_group_cancel(group);
    assert_int_equal(duet_task_cancel_requests(middle), 1);
    assert_int_equal(duet_task_cancel_requests(last), 1);
    assert_status(duet_group_close(group, 0), 0);
    assert_true(duet_task_is_done(middle));
    return 0;
}

static void a_request_goes_on_along_joins_and_not_along_waits(void **state)
{
    (void)state;
    run(cancel_where_chains_meet);
}

/* --- what is told of a failure -------------------------------------------- */

static int fail_with_a_sentence(void *argument)
{
    return duet_fail(*(int *)argument, "the other's own");
}

static int fail_without_a_sentence(void *argument)
{
    return *(int *)argument;
}

static int join_result(duet_task_function *function, int code)
{
    duet_task *task;
    int result;

    assert_status(duet_spawn(function, &code, NULL, &task), 0);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    return result;
}

static int fail_in_turn(void *argument)
{
    duet_lock *lock;
    duet_task *task;
    int result;

    (void)argument;
    result = join_result(fail_with_a_sentence, DUET_EIO);
    assert_string_equal(duet_error_message(result), "the other's own");
    result = join_result(fail_without_a_sentence, DUET_EIO);
    assert_string_equal(duet_error_message(result), "input or output error");
    assert_status(duet_lock_new(&lock), 0);
    assert_status(duet_lock_acquire(lock, DUET_NEVER), 0);
    result = duet_task_wait(duet_current_task(), DUET_NEVER);
    assert_status(result, DUET_EDEADLK);
    assert_non_null(strstr(duet_error_message(result), "waits for task"));
    result = duet_lock_acquire(lock, DUET_NEVER);
    assert_string_equal(duet_error_message(result), "would wait for itself");
    duet_lock_release(lock);
    duet_lock_free(lock);
    /* A wait that ends by its deadline says nothing more. */
    duet_fail(DUET_ETIMEDOUT, "older");
    assert_status(duet_spawn(sleep_long, NULL, NULL, &task), 0);
    result = duet_task_wait(task, duet_in_ms(5));
    assert_string_equal(duet_error_message(result), "deadline passed");
    return 0;
}

static void the_message_of_a_status_is_about_that_failure(void **state)
{
    (void)state;
    run(fail_in_turn);
}

static int spawn_with_odd_stacks(void *argument)
{
    const size_t odd[] = {1, 100, 16 * 1024 - 1, 64 * 1024 * 1024 + 1};
    duet_task *task;

    (void)argument;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        const duet_spawn_options options = {.stack_bytes = odd[i]};

        assert_status(duet_spawn(return_seven, NULL, &options, &task),
                      DUET_EINVAL);
        assert_null(task);
        assert_non_null(
            strstr(duet_error_message(DUET_EINVAL), "stack_bytes is "));
    }
    return 0;
}

static void stacks_out_of_range_are_refused_by_name(void **state)
{
    (void)state;
    run(spawn_with_odd_stacks);
}

TEST_MAIN(test(stacks_out_of_range_are_refused_by_name),
          test(the_message_of_a_status_is_about_that_failure),
          test(a_long_chain_of_joins_is_cancelled_without_recursion),
          test(deeply_nested_tasks_are_cancelled_without_recursion),
          test(who_closes_a_circle_of_joins_is_told),
          test(a_task_cannot_wait_for_its_owners),
          test(a_request_goes_on_along_joins_and_not_along_waits),
          test(a_task_that_leaves_its_group_or_timeout_open_is_told),
          test(join_tells_the_result),
          test(task_cancelled_before_its_start_never_runs),
          test(cancel_is_delivered_once_where_the_task_waits),
          test(children_are_cancelled_when_their_parent_ends),
          test(join_times_out_and_the_task_goes_on),
          test(cancelling_a_join_cancels_the_joined_task),
          test(tasks_start_first_in_first_out_and_at_once_if_asked),
          test(task_cannot_join_itself),
          test(a_pending_request_is_passed_on_by_join),
          test(a_detached_task_outlives_its_owner_and_the_run_waits),
          test(a_group_does_not_wait_for_a_detached_task),
          test(outside_a_loop_calls_that_wait_say_so))
