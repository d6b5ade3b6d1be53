/* SPDX-License-Identifier: MIT */
/* in_task.h - a test case whose body is a task:
 *
 *     in_task(case_expectation)
 *     {
 *         assert_status(duet_yield(), 0);
 *         return 0;
 *     }
 */
#ifndef DUET_TEST_SUPPORT_IN_TASK_H
#define DUET_TEST_SUPPORT_IN_TASK_H

#include <duet/loop.h>

#include "support/test.h"

#define in_task(name)                                                          \
    static int name##_body(void *unused);                                      \
    static void name(void **state)                                             \
    {                                                                          \
        (void)state;                                                           \
        assert_status(duet_run(name##_body, NULL, NULL), 0);                   \
    }                                                                          \
    static int name##_body(void *unused __attribute__((unused)))

#endif
