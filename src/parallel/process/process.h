/* SPDX-License-Identifier: MIT */
/* process.h - the protocol between a program and its fork server.
 *
 * The program sends a request over the control socket: a duet__process_request,
 * then the argument; the message carries the descriptors of a channel, then
 * those that the process is to have, then the shared memories. The server
 * answers on that channel with a duet__process_reply, and at the end with a
 * duet__process_end. Meanwhile the program may send signals over it, each as an
 * int. When the program closes the channel, the process is killed.
 *
 * No struct that is sent has padding: its bytes would be sent as they happen to
 * be in memory. */
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
    /* In one request: these, and the channel. */
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

/* A duet_exit_status. */
typedef struct duet__process_end {
    int code;
    int signal;
    int dumped_core;
} duet__process_end;

_Static_assert(sizeof(duet__process_request) ==
                   sizeof(duet_process_function *) + 16 + 2 * sizeof(uint32_t),
               "no padding");
_Static_assert(sizeof(duet__process_reply) == 2 * sizeof(int), "no padding");
_Static_assert(sizeof(duet__process_end) == 3 * sizeof(int), "no padding");

#endif
