/* SPDX-License-Identifier: MIT */
/* overflow.h - reports the task that overflowed its stack. */
#ifndef DUET_RUNTIME_LOOK_OVERFLOW_H
#define DUET_RUNTIME_LOOK_OVERFLOW_H

#include <duet/loop.h>

/* While reporting, a SIGSEGV in a guard of `loop`'s stacks, or while the stack
 * pointer is outside the running task's stack, prints the task's name, its
 * stack's size and the option that gives it more; then the previous disposition
 * of the signal takes effect. Does nothing if SIGSEGV is handled already (by a
 * sanitizer). */
void duet__overflow_report_start(duet_loop *loop);
void duet__overflow_report_stop(duet_loop *loop);

/* For a forked process, which has no loop: stops all reports. */
void duet__overflow_forget(void);

#endif
