/* SPDX-License-Identifier: MIT */
/* error.h - how duet's own files report errors. */
#ifndef DUET_BASE_ERROR_H
#define DUET_BASE_ERROR_H

#include <stdarg.h>

#include <duet/error.h>

/* Where the newest detail of one task (or thread) is kept. */
typedef struct duet__detail {
    char *text; /* malloc'ed; NULL: no failure had one, or it is forgotten */
    int code;   /* what failed with it */
    int phase;  /* the phase in which it failed; the client's duet_phase */
} duet__detail;

/* Records the sentence for duet_error_message() and returns `code`:
 *     return duet__fail(DUET_EINVAL, "port %d is out of range", port);
 * Control characters in it become '?'. */
DUET_PRINTF(2, 3) int duet__fail(int code, const char *format, ...);

/* Returns `code` without a detail, and discards the detail of an older failure
 * with that code, which is not about this one. Every failure that leaves a
 * public function does this or duet__fail(), if other failures with its code
 * have a detail. */
int duet__fail_plainly(int code);

/* The detail of the newest failure if that failure had `code`; else NULL.
 * Borrowed until the next failure. */
const char *duet__detail_of(int code);

/* Adds the phase in which the failure happened to the newest detail;
 * duet__fail() sets it to 0. */
void duet__detail_set_phase(int phase);
int duet__detail_phase(void);

/* The code of the newest failure that had one. */
int duet__detail_code(void);

/* The code of errno value `error`: -error, DUET_EUNKNOWN if it is not one; a
 * plain failure. */
int duet__error_from_errno(int error);

/* Makes duet__fail() write to `detail` in this thread; NULL selects the
 * thread's own detail again. The runtime calls it at each task switch through
 * duet__detail_current. */
extern _Thread_local duet__detail *duet__detail_current
    __attribute__((tls_model("initial-exec")));

/* Passes a failure on to the current task: moves its detail out of `from`,
 * which is left empty. */
void duet__detail_adopt(duet__detail *from, int code);

/* The same, copied. */
void duet__detail_show(const duet__detail *from, int code);

void duet__detail_free(duet__detail *detail);

#endif
