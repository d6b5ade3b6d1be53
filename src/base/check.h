/* SPDX-License-Identifier: MIT */
/* check.h - stops the program where it would go on with a broken invariant.
 *
 * For programmer errors only; events of the outside world return codes. Active
 * in all builds. */
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
