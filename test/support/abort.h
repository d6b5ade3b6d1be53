/* SPDX-License-Identifier: MIT */
/* abort.h - what ends the program, and what it says then. */
#ifndef DUET_TEST_SUPPORT_ABORT_H
#define DUET_TEST_SUPPORT_ABORT_H

#include <stddef.h>

#include <duet/task.h>

/* Runs body(NULL) as the main task of a loop in a forked process, which is to
 * abort, and gives what that wrote to standard error, cut at `bytes` - 1. */
void test_abort(duet_task_function *body, char *text, size_t bytes);

#endif
