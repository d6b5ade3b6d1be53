/* SPDX-License-Identifier: MIT */
/* descriptor.h - reading and writing a non-blocking descriptor. */
#ifndef DUET_STREAM_SOCKET_DESCRIPTOR_H
#define DUET_STREAM_SOCKET_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>

#include <duet/export.h>
#include <duet/time.h>

#include "runtime/core/wait.h"

enum { DUET__PIECE_BYTES = 65536 };

/* One direction of a descriptor. */
typedef struct duet__flow {
    int descriptor;
    bool is_socket;
    duet__outside outside; /* whom it waits for */
    char *piece; /* what was read last; NULL while it waits: an idle stream has
                  * no memory */
    size_t piece_bytes;
    unsigned calls_in_a_row; /* that did not wait */
} duet__flow;

/* Makes the descriptor non-blocking.
 *
 * Returns 0, DUET_EBADF, or DUET_ENOTSUP for a regular file or folder. */
DUET_MUST_USE int duet__flow_init(duet__flow *flow, int descriptor,
                                  size_t piece_bytes);

/* As next() and write() of readers and writers. */
DUET_MUST_USE int duet__flow_next(duet__flow *flow, const char **out_bytes,
                                  size_t *out_length, duet_deadline deadline);
DUET_MUST_USE int duet__flow_write(duet__flow *flow, const char *bytes,
                                   size_t length, size_t *out_taken,
                                   duet_deadline deadline);

/* Frees its memory; the descriptor stays open. */
void duet__flow_free(duet__flow *flow);

#endif
