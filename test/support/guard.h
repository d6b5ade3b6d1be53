/* SPDX-License-Identifier: MIT */
/* guard.h - a limit for what must not hang: beyond it, the program says where
 * it is and ends.
 *
 * It says, for each thread, which calls it is in, and for each loop, what its
 * tasks wait for and where. TEST_MAIN guards each of its cases. */
#ifndef DUET_TEST_SUPPORT_GUARD_H
#define DUET_TEST_SUPPORT_GUARD_H

enum { TEST_GUARD_STATUS = 124 }; /* how a program ends that hung */

/* From now on `what` may take 50 s; a multiple where Valgrind, a sanitizer or
 * an emulator slows all down; as many as $DUET_TEST_GUARD_SECONDS says, if
 * that is set. For the thread that watches over the others: the main one.
 *
 *   what  borrowed until the next test_guard_begin() or test_guard_end() */
void test_guard_begin(const char *what);

void test_guard_end(void);

#endif
