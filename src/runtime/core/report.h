/* SPDX-License-Identifier: MIT */
/* report.h - where reports about a loop are written. */
#ifndef DUET_RUNTIME_CORE_REPORT_H
#define DUET_RUNTIME_CORE_REPORT_H

#include <stddef.h>

#include <duet/loop.h>

/* The descriptor for the loop's reports. */
int duet__report_descriptor(const duet_loop *loop);

/* Writes all of `text`. Returns 0 or the code of write()'s error. */
int duet__write_all(int descriptor, const char *text, size_t length);

#endif
