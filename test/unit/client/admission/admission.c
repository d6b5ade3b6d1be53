/* SPDX-License-Identifier: MIT */
#include "client/admission/admission.h"
#include "support/memory.h"
#include "support/in_task.h"
#include "support/run.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct visitor {
    duet__admission *admission;
    const char *host;
    test_log *log;
    const char *letter;
    duet_deadline deadline;
    int64_t stay_ms;
    int status;
} visitor;

static int visit(void *argument)
{
    visitor *self = argument;
    duet__admission_slot slot;

    self->status = duet__admission_enter(
        self->admission, duet__text_from(self->host), &slot, self->deadline);
    if (self->status != 0)
        return 0;
    test_note(self->log, self->letter);
    (void)!duet_sleep(duet_in_ms(self->stay_ms));
    duet__admission_leave(self->admission, &slot);
    return 0;
}

static void visit_all(visitor *visitors, size_t count)
{
    duet_call calls[32];

    for (size_t i = 0; i < count; i++)
        calls[i] = (duet_call){.function = visit, .argument = &visitors[i]};
    assert_status(duet_gather(calls, count, NULL, DUET_NEVER), 0);
}

in_virtual_time(one_host_is_served_in_order_of_arrival)
{
    duet__admission admission;
    test_log log = {""};
    visitor visitors[5];

    duet__admission_init(&admission, 10, 2);
    for (int i = 0; i < 5; i++)
        visitors[i] = (visitor){.admission = &admission,
                                .host = "a",
                                .log = &log,
                                .letter = &"1\0002\0003\0004\0005"[2 * i],
                                .deadline = DUET_NEVER,
                                .stay_ms = 10};
    visit_all(visitors, 5);
    assert_string_equal(log.text, "12345");
    assert_int_equal(admission.hosts.count, 0);
    duet__admission_free(&admission);
}

in_virtual_time(host_with_room_does_not_wait_behind_a_full_one)
{
    duet__admission admission;
    test_log log = {""};
    visitor visitors[] = {
        {&admission, "a", &log, "a", DUET_NEVER, 1000, 0},
        {&admission, "a", &log, "A", DUET_NEVER, 1000, 0},
        {&admission, "b", &log, "b", DUET_NEVER, 1, 0},
        {&admission, "b", &log, "B", DUET_NEVER, 1, 0},
    };

    duet__admission_init(&admission, 10, 1);
    visit_all(visitors, 4);
    assert_string_equal(log.text, "abBA");
    duet__admission_free(&admission);
}

in_virtual_time(hosts_take_turns_at_the_total_limit)
{
    duet__admission admission;
    test_log log = {""};
    visitor visitors[] = {
        {&admission, "a", &log, "a", DUET_NEVER, 1, 0},
        {&admission, "a", &log, "a", DUET_NEVER, 1, 0},
        {&admission, "a", &log, "a", DUET_NEVER, 1, 0},
        {&admission, "a", &log, "a", DUET_NEVER, 1, 0},
        {&admission, "b", &log, "b", DUET_NEVER, 1, 0},
        {&admission, "b", &log, "b", DUET_NEVER, 1, 0},
        {&admission, "c", &log, "c", DUET_NEVER, 1, 0},
    };

    duet__admission_init(&admission, 1, 1);
    visit_all(visitors, 7);
    /* The second of a waited before b and c came. */
    assert_string_equal(log.text, "abcabaa");
    duet__admission_free(&admission);
}

in_virtual_time(waiting_ends_at_the_deadline)
{
    duet__admission admission;
    test_log log = {""};
    visitor visitors[] = {
        {&admission, "a", &log, "a", DUET_NEVER, 100, 0},
        {&admission, "a", &log, "x", duet_in_ms(50), 1, 0},
        {&admission, "a", &log, "b", DUET_NEVER, 1, 0},
        {&admission, "a", &log, "x", DUET_NOW, 1, 0},
    };

    duet__admission_init(&admission, 10, 1);
    visit_all(visitors, 4);
    assert_status(visitors[1].status, DUET_ETIMEDOUT);
    assert_status(visitors[3].status, DUET_ETIMEDOUT);
    assert_string_equal(log.text, "ab");
    assert_int_equal(admission.waiting, 0);
    duet__admission_free(&admission);
}

in_virtual_time(closing_ends_the_waits)
{
    duet__admission admission;
    test_log log = {""};
    visitor first = {&admission, "a", &log, "a", DUET_NEVER, 100, 0};
    visitor second = {&admission, "a", &log, "x", DUET_NEVER, 1, 0};
    duet__admission_slot slot;
    duet_task *tasks[2];

    duet__admission_init(&admission, 10, 1);
    assert_status(duet_spawn(visit, &first, NULL, &tasks[0]), 0);
    assert_status(duet_spawn(visit, &second, NULL, &tasks[1]), 0);
    (void)!duet_yield();
    duet__admission_close(&admission);
    assert_status(duet_join(tasks[1], NULL, DUET_NEVER), 0);
    assert_status(second.status, DUET_ECLOSED);
    assert_status(
        duet__admission_enter(&admission, DUET__TEXT("b"), &slot, DUET_NEVER),
        DUET_ECLOSED);
    assert_status(duet_join(tasks[0], NULL, DUET_NEVER), 0);
    duet__admission_free(&admission);
}

/* --- many, cancelled at any time ----------------------------------------- */

enum { CROWD = 400, ROUNDS = 20, TOTAL = 7, PER_HOST = 3, HOSTS = 5 };

typedef struct crowd {
    duet__admission admission;
    int inside;
    int inside_host[HOSTS];
    unsigned seed;
} crowd;

static unsigned next_random(crowd *self)
{
    self->seed = self->seed * 1664525 + 1013904223;
    return self->seed >> 8;
}

static int stay(void *argument)
{
    crowd *self = argument;
    unsigned host_number = next_random(self) % HOSTS;
    char name[8];
    duet__admission_slot slot;
    int status;

    snprintf(name, sizeof name, "h%u", host_number);
    (void)!duet_sleep(duet_in_ms(next_random(self) % 50));
    status = duet__admission_enter(
        &self->admission, duet__text_from(name), &slot,
        next_random(self) % 3 == 0 ? duet_in_ms(next_random(self) % 40)
                                   : DUET_NEVER);
    if (status != 0)
        return 0;
    self->inside++;
    self->inside_host[host_number]++;
    assert_true(self->inside <= TOTAL);
    assert_true(self->inside_host[host_number] <= PER_HOST);
    (void)!duet_sleep(duet_in_ms(next_random(self) % 5));
    self->inside--;
    self->inside_host[host_number]--;
    duet__admission_leave(&self->admission, &slot);
    return 0;
}

static void crowd_round(unsigned seed)
{
    static duet_task *tasks[CROWD];
    crowd self = {.seed = seed};

    duet__admission_init(&self.admission, TOTAL, PER_HOST);
    for (int i = 0; i < CROWD; i++)
        assert_status(duet_spawn(stay, &self, NULL, &tasks[i]), 0);
    for (int i = 0; i < CROWD / 2; i++) {
        duet_task_cancel(tasks[next_random(&self) % CROWD]);
        if (next_random(&self) % 2)
            (void)!duet_sleep(duet_in_ms(next_random(&self) % 3));
    }
    for (int i = 0; i < CROWD; i++)
        assert_status(duet_join(tasks[i], NULL, DUET_NEVER), 0);
    assert_int_equal(self.admission.running, 0);
    assert_int_equal(self.admission.waiting, 0);
    assert_int_equal(self.admission.hosts.count, 0);
    assert_true(duet__list_is_empty(&self.admission.turns));
    duet__admission_free(&self.admission);
}

in_virtual_time(no_slot_is_lost_when_tasks_are_cancelled_at_random)
{
    for (unsigned seed = 1; seed <= ROUNDS; seed++)
        crowd_round(seed);
}

static duet__admission lean;

static int enter_lean(void)
{
    duet__admission_slot slot;
    int status =
        duet__admission_enter(&lean, DUET__TEXT("a.test"), &slot, DUET_NEVER);

    assert_int_equal(lean.running, status == 0);
    assert_int_equal(lean.waiting, 0);
    assert_int_equal(lean.hosts.count, status == 0);
    if (status == 0)
        duet__admission_leave(&lean, &slot);
    return status;
}

in_virtual_time(host_without_memory_takes_no_place)
{
    duet__admission_init(&lean, 1, 1);
    test_each_allocation_failing(enter_lean, 2);
    assert_int_equal(lean.hosts.count, 0);
    duet__admission_free(&lean);
}

/* --- silence ------------------------------------------------------------- */

enum { LONG_MS = 60000 };

in_virtual_time(silent_host_does_not_hold_the_others)
{
    duet__admission admission;
    test_log log = {""};
    visitor visitors[] = {
        {&admission, "s", &log, "s", DUET_NEVER, LONG_MS, 0},
        {&admission, "s", &log, "s", DUET_NEVER, LONG_MS, 0},
        {&admission, "s", &log, "S", DUET_NEVER, LONG_MS, 0},
        {&admission, "a", &log, "a", DUET_NEVER, 10, 0},
        {&admission, "a", &log, "a", DUET_NEVER, 10, 0},
        {&admission, "b", &log, "b", DUET_NEVER, 10, 0},
        {&admission, "a", &log, "a", DUET_NEVER, 10, 0},
    };
    int64_t begin_ns = duet_clock_ns();

    duet__admission_init(&admission, 2, 6);
    visit_all(visitors, 7);
    /* The third of the silent host waits until nobody else does. */
    assert_string_equal(log.text, "ssabaaS");
    assert_true(duet_clock_ns() - begin_ns < 2 * INT64_C(1000000) * LONG_MS);
    assert_int_equal(admission.lent, 0);
    duet__admission_free(&admission);
}

in_virtual_time(many_silent_hosts_do_not_hold_the_others)
{
    duet__admission admission;
    test_log log = {""};
    visitor visitors[] = {
        {&admission, "s", &log, "s", DUET_NEVER, LONG_MS, 0},
        {&admission, "t", &log, "t", DUET_NEVER, LONG_MS, 0},
        {&admission, "u", &log, "u", DUET_NEVER, LONG_MS, 0},
        {&admission, "a", &log, "a", DUET_NEVER, 10, 0},
        {&admission, "b", &log, "b", DUET_NEVER, 10, 0},
    };

    duet__admission_init(&admission, 2, 6);
    visit_all(visitors, 5);
    assert_string_equal(log.text, "stuab");
    duet__admission_free(&admission);
}

in_virtual_time(as_many_are_lent_as_there_may_be)
{
    duet__admission admission;
    test_log log = {""};
    visitor visitors[] = {
        {&admission, "s", &log, "s", DUET_NEVER, LONG_MS, 0},
        {&admission, "t", &log, "t", DUET_NEVER, LONG_MS, 0},
        {&admission, "u", &log, "x", duet_in_ms(LONG_MS / 2), 10, 0},
    };

    duet__admission_init(&admission, 1, 1);
    visit_all(visitors, 3);
    assert_status(visitors[2].status, DUET_ETIMEDOUT);
    assert_string_equal(log.text, "st");
    duet__admission_free(&admission);
}

static int visit_and_hear(void *argument)
{
    visitor *self = argument;
    duet__admission_slot slot;

    assert_status(duet__admission_enter(self->admission,
                                        duet__text_from(self->host), &slot,
                                        self->deadline),
                  0);
    for (int64_t stayed_ms = 0; stayed_ms < self->stay_ms; stayed_ms += 900) {
        slot.heard_ns = duet_clock_ns();
        assert_status(duet_sleep(duet_in_ms(900)), 0);
    }
    assert_false(slot.is_lent);
    test_note(self->log, self->letter);
    duet__admission_leave(self->admission, &slot);
    return 0;
}

in_virtual_time(host_that_is_heard_lends_nothing)
{
    duet__admission admission;
    test_log log = {""};
    visitor heard = {&admission, "a", &log, "1", DUET_NEVER, LONG_MS, 0};
    visitor other = {&admission, "b", &log, "2", DUET_NEVER, 10, 0};
    duet_call calls[] = {{visit_and_hear, &heard, 0}, {visit, &other, 0}};

    duet__admission_init(&admission, 1, 1);
    assert_status(duet_gather(calls, 2, NULL, DUET_NEVER), 0);
    assert_string_equal(log.text, "12");
    duet__admission_free(&admission);
}

in_virtual_time(host_alone_keeps_to_the_limit)
{
    duet__admission admission;
    test_log log = {""};
    visitor visitors[] = {
        {&admission, "s", &log, "s", DUET_NEVER, LONG_MS, 0},
        {&admission, "s", &log, "x", duet_in_ms(LONG_MS / 2), 10, 0},
    };

    duet__admission_init(&admission, 1, 6);
    visit_all(visitors, 2);
    assert_status(visitors[1].status, DUET_ETIMEDOUT);
    duet__admission_free(&admission);
}

TEST_MAIN(test(host_without_memory_takes_no_place),
          test(silent_host_does_not_hold_the_others),
          test(many_silent_hosts_do_not_hold_the_others),
          test(as_many_are_lent_as_there_may_be),
          test(host_that_is_heard_lends_nothing),
          test(host_alone_keeps_to_the_limit),
          test(one_host_is_served_in_order_of_arrival),
          test(host_with_room_does_not_wait_behind_a_full_one),
          test(hosts_take_turns_at_the_total_limit),
          test(waiting_ends_at_the_deadline), test(closing_ends_the_waits),
          test(no_slot_is_lost_when_tasks_are_cancelled_at_random))
