/* SPDX-License-Identifier: MIT */
/* worker.h - the processes of a pool. */
#ifndef DUET_PARALLEL_PROCESS_WORKER_H
#define DUET_PARALLEL_PROCESS_WORKER_H

#include "parallel/process/pool.h"

/* What a worker process runs, on the descriptor it inherited. */
int duet__worker_main(const void *setup, size_t length);

/* One exchange with a worker. All return 0, codes of waiting,
 * or DUET_EDIED if the other end is closed or its process has ended. */
int duet__worker_send(duet__worker_line line,
                      const duet__worker_request *request,
                      const duet_process_input *inputs, duet_deadline deadline);
int duet__worker_receive(duet__worker_line line, size_t message_limit,
                         duet_process_output *output, duet_deadline deadline);

/* Receives exactly `length` bytes. */
int duet__worker_receive_bytes(duet__worker_line line, void *bytes,
                               size_t length, duet_deadline deadline);

#endif
