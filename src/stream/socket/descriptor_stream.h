/* SPDX-License-Identifier: MIT */
/* descriptor_stream.h - readers and writers of descriptors, told whom they wait
 * for. */
#ifndef DUET_STREAM_SOCKET_DESCRIPTOR_STREAM_H
#define DUET_STREAM_SOCKET_DESCRIPTOR_STREAM_H

#include <duet/descriptor_stream.h>

#include "runtime/core/wait.h"

/* From now on a reader of duet_descriptor_reader() waits for `outside`; the
 * same for a writer. */
void duet__descriptor_reader_waits_for(duet_reader *reader,
                                       duet__outside outside);
void duet__descriptor_writer_waits_for(duet_writer *writer,
                                       duet__outside outside);

#endif
