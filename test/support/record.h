/* SPDX-License-Identifier: MIT */
/* record.h - which error codes public functions have returned to the tests.
 *
 * test/sheet/codes.py makes the header, included before all others, that has
 * each call of a test pass by test_record(), and reads the marks. */
#ifndef DUET_TEST_SUPPORT_RECORD_H
#define DUET_TEST_SUPPORT_RECORD_H

/* Marks that public function number `function` returned `status`, which it
 * gives back. Any thread, and any process that was forked. */
int test_record(int function, int status);

/* Notes that this program has left a case out. */
void test_record_skip(void);

#endif
