/* SPDX-License-Identifier: MIT */
/* process.h - what a program and its fork server say to each other.
 *
 * The program asks over the control socket: a duet__process_request, then the
 * argument; with it come a channel, then the descriptors that the process is to
 * have, then the shared memories. The server answers on that channel: a
 * duet__process_reply; at the end a duet_exit_status. Meanwhile the program may
 * send signals over it, an int each. A channel that the program closes means
 * that nobody wants the process any more. */
#ifndef DUET_PARALLEL_PROCESS_PROCESS_H
#define DUET_PARALLEL_PROCESS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <duet/process.h>

enum {
    DUET__PROCESS_ARGUMENT_BYTES = 65536,
    DUET__PROCESS_SHARED = 16,
    DUET__PROCESS_INHERITED = 16,
    /* Of one request: these, and the channel. */
    DUET__PROCESS_DESCRIPTORS =
        DUET__PROCESS_SHARED + DUET__PROCESS_INHERITED + 1,
};

typedef struct duet__process_request {
    duet_process_function *function;
    char name[16];
    uint32_t length;
    uint32_t inherited; /* how many descriptors the process is to have */
} duet__process_request;

typedef struct duet__process_reply {
    int status; /* 0 or a negative code */
    int id;
} duet__process_reply;

#endif
