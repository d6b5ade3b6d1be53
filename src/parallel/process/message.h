/* SPDX-License-Identifier: MIT */
/* message.h - messages between processes, and descriptors in them. */
#ifndef DUET_PARALLEL_PROCESS_MESSAGE_H
#define DUET_PARALLEL_PROCESS_MESSAGE_H

#include "parallel/process/process.h"

struct iovec; /* sys/uio.h */

/* Sends bytes with descriptors, receives bytes with descriptors; without
 * waiting. Both return what sendmsg() and recvmsg() do; `count` is how many
 * descriptors came, at most DUET__PROCESS_DESCRIPTORS. */
ssize_t duet__send_descriptors(int socket, struct iovec *parts, size_t parts_n,
                               const int *descriptors, size_t count);
ssize_t duet__receive_descriptors(int socket, struct iovec *parts,
                                  size_t parts_n, int flags, int *descriptors,
                                  size_t *count);

#endif
