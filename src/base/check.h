/* SPDX-License-Identifier: MIT */
/* check.h - aborts the program when an invariant is broken.
 *
 * For programming errors only; errors from outside the program are returned as
 * codes. Active in all builds. */
#ifndef DUET_BASE_CHECK_H
#define DUET_BASE_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define DUET__CHECK(condition, message)                                        \
    do {                                                                       \
        if (__builtin_expect(!(condition), 0)) {                               \
            fprintf(stderr, "duet: %s:%d: %s (%s)\n", __FILE__, __LINE__,      \
                    (message), #condition);                                    \
            abort();                                                           \
        }                                                                      \
    } while (0)

#endif
