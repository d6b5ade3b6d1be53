/* SPDX-License-Identifier: MIT */
/* refuse.h - a system call that the system does not have. */
#ifndef DUET_TEST_SUPPORT_REFUSE_H
#define DUET_TEST_SUPPORT_REFUSE_H

#include <stdbool.h>

/* From now on system call `number` fails with `error`, in this thread and in
 * what it starts. False if the system cannot do that. */
bool test_refuse(long number, int error);

/* cmocka's, with pidfd_open() and then without it, if that can be had. Its
 * result. */
#define run_with_and_without_pidfd(tests)                                      \
    (cmocka_run_group_tests_name("with pidfd_open()", tests, NULL, NULL) +     \
     (test_refuse(SYS_pidfd_open, ENOSYS)                                      \
          ? cmocka_run_group_tests_name("without pidfd_open()", tests, NULL,   \
                                        NULL)                                  \
          : 0))

#endif
