/* SPDX-License-Identifier: MIT */
#include "runtime/core/report.h"

#include <string.h>
#include <unistd.h>

#include "support/test.h"

static void reports_go_where_the_options_say(void **state)
{
    const duet_loop_options elsewhere = {.report_descriptor = 7};
    duet_loop *loop;

    (void)state;
    assert_status(duet_loop_new(NULL, &loop), 0);
    assert_int_equal(duet__report_descriptor(loop), STDERR_FILENO);
    duet_loop_free(loop);
    assert_status(duet_loop_new(&elsewhere, &loop), 0);
    assert_int_equal(duet__report_descriptor(loop), 7);
    duet_loop_free(loop);
}

static void all_is_written_or_the_error_is_told(void **state)
{
    char read_back[8] = "";
    int pipes[2];

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    assert_status(duet__write_all(pipes[1], "text", 4), 0);
    assert_int_equal(read(pipes[0], read_back, sizeof read_back), 4);
    assert_string_equal(read_back, "text");
    assert_status(duet__write_all(pipes[0], "text", 4), DUET_EBADF);
    assert_status(duet__write_all(pipes[0], "", 0), 0);
    close(pipes[0]);
    close(pipes[1]);
}

TEST_MAIN(test(reports_go_where_the_options_say),
          test(all_is_written_or_the_error_is_told))
