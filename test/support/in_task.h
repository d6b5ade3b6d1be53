/* SPDX-License-Identifier: MIT */
/* in_task.h - a test case that runs as the main task of a loop:
 *
 *     in_task(case_and_expectation)
 *     {
 *         assert_status(duet_yield(), 0);
 *     }
 *
 * in_virtual_time() is the same on a loop whose clock jumps. A file whose cases
 * need the same set-up makes its own of these: see with_database() in
 * support/database/mariadb.h. */
#ifndef DUET_TEST_SUPPORT_IN_TASK_H
#define DUET_TEST_SUPPORT_IN_TASK_H

#include <duet/duet.h>

#include "support/test.h"

#define in_task(name) in_task_of_loop(name, NULL)

#define in_virtual_time(name)                                                  \
    in_task_of_loop(name, &(const duet_loop_options){.virtual_time = true})

#define in_task_of_loop(name, loop_options)                                    \
    static void name##_in_task(void);                                          \
    static int name##_task(void *unused)                                       \
    {                                                                          \
        (void)unused;                                                          \
        name##_in_task();                                                      \
        return 0;                                                              \
    }                                                                          \
    static void name(void **state)                                             \
    {                                                                          \
        (void)state;                                                           \
        assert_status(duet_run(name##_task, NULL, loop_options), 0);           \
    }                                                                          \
    static void name##_in_task(void)

#endif
