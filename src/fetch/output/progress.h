/* SPDX-License-Identifier: MIT */
/* progress.h - shows the progress of a run of many fetches.
 *
 * On a terminal one line that is overwritten; elsewhere a line now and then.
 * Output that would block is left out: progress never delays the run. */
#ifndef DUET_FETCH_OUTPUT_PROGRESS_H
#define DUET_FETCH_OUTPUT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct duet__progress {
    uint64_t done;      /* fetched */
    uint64_t failed;    /* not fetched, including lines that are not URLs */
    uint64_t cancelled; /* not fetched, as the run ended */
    uint64_t skipped;   /* their files existed */
    uint64_t in_flight;
    uint64_t in_flight_max;
    uint64_t waiting;   /* taken from the input, and not in flight */
    uint64_t bytes;     /* of bodies */
    int64_t started_ns; /* on the loop's clock */
    int descriptor;     /* -1: nothing is shown */
    bool is_terminal;
    bool is_shown; /* the line is on the terminal now */
    /* The values when the rate was measured last. */
    int64_t measured_ns;
    uint64_t measured_ended;
    uint64_t measured_bytes;
    double ended_rate; /* per second; negative: not measured yet */
    double bytes_rate;
} duet__progress;

enum { DUET__PROGRESS_LINE_BYTES = 256 };

/* Starts counting.
 *
 *   descriptor  borrowed; -1 shows nothing */
void duet__progress_init(duet__progress *progress, int descriptor,
                         int64_t now_ns);

/* How long to wait until the next duet__progress_show(). */
int64_t duet__progress_interval_ms(const duet__progress *progress);

/* Shows the progress.
 *
 *   fraction  of the input that was handed out; -1: not known */
void duet__progress_show(duet__progress *progress, int64_t now_ns,
                         double fraction);

/* Clears the line on the terminal, so that something else can be written. */
void duet__progress_hide(duet__progress *progress);

/* The line as duet__progress_show() writes it, without its end.
 *
 *   line  room for DUET__PROGRESS_LINE_BYTES; set, NUL-terminated */
void duet__progress_format(duet__progress *progress, int64_t now_ns,
                           double fraction, char *line);

/* The last line: the totals. Otherwise like duet__progress_format(). */
void duet__progress_summary(const duet__progress *progress, int64_t now_ns,
                            char *line);

#endif
