/* SPDX-License-Identifier: MIT */
/* overflow.h - naming the task that overflowed its stack. */
#ifndef DUET_RUNTIME_OVERFLOW_H
#define DUET_RUNTIME_OVERFLOW_H

#include <duet/loop.h>

/* While reporting, a SIGSEGV in a guard page of `loop`'s stacks prints the
 * task's name and stack size; then the signal does what it did before. Does
 * nothing where somebody handles SIGSEGV already (a sanitizer). */
void duet__overflow_report_start(duet_loop *loop);
void duet__overflow_report_stop(duet_loop *loop);

/* For a forked process, which has no loop: nobody wants reports. */
void duet__overflow_forget(void);

#endif
