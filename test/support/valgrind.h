/* SPDX-License-Identifier: MIT */
/* valgrind.h - for the few checks that mean nothing under Valgrind. */
#ifndef DUET_TEST_SUPPORT_VALGRIND_H
#define DUET_TEST_SUPPORT_VALGRIND_H

#include <stdbool.h>

#ifdef DUET_HAVE_VALGRIND
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

static inline bool test_on_valgrind(void)
{
    return RUNNING_ON_VALGRIND != 0;
}

#endif
