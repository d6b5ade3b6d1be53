/* SPDX-License-Identifier: MIT */
/* phase.h - the phases of an exchange: their names, their timeouts, and the
 * sentences of failures in them. */
#ifndef DUET_CLIENT_HOP_PHASE_H
#define DUET_CLIENT_HOP_PHASE_H

#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/response.h>
#include <duet/session.h>
#include <duet/time.h>

enum { DUET__PHASES = DUET_PHASE_BODY + 1 };

/* How long each phase may take, in nanoseconds; INT64_MAX for no limit. */
typedef struct duet__phase_limits {
    int64_t ns[DUET__PHASES];
} duet__phase_limits;

/* Reads the timeouts of the options, NULL for all defaults.
 * Returns 0, or DUET_EINVAL with detail. */
DUET_MUST_USE int duet__phase_limits_read(const duet_fetch_options *options,
                                          duet__phase_limits *limits);

/* The deadline of a phase that began at `begin_ns`. */
duet_deadline duet__phase_deadline(const duet__phase_limits *limits,
                                   duet_phase phase, int64_t begin_ns);

/* When to check the timeouts again of something that has been in `phase` since
 * `begin_ns` and may enter later phases unseen: none can have passed before. */
duet_deadline duet__phase_next_check(const duet__phase_limits *limits,
                                     duet_phase phase, int64_t begin_ns,
                                     int64_t now_ns);

/* Records "connect a.example:80: SENTENCE after 3.0 s" and the phase, and
 * returns `code`.
 *
 *   where     host and port
 *   begin_ns  when the phase began; the detail tells the time since then */
DUET_PRINTF(5, 6)
int duet__phase_fail(int code, duet_phase phase, const char *where,
                     int64_t begin_ns, const char *format, ...);

#endif
