/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fetch/output/progress.h"

#define SECOND ((int64_t)1000000000)

static const char *format(duet__progress *progress, int64_t now_ns,
                          double fraction)
{
    static char line[DUET__PROGRESS_LINE_BYTES];

    duet__progress_format(progress, now_ns, fraction, line);
    return line;
}

static void line_has_counts_then_rates_then_time_left(void **state)
{
    duet__progress progress;

    (void)state;
    duet__progress_init(&progress, -1, 0);
    assert_string_equal(format(&progress, SECOND / 2, -1),
                        "0 done, 0 failed, 0 in flight, 0 B");
    progress.done = 90;
    progress.failed = 10;
    progress.in_flight = 100;
    progress.bytes = 4200000;
    assert_string_equal(format(&progress, 2 * SECOND, 0.5),
                        "90 done, 10 failed, 100 in flight, 4.2 MB, 50/s, "
                        "2.1 MB/s, 6s left");
}

static void unknown_length_has_no_time_left(void **state)
{
    duet__progress progress;

    (void)state;
    duet__progress_init(&progress, -1, 0);
    progress.done = 3;
    progress.bytes = 812;
    assert_string_equal(format(&progress, SECOND, -1),
                        "3 done, 0 failed, 0 in flight, 812 B, 3.0/s, "
                        "812 B/s");
}

static void amounts_are_short(void **state)
{
    static const struct {
        uint64_t bytes;
        double fraction;
        const char *text;
    } cases[] = {
        {999, 0.5, "999 B"},
        {1000, 0.5, "1.0 kB"},
        {99949, 0.5, "99.9 kB"},
        {99951, 0.5, "100 kB"},
        {999499, 0.5, "999 kB"},
        {999501, 0.5, "1.0 MB"},
        {18446744073709551615u, 0.5, "18447 PB"},
        {0, 0.01, ", 1m39s left"},
        {0, 0.0001, ", 2h46m left"},
        {0, 1, ", 0s left"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        duet__progress progress;

        duet__progress_init(&progress, -1, 0);
        progress.done = 1;
        progress.bytes = cases[i].bytes;
        if (strstr(format(&progress, SECOND, cases[i].fraction),
                   cases[i].text) == NULL)
            fail_msg("no '%s' in '%s'", cases[i].text,
                     format(&progress, SECOND, cases[i].fraction));
    }
}

static void rate_follows_the_newest_seconds(void **state)
{
    duet__progress progress;

    (void)state;
    duet__progress_init(&progress, -1, 0);
    for (int i = 1; i <= 30; i++) {
        progress.done += i <= 10 ? 1000 : 10;
        format(&progress, i * SECOND, -1);
    }
    assert_true(progress.ended_rate > 9 && progress.ended_rate < 20);
}

static void summary_counts_all(void **state)
{
    const duet__progress progress = {
        .done = 9999, .failed = 1, .bytes = 5000, .in_flight_max = 64};
    char line[DUET__PROGRESS_LINE_BYTES];

    (void)state;
    duet__progress_summary(&progress, 4 * SECOND, line);
    assert_string_equal(line, "9999 fetched, 1 failed, 5.0 kB in 4.0 s (2500 "
                              "per second, at most 64 at once)");
}

static void summary_tells_cancelled_and_skipped_apart(void **state)
{
    const duet__progress progress = {.done = 1, .cancelled = 63, .skipped = 5};
    char line[DUET__PROGRESS_LINE_BYTES];

    (void)state;
    duet__progress_summary(&progress, SECOND / 80, line);
    assert_string_equal(line, "1 fetched, 0 failed, 63 cancelled, 5 skipped, "
                              "0 B in 12 ms");
}

static void summary_of_little_says_no_rate(void **state)
{
    const duet__progress one = {.done = 1, .bytes = 6, .in_flight_max = 1};
    const duet__progress none = {.failed = 2};
    const duet__progress many = {.done = 2, .in_flight_max = 2};
    char line[DUET__PROGRESS_LINE_BYTES];

    (void)state;
    duet__progress_summary(&one, SECOND / 80, line);
    assert_string_equal(line, "1 fetched, 0 failed, 6 B in 12 ms");
    duet__progress_summary(&none, 0, line);
    assert_string_equal(line, "0 fetched, 2 failed, 0 B in 0 ms");
    duet__progress_summary(&many, 0, line);
    assert_string_equal(line, "2 fetched, 0 failed, 0 B in 0 ms");
}

static void pipe_gets_plain_lines(void **state)
{
    duet__progress progress;
    char bytes[DUET__PROGRESS_LINE_BYTES] = "";
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    duet__progress_init(&progress, ends[1], 0);
    assert_true(duet__progress_interval_ms(&progress) >= 1000);
    duet__progress_show(&progress, 0, -1);
    duet__progress_hide(&progress);
    assert_true(read(ends[0], bytes, sizeof bytes - 1) > 0);
    assert_string_equal(bytes, "duet: 0 done, 0 failed, 0 in flight, 0 B\n");
    close(ends[0]);
    close(ends[1]);
}

static void terminal_gets_one_line_that_is_written_over(void **state)
{
    const char *expected = "\r0 done, 0 failed, 0 in flight, 0 B\x1b[K"
                           "\r\x1b[K";
    duet__progress progress;
    char bytes[1000] = "";
    int leader = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    int terminal;

    (void)state;
    if (leader < 0 || grantpt(leader) != 0 || unlockpt(leader) != 0)
        fail_msg("no terminal can be made (is /dev/pts mounted?): %s",
                 strerror(errno));
    terminal = open(ptsname(leader), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(terminal >= 0);
    duet__progress_init(&progress, terminal, 0);
    assert_true(duet__progress_interval_ms(&progress) < 1000);
    duet__progress_show(&progress, 0, -1);
    duet__progress_hide(&progress);
    duet__progress_hide(&progress);
    /* A terminal hands over what it has by now, not all that was written. */
    for (size_t got = 0; got < strlen(expected);) {
        ssize_t count = read(leader, bytes + got, sizeof bytes - 1 - got);

        assert_true(count > 0);
        got += (size_t)count;
    }
    assert_string_equal(bytes, expected);
    close(terminal);
    close(leader);
}

static void reader_that_is_not_ready_is_not_waited_for(void **state)
{
    duet__progress progress;
    char block[4096] = "";
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    while (write(ends[1], block, sizeof block) > 0)
        continue;
    assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
    duet__progress_init(&progress, ends[1], 0);
    duet__progress_show(&progress, 0, -1); /* would never come back */
    close(ends[0]);
    close(ends[1]);
}

TEST_MAIN(test(line_has_counts_then_rates_then_time_left),
          test(unknown_length_has_no_time_left), test(amounts_are_short),
          test(rate_follows_the_newest_seconds), test(summary_counts_all),
          test(summary_tells_cancelled_and_skipped_apart),
          test(summary_of_little_says_no_rate), test(pipe_gets_plain_lines),
          test(terminal_gets_one_line_that_is_written_over),
          test(reader_that_is_not_ready_is_not_waited_for))
