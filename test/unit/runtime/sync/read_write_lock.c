/* SPDX-License-Identifier: MIT */
#include <duet/read_write_lock.h>

#include "support/memory.h"
#include "support/in_task.h"
#include "support/run.h"
#include "support/test.h"

static duet_read_write_lock *lock;
static test_log order;
static int readers_in;
static int writers_in;
static int most_readers;

typedef struct visitor {
    const char *name; /* capital: a writer */
    int64_t stay_ms;
    duet_deadline deadline;
    int status;
    int after;
} visitor;

static int visit(void *argument)
{
    visitor *one = argument;
    bool writes = one->name[0] < 'a';

    one->status = writes ? duet_read_write_lock_write(lock, one->deadline)
                         : duet_read_write_lock_read(lock, one->deadline);
    if (one->status != 0)
        return one->status;
    test_note(&order, one->name);
    *(writes ? &writers_in : &readers_in) += 1;
    assert_true(writers_in == 0 || (writers_in == 1 && readers_in == 0));
    if (readers_in > most_readers)
        most_readers = readers_in;
    one->after = duet_sleep(duet_in_ms(one->stay_ms));
    *(writes ? &writers_in : &readers_in) -= 1;
    assert_status(duet_read_write_lock_release(lock), 0);
    return 0;
}

static duet_task *start(visitor *one, const char *name, int64_t stay_ms,
                        duet_deadline deadline)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *task;

    *one = (visitor){name, stay_ms, deadline, 1, 1};
    assert_status(duet_spawn(visit, one, &now, &task), 0);
    return task;
}

static void join(duet_task *task)
{
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

static void set_up(void)
{
    assert_status(duet_read_write_lock_new(&lock), 0);
    order.text[0] = '\0';
    readers_in = writers_in = most_readers = 0;
}

in_virtual_time(readers_share_and_writers_do_not)
{
    static const char *const names[] = {"a", "b", "C", "d", "e", "F", "G", "h"};
    visitor visitors[8];
    duet_task *tasks[8];

    set_up();
    for (int i = 0; i < 8; i++)
        tasks[i] = start(&visitors[i], names[i], 10, DUET_NEVER);
    for (int i = 0; i < 8; i++)
        join(tasks[i]);
    assert_string_equal(order.text, "abCdeFGh");
    assert_int_equal(most_readers, 2);
    assert_true(duet_clock_ns() == 60 * 1000000);
    duet_read_write_lock_free(lock);
}

in_virtual_time(readers_get_in_when_the_writer_before_them_gives_up)
{
    visitor visitors[4];
    duet_task *tasks[4];

    set_up();
    tasks[0] = start(&visitors[0], "a", 100, DUET_NEVER);
    tasks[1] = start(&visitors[1], "B", 1, duet_in_ms(5));
    tasks[2] = start(&visitors[2], "c", 1, DUET_NEVER);
    assert_status(duet_sleep(duet_in_ms(10)), 0);
    assert_string_equal(order.text, "ac");
    tasks[3] = start(&visitors[3], "D", 1, DUET_NEVER);
    assert_status(duet_read_write_lock_read(lock, duet_in_ms(1)),
                  DUET_ETIMEDOUT);
    assert_true(duet_task_cancel(tasks[3]));
    assert_status(duet_read_write_lock_read(lock, DUET_NOW), 0);
    assert_status(duet_read_write_lock_release(lock), 0);
    for (int i = 0; i < 4; i++)
        join(tasks[i]);
    assert_status(visitors[1].status, DUET_ETIMEDOUT);
    assert_status(visitors[3].status, DUET_ECANCELED);
    duet_read_write_lock_free(lock);
}

in_virtual_time(nothing_is_lost_when_who_got_in_is_cancelled)
{
    visitor visitors[2];
    duet_task *tasks[2];

    set_up();
    assert_status(duet_read_write_lock_write(lock, DUET_NOW), 0);
    tasks[0] = start(&visitors[0], "A", 1, DUET_NEVER);
    tasks[1] = start(&visitors[1], "b", 1, DUET_NEVER);
    assert_status(duet_read_write_lock_release(lock), 0);
    assert_true(duet_task_cancel(tasks[0]));
    join(tasks[0]);
    join(tasks[1]);
    assert_status(visitors[0].status, 0);
    assert_status(visitors[0].after, DUET_ECANCELED);
    assert_string_equal(order.text, "Ab");
    duet_read_write_lock_free(lock);
}

in_virtual_time(misuse_is_told)
{
    visitor one;
    duet_task *task;

    set_up();
    assert_status(duet_read_write_lock_release(lock), DUET_ESTATE);
    assert_status(duet_read_write_lock_write(lock, DUET_NEVER), 0);
    assert_status(duet_read_write_lock_write(lock, DUET_NEVER), DUET_EDEADLK);
    assert_status(duet_read_write_lock_read(lock, DUET_NEVER), DUET_EDEADLK);
    assert_status(duet_read_write_lock_release(lock), 0);
    task = start(&one, "A", 5, DUET_NEVER);
    assert_status(duet_read_write_lock_release(lock), DUET_EPERM);
    join(task);
    duet_read_write_lock_free(lock);
}

static int make_and_free(void)
{
    duet_read_write_lock *own;
    int status = duet_read_write_lock_new(&own);

    duet_read_write_lock_free(own);
    return status;
}

static void allocation_failures_are_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_and_free, 1);
}

TEST_MAIN(test(readers_share_and_writers_do_not),
          test(readers_get_in_when_the_writer_before_them_gives_up),
          test(nothing_is_lost_when_who_got_in_is_cancelled),
          test(misuse_is_told), test(allocation_failures_are_told))
