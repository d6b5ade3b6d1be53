/* SPDX-License-Identifier: MIT */
/* run.h - a test's body as the main task of a loop on virtual time. */
#ifndef DUET_TEST_SUPPORT_RUN_H
#define DUET_TEST_SUPPORT_RUN_H

#include <duet/duet.h>

/* Runs body(argument) and fails the test if it returns anything but 0. */
void test_run(duet_task_function *body, void *argument);

/* A text that tasks append to, one letter for each thing that happened. */
typedef struct test_log {
    char text[256];
} test_log;

void test_note(test_log *log, const char *what);

#endif
