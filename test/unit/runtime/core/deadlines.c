/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "runtime/core/deadlines.h"
#include "support/in_task.h"
#include "support/run.h"

static duet__deadline_entry entries[4];
static test_log passed_log;

static void passed(duet__deadlines *deadlines, duet__deadline_entry *entry)
{
    const char name[] = {(char)('a' + (entry - entries)), '\0'};

    (void)deadlines;
    test_note(&passed_log, name);
}

static void set_up(duet__deadlines *deadlines, int64_t duration_ns)
{
    passed_log.text[0] = '\0';
    for (int i = 0; i < 4; i++)
        duet__link_init(&entries[i].link);
    assert_status(duet__deadlines_init(deadlines, duet_current_loop(),
                                       duration_ns, passed),
                  0);
}

static void sleep_ms(int ms)
{
    assert_status(duet_sleep(duet_in_ms(ms)), 0);
}

in_virtual_time(entries_pass_in_order_after_the_duration)
{
    duet__deadlines deadlines;

    set_up(&deadlines, 10000000);
    duet__deadlines_set(&deadlines, &entries[1]);
    sleep_ms(6);
    duet__deadlines_set(&deadlines, &entries[0]);
    duet__deadlines_set(&deadlines, &entries[2]);
    sleep_ms(3);
    assert_string_equal(passed_log.text, "");
    sleep_ms(2);
    assert_string_equal(passed_log.text, "b");
    sleep_ms(6);
    assert_string_equal(passed_log.text, "bac");
    duet__deadlines_stop(&deadlines);
}

in_virtual_time(cleared_and_moved_entries_do_not_pass)
{
    duet__deadlines deadlines;

    set_up(&deadlines, 10000000);
    duet__deadlines_set(&deadlines, &entries[0]);
    duet__deadlines_set(&deadlines, &entries[1]);
    sleep_ms(5);
    duet__deadline_clear(&entries[0]);
    duet__deadlines_set(&deadlines, &entries[1]);
    sleep_ms(7);
    assert_string_equal(passed_log.text, "");
    sleep_ms(4);
    assert_string_equal(passed_log.text, "b");
    duet__deadline_clear(&entries[1]);
    duet__deadlines_stop(&deadlines);
}

in_virtual_time(endless_duration_never_passes)
{
    duet__deadlines deadlines;

    set_up(&deadlines, INT64_MAX);
    duet__deadlines_set(&deadlines, &entries[0]);
    sleep_ms(1000000000);
    assert_string_equal(passed_log.text, "");
    duet__deadlines_stop(&deadlines);
}

in_virtual_time(queue_is_used_again_after_it_was_empty)
{
    duet__deadlines deadlines;

    set_up(&deadlines, 10000000);
    duet__deadlines_set(&deadlines, &entries[0]);
    duet__deadline_clear(&entries[0]);
    sleep_ms(50);
    duet__deadlines_set(&deadlines, &entries[3]);
    sleep_ms(9);
    assert_string_equal(passed_log.text, "");
    sleep_ms(2);
    assert_string_equal(passed_log.text, "d");
    duet__deadlines_stop(&deadlines);
}

TEST_MAIN(test(entries_pass_in_order_after_the_duration),
          test(cleared_and_moved_entries_do_not_pass),
          test(endless_duration_never_passes),
          test(queue_is_used_again_after_it_was_empty))
