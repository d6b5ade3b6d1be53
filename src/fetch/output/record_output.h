/* SPDX-License-Identifier: MIT */
/* record_output.h - writes records, each as a whole, one after the other.
 *
 * A task whose record the reader is not ready for waits, so a slow reader slows
 * the fetching down; nothing accumulates. */
#ifndef DUET_FETCH_OUTPUT_RECORD_OUTPUT_H
#define DUET_FETCH_OUTPUT_RECORD_OUTPUT_H

#include <stdbool.h>

#include <duet/export.h>
#include <duet/time.h>

#include "base/buffer.h"
#include "base/list.h"

#include "fetch/output/record.h"

typedef struct duet__record_output {
    int descriptor;
    bool waits;            /* writing may block: a pipe, a terminal */
    bool is_busy;          /* a task writes */
    duet__list waiting;    /* of duet__wait: tasks with a record to write */
    duet__buffer buffer;   /* the record that is written */
    duet_deadline give_up; /* the reader is waited for until then */
    int failure;           /* once not 0, nothing more is written */
} duet__record_output;

/* Makes an output.
 *
 *   descriptor  borrowed until duet__record_output_free() */
void duet__record_output_init(duet__record_output *output, int descriptor);

void duet__record_output_free(duet__record_output *output);

/* Writes one record. May suspend until output->give_up; cancellation does not
 * prevent the write.
 *
 * Returns 0, or, always the same from the first failure on, DUET_EPIPE the
 *   reader has closed DUET_ETIMEDOUT the reader was not ready at
 *   output->give_up DUET_ENOMEM out of memory and what write(2) reports, with
 *   detail */
DUET_MUST_USE int duet__record_output_write(duet__record_output *output,
                                            const duet__record *record);

#endif
