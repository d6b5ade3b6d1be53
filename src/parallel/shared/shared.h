/* SPDX-License-Identifier: MIT */
/* shared.h - passing shared memory to another process by its descriptor. */
#ifndef DUET_PARALLEL_SHARED_SHARED_H
#define DUET_PARALLEL_SHARED_SHARED_H

#include <duet/shared.h>

/* The descriptor of the memory; borrowed. */
int duet__shared_descriptor(const duet_shared *shared);

/* Maps memory that another process made.
 *
 *   descriptor  of the memory; taken, on failure too
 *
 * Returns 0, or
 *   DUET_EINVAL  not the memory of a duet_shared
 *   DUET_ENOMEM  no memory */
int duet__shared_open(int descriptor, duet_shared **out_shared);

#endif
