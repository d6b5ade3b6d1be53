/* SPDX-License-Identifier: MIT */
#include "fetch/host_gate.h"

#include <duet/loop.h>
#include <duet/task.h>

#include "support/test.h"

static const duet_loop_options virtual_time = {.virtual_time = true};

typedef struct fixture {
    duet__slots slots;
    duet__host_gate gate;
    int entered;
    int status;
    int64_t waited_ns;
} fixture;

static void ignore(void *context)
{
    (void)context;
}

/* A gate for one of each host, with two slots, one of which is taken. */
static void begin(fixture *fixture)
{
    duet__slots_init(&fixture->slots, 2, ignore, NULL);
    duet__host_gate_init(&fixture->gate, 2, 1);
    assert_true(duet__slots_take(&fixture->slots));
}

static int enter(fixture *fixture, const char *url, duet__admission_host **host)
{
    int64_t waited_ns;
    int status = duet__host_gate_enter(&fixture->gate, &fixture->slots, url,
                                       host, &waited_ns);

    assert_int_equal(waited_ns, 0);
    return status;
}

static int enter_second(void *argument)
{
    fixture *fixture = argument;
    duet__admission_host *host;

    assert_true(duet__slots_take(&fixture->slots));
    fixture->status =
        duet__host_gate_enter(&fixture->gate, &fixture->slots, "http://a/2",
                              &host, &fixture->waited_ns);
    fixture->entered++;
    duet__host_gate_leave(&fixture->gate, host);
    duet__slots_release(&fixture->slots);
    return 0;
}

static int wait_for_the_first(void *argument)
{
    fixture *fixture = argument;
    duet__admission_host *first;
    duet__admission_host *other;
    duet_task *task;

    begin(fixture);
    assert_status(enter(fixture, "http://a/1", &first), 0);
    assert_status(duet_spawn(enter_second, fixture, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(1000)), 0);
    assert_int_equal(fixture->entered, 0);
    assert_true(duet__slots_take(&fixture->slots)); /* it left its own */
    assert_status(enter(fixture, "http://b/", &other), 0);
    duet__host_gate_leave(&fixture->gate, other);
    duet__slots_release(&fixture->slots);
    duet__host_gate_leave(&fixture->gate, first);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    assert_status(fixture->status, 0);
    assert_true(fixture->waited_ns >= 1000000000);
    assert_true(duet__slots_take(&fixture->slots));
    duet__host_gate_free(&fixture->gate);
    return 0;
}

static void who_waits_for_a_host_holds_no_slot(void **state)
{
    fixture fixture = {0};

    (void)state;
    assert_status(duet_run(wait_for_the_first, &fixture, &virtual_time), 0);
}

static int end_the_wait(fixture *fixture, bool cancels, int expected)
{
    duet__admission_host *first;
    duet_task *task;

    begin(fixture);
    assert_status(enter(fixture, "http://a/1", &first), 0);
    assert_status(duet_spawn(enter_second, fixture, NULL, &task), 0);
    assert_status(duet_sleep(duet_in_ms(1)), 0);
    if (cancels)
        duet_task_cancel(task);
    else
        duet__host_gate_close(&fixture->gate);
    assert_status(duet_task_wait(task, DUET_NEVER), 0);
    assert_status(fixture->status, expected);
    assert_true(duet__slots_take(&fixture->slots));
    duet__host_gate_leave(&fixture->gate, first);
    duet__host_gate_free(&fixture->gate);
    return 0;
}

static int cancel_the_wait(void *argument)
{
    return end_the_wait(argument, true, DUET_ECANCELED);
}

static int close_the_gate(void *argument)
{
    return end_the_wait(argument, false, DUET_ECLOSED);
}

static void cancelled_wait_leaves_the_slots_right(void **state)
{
    fixture fixture = {0};

    (void)state;
    assert_status(duet_run(cancel_the_wait, &fixture, &virtual_time), 0);
}

static void closing_ends_the_wait(void **state)
{
    fixture fixture = {0};

    (void)state;
    assert_status(duet_run(close_the_gate, &fixture, &virtual_time), 0);
}

static int enter_freely(void *argument)
{
    fixture *fixture = argument;
    duet__admission_host *host;

    begin(fixture);
    assert_status(enter(fixture, "no URL", &host), 0);
    assert_null(host);
    duet__host_gate_leave(&fixture->gate, host);
    duet__host_gate_free(&fixture->gate);
    duet__host_gate_init(&fixture->gate, 2, 2);
    for (int i = 0; i < 3; i++) { /* the slots are the limit */
        assert_status(enter(fixture, "http://a/", &host), 0);
        assert_null(host);
    }
    duet__host_gate_free(&fixture->gate);
    return 0;
}

static void gate_lets_through_what_it_need_not_hold(void **state)
{
    fixture fixture = {0};

    (void)state;
    assert_status(duet_run(enter_freely, &fixture, &virtual_time), 0);
}

TEST_MAIN(test(who_waits_for_a_host_holds_no_slot),
          test(cancelled_wait_leaves_the_slots_right),
          test(closing_ends_the_wait),
          test(gate_lets_through_what_it_need_not_hold))
