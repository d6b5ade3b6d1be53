/* SPDX-License-Identifier: MIT */
/* run.c - see run.h. */
#include "support/run.h"

#include "support/test.h"

void test_run(duet_task_function *body, void *argument)
{
    const duet_loop_options options = {.virtual_time = true};

    assert_status(duet_run(body, argument, &options), 0);
}

void test_note(test_log *log, const char *what)
{
    size_t length = strlen(log->text);

    assert_true(length + strlen(what) < sizeof log->text);
    memcpy(log->text + length, what, strlen(what) + 1);
}
