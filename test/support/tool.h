/* SPDX-License-Identifier: MIT */
/* tool.h - runs the command `duet` of this build as people do. */
#ifndef DUET_TEST_SUPPORT_TOOL_H
#define DUET_TEST_SUPPORT_TOOL_H

enum { TEST_OUTPUT_BYTES = 8192 };

typedef struct test_tool_result {
    int exit_status;                /* negative: the signal that ended it */
    char output[TEST_OUTPUT_BYTES]; /* the beginning of standard output */
    char errors[TEST_OUTPUT_BYTES]; /* and of standard error */
} test_tool_result;

/* Runs "duet ARGUMENTS" by the shell and waits for its end; `arguments` may
 * redirect. */
void test_tool(test_tool_result *result, const char *arguments);

#endif
