/* SPDX-License-Identifier: MIT */
#include "runtime/core/timer.h"

#include <stdlib.h>

#include "base/list.h"
#include "support/test.h"

enum { COUNT = 500 };

typedef struct numbered {
    duet__timer timer;
    int64_t deadline; /* what the model thinks; INT64_MAX: not armed */
    uint64_t armed;   /* order of arming */
} numbered;

static numbered *fired;

static void remember(duet__timer *timer)
{
    fired = DUET__MEMBER(timer, numbered, timer);
    assert_int_equal(timer->place, 0);
}

/* The one that has to fire next, found the slow way. */
static numbered *expected_next(numbered *all, size_t count)
{
    numbered *best = NULL;

    for (size_t i = 0; i < count; i++) {
        numbered *one = &all[i];

        if (one->deadline == INT64_MAX)
            continue;
        if (best == NULL || one->deadline < best->deadline ||
            (one->deadline == best->deadline && one->armed < best->armed))
            best = one;
    }
    return best;
}

static void fire_and_compare(duet__timers *timers, numbered *all, int64_t now)
{
    numbered *next = expected_next(all, COUNT);

    assert_true(duet__timers_next(timers).at_ns ==
                (next != NULL ? next->deadline : INT64_MAX));
    fired = NULL;
    if (next == NULL || next->deadline > now) {
        assert_false(duet__timers_fire_one(timers, now));
        assert_null(fired);
        return;
    }
    assert_true(duet__timers_fire_one(timers, now));
    assert_ptr_equal(fired, next);
    next->deadline = INT64_MAX;
}

static void random_use_agrees_with_a_sorted_model(void **state)
{
    static numbered all[COUNT];
    duet__timers timers = {0};
    uint64_t arms = 0;

    (void)state;
    srand(7);
    for (int i = 0; i < COUNT; i++)
        all[i] = (numbered){.timer.fired = remember, .deadline = INT64_MAX};
    for (int step = 0; step < 20000; step++) {
        numbered *one = &all[rand() % COUNT];
        int what = rand() % 8;

        if (what < 4) { /* few values: many are equal */
            one->deadline = 1 + rand() % 50;
            one->armed = arms++;
            assert_status(duet__timers_arm(&timers, &one->timer,
                                           duet_at_ns(one->deadline)),
                          0);
        } else if (what < 6) {
            one->deadline = INT64_MAX;
            duet__timers_disarm(&timers, &one->timer);
        } else {
            fire_and_compare(&timers, all, rand() % 60);
        }
    }
    while (expected_next(all, COUNT) != NULL)
        fire_and_compare(&timers, all, 1000);
    assert_int_equal(timers.count, 0);
    duet__timers_free(&timers);
}

static void disarmed_timers_leave_the_heap(void **state)
{
    static numbered all[COUNT];
    duet__timers timers = {0};

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        all[i] = (numbered){.timer.fired = remember, .deadline = COUNT - i};
        assert_status(duet__timers_arm(&timers, &all[i].timer,
                                       duet_at_ns(all[i].deadline)),
                      0);
    }
    for (int i = 0; i < COUNT; i++) { /* in no order, all but one */
        numbered *one = &all[i * 7 % COUNT];

        if (one != &all[COUNT / 2])
            duet__timers_disarm(&timers, &one->timer);
        assert_true(timers.gaps <= timers.count / 2);
    }
    assert_int_equal(timers.count - timers.gaps, 1);
    assert_true(duet__timers_next(&timers).at_ns == all[COUNT / 2].deadline);
    assert_true(duet__timers_fire_one(&timers, COUNT));
    assert_ptr_equal(fired, &all[COUNT / 2]);
    assert_int_equal(timers.count, 0);
    duet__timers_free(&timers);
}

static void arming_for_never_disarms(void **state)
{
    duet__timers timers = {0};
    duet__timer timer = {.fired = remember};

    (void)state;
    assert_status(duet__timers_arm(&timers, &timer, duet_at_ns(5)), 0);
    assert_status(duet__timers_arm(&timers, &timer, DUET_NEVER), 0);
    assert_int_equal(timer.place, 0);
    assert_true(duet_deadline_is_never(duet__timers_next(&timers)));
    duet__timers_disarm(&timers, &timer);
    assert_false(duet__timers_fire_one(&timers, INT64_MAX));
    duet__timers_free(&timers);
}

static void past_and_negative_deadlines_fire_first(void **state)
{
    duet__timers timers = {0};
    numbered past = {.timer.fired = remember};
    numbered now = {.timer.fired = remember};

    (void)state;
    assert_status(duet__timers_arm(&timers, &now.timer, duet_at_ns(0)), 0);
    assert_status(duet__timers_arm(&timers, &past.timer, duet_at_ns(-5)), 0);
    assert_true(duet__timers_fire_one(&timers, 0));
    assert_ptr_equal(fired, &past);
    assert_true(duet__timers_fire_one(&timers, 0));
    assert_ptr_equal(fired, &now);
    duet__timers_free(&timers);
}

static duet__timers *shared;
static duet__timer other;
static int again;

static void arm_again_and_disarm_other(duet__timer *timer)
{
    again++;
    duet__timers_disarm(shared, &other);
    assert_status(duet__timers_arm(shared, timer, duet_at_ns(10 * (again + 1))),
                  0);
}

static void a_timer_may_rearm_itself_and_disarm_others(void **state)
{
    duet__timers timers = {0};
    duet__timer timer = {.fired = arm_again_and_disarm_other};

    (void)state;
    shared = &timers;
    other.fired = remember;
    fired = NULL;
    assert_status(duet__timers_arm(&timers, &timer, duet_at_ns(10)), 0);
    assert_status(duet__timers_arm(&timers, &other, duet_at_ns(10)), 0);
    assert_true(duet__timers_fire_one(&timers, 10));
    assert_false(duet__timers_fire_one(&timers, 10));
    assert_null(fired);
    assert_true(duet__timers_next(&timers).at_ns == 20);
    assert_true(duet__timers_fire_one(&timers, 20));
    assert_int_equal(again, 2);
    duet__timers_free(&timers);
}

static void reserved_timer_is_armed_when_there_is_no_room(void **state)
{
    static numbered all[64];
    duet__timers timers = {0};
    duet__timer_entry *entries;
    numbered reserved = {.timer.fired = remember};

    (void)state;
    assert_status(duet__timers_reserve(&timers), 0);
    for (int i = 0; i < 63; i++)
        assert_status(duet__timers_arm(&timers, &all[i].timer, duet_at_ns(i)),
                      0);
    assert_int_equal(timers.count + timers.reserved, timers.room);
    entries = timers.entries;
    /* Gaps take its room as often as it is armed again. */
    for (int i = 0; i < 1000; i++) {
        duet__timers_arm_reserved(&timers, &reserved.timer, duet_at_ns(-1000));
        duet__timers_arm_reserved(&timers, &reserved.timer, duet_at_ns(i));
        assert_int_not_equal(reserved.timer.place, 0);
        assert_ptr_equal(timers.entries, entries);
    }
    duet__timers_arm_reserved(&timers, &reserved.timer, duet_at_ns(-1));
    for (int i = 0; i < 63; i++)
        all[i].timer.fired = remember;
    assert_true(duet__timers_fire_one(&timers, 0));
    assert_ptr_equal(fired, &reserved);
    duet__timers_unreserve(&timers);
    duet__timers_free(&timers);
}

TEST_MAIN(test(random_use_agrees_with_a_sorted_model),
          test(disarmed_timers_leave_the_heap), test(arming_for_never_disarms),
          test(past_and_negative_deadlines_fire_first),
          test(a_timer_may_rearm_itself_and_disarm_others),
          test(reserved_timer_is_armed_when_there_is_no_room))
