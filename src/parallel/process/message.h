/* SPDX-License-Identifier: MIT */
/* message.h - messages between processes, and descriptors in them. */
#ifndef DUET_PARALLEL_PROCESS_MESSAGE_H
#define DUET_PARALLEL_PROCESS_MESSAGE_H

#include "parallel/process/process.h"

struct iovec; /* sys/uio.h */

/* Send and receive bytes with descriptors, without waiting. They return what
 * sendmsg() and recvmsg() return; `count` is set to the number of received
 * descriptors, at most DUET__PROCESS_DESCRIPTORS. */
ssize_t duet__send_descriptors(int socket, struct iovec *parts, size_t parts_n,
                               const int *descriptors, size_t count);
ssize_t duet__receive_descriptors(int socket, struct iovec *parts,
                                  size_t parts_n, int flags, int *descriptors,
                                  size_t *count);

#endif
