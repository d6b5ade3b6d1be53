/* SPDX-License-Identifier: MIT */
#include <duet/semaphore.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/run.h"
#include "support/test.h"

static duet_semaphore *slots;
static test_log order;
static int inside;
static int most_inside;

typedef struct user {
    const char *name;
    int64_t hold_ms;
    duet_deadline deadline;
    int status;
    int after;
} user;

static int use_slot(void *argument)
{
    user *one = argument;

    one->status = duet_semaphore_acquire(slots, one->deadline);
    if (one->status != 0)
        return one->status;
    test_note(&order, one->name);
    if (++inside > most_inside)
        most_inside = inside;
    one->after = duet_sleep(duet_in_ms(one->hold_ms));
    inside--;
    assert_status(duet_semaphore_release(slots), 0);
    return 0;
}

static duet_task *start(user *one)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    assert_status(duet_spawn(use_slot, one, &now, &task), 0);
    return task;
}

static void join(duet_task *task)
{
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

static void set_up(size_t count)
{
    assert_status(duet_semaphore_new(count, NULL, &slots), 0);
    order.text[0] = '\0';
    inside = most_inside = 0;
}

in_virtual_time(so_many_get_in_and_in_the_order_they_asked)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g"};
    user users[7];
    duet_task *tasks[7];

    set_up(3);
    for (int i = 0; i < 7; i++) {
        users[i] = (user){names[i], 10, DUET_NEVER, 1, 1};
        tasks[i] = start(&users[i]);
    }
    assert_int_equal(duet_semaphore_free_slots(slots), 0);
    for (int i = 0; i < 7; i++)
        join(tasks[i]);
    assert_string_equal(order.text, "abcdefg");
    assert_int_equal(most_inside, 3);
    assert_int_equal(duet_semaphore_free_slots(slots), 3);
    assert_true(duet_clock_ns() == 30 * 1000000);
    duet_semaphore_free(slots);
}

in_virtual_time(nobody_overtakes_who_was_just_given_a_slot)
{
    user next = {"b", 0, DUET_NEVER, 1, 1};
    duet_task *task;

    set_up(1);
    assert_status(duet_semaphore_acquire(slots, DUET_NOW), 0);
    task = start(&next);
    assert_status(duet_semaphore_release(slots), 0);
    assert_int_equal(duet_semaphore_free_slots(slots), 0);
    assert_status(duet_semaphore_acquire(slots, DUET_NOW), DUET_ETIMEDOUT);
    join(task);
    assert_status(next.status, 0);
    duet_semaphore_free(slots);
}

in_virtual_time(no_slot_is_lost_to_those_who_give_up)
{
    user late = {"b", 0, duet_in_ms(1), 1, 1};
    user cancelled = {"c", 0, DUET_NEVER, 1, 1};
    user given = {"d", 0, DUET_NEVER, 1, 1};
    duet_task *tasks[3];

    set_up(1);
    assert_status(duet_semaphore_acquire(slots, DUET_NOW), 0);
    tasks[0] = start(&late);
    tasks[1] = start(&cancelled);
    tasks[2] = start(&given);
    assert_true(duet_task_cancel(tasks[1]));
    assert_status(duet_sleep(duet_in_ms(2)), 0);
    assert_status(duet_semaphore_release(slots), 0);
    assert_true(duet_task_cancel(tasks[2]));
    for (int i = 0; i < 3; i++)
        join(tasks[i]);
    assert_status(late.status, DUET_ETIMEDOUT);
    assert_status(cancelled.status, DUET_ECANCELED);
    assert_status(given.status, 0);
    assert_status(given.after, DUET_ECANCELED);
    assert_int_equal(duet_semaphore_free_slots(slots), 1);
    duet_semaphore_free(slots);
}

static void giving_back_one_too_many_is_an_error(void **state)
{
    (void)state;
    set_up(1);
    assert_status(duet_semaphore_release(slots), DUET_ESTATE);
    assert_status(duet_semaphore_acquire(slots, DUET_NOW), 0);
    assert_status(duet_semaphore_release(slots), 0);
    assert_status(duet_semaphore_release(slots), DUET_ESTATE);
    assert_int_equal(duet_semaphore_free_slots(slots), 1);
    assert_status(duet_semaphore_acquire(slots, DUET_NEVER), 0);
    assert_status(duet_semaphore_acquire(slots, DUET_NEVER), DUET_ENOLOOP);
    duet_semaphore_free(slots);
}

static void an_unbounded_semaphore_counts_up(void **state)
{
    const duet_semaphore_options unbounded = {.unbounded = true};

    (void)state;
    assert_status(duet_semaphore_new(0, &unbounded, &slots), 0);
    for (int i = 0; i < 5; i++)
        assert_status(duet_semaphore_release(slots), 0);
    assert_int_equal(duet_semaphore_free_slots(slots), 5);
    duet_semaphore_free(slots);
    assert_status(duet_semaphore_new(SIZE_MAX, &unbounded, &slots), 0);
    assert_status(duet_semaphore_release(slots), DUET_ERANGE);
    duet_semaphore_free(slots);
}

static int make_and_free(void)
{
    duet_semaphore *own;
    int status = duet_semaphore_new(1, NULL, &own);

    duet_semaphore_free(own);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_and_free, 1);
}

TEST_MAIN(test(so_many_get_in_and_in_the_order_they_asked),
          test(nobody_overtakes_who_was_just_given_a_slot),
          test(no_slot_is_lost_to_those_who_give_up),
          test(giving_back_one_too_many_is_an_error),
          test(an_unbounded_semaphore_counts_up),
          test(allocation_failures_are_told))
