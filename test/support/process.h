/* SPDX-License-Identifier: MIT */
/* process.h - the main() of tests that start processes: the fork server first,
 * while the test has one thread. */
#ifndef DUET_TEST_SUPPORT_PROCESS_H
#define DUET_TEST_SUPPORT_PROCESS_H

#include <duet/process.h>

#include "support/test.h"

#define PROCESS_TEST_MAIN(...)                                                 \
    int main(void)                                                             \
    {                                                                          \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                       \
        int failed;                                                            \
                                                                               \
        if (duet_process_server_start() != 0)                                  \
            return 1;                                                          \
        failed = cmocka_run_group_tests(tests, NULL, NULL);                    \
        duet_process_server_stop();                                            \
        return failed;                                                         \
    }

#endif
