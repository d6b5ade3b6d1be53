/* SPDX-License-Identifier: MIT */
/* worker.h - functions that the tests of process pools have called. */
#ifndef DUET_TEST_SUPPORT_WORKER_H
#define DUET_TEST_SUPPORT_WORKER_H

#include <stddef.h>

/* Each is a duet_process_call_function. */

/* The bytes of the input, reversed. */
int worker_reverse(const void *input, size_t length, void **out_output,
                   size_t *out_length);

/* The square of an int; a negative one raises the signal of its value. */
int worker_square(const void *input, size_t length, void **out_output,
                  size_t *out_length);

/* Fails with the input as its detail. */
int worker_fail(const void *input, size_t length, void **out_output,
                size_t *out_length);

/* Never returns. */
int worker_hang(const void *input, size_t length, void **out_output,
                size_t *out_length);

/* The worker's process id. */
int worker_id(const void *input, size_t length, void **out_output,
              size_t *out_length);

/* An output as long as the size_t of the input says. */
int worker_fill(const void *input, size_t length, void **out_output,
                size_t *out_length);

#endif
