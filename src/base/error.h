/* SPDX-License-Identifier: MIT */
/* error.h - how duet's own files report errors. */
#ifndef DUET_BASE_ERROR_H
#define DUET_BASE_ERROR_H

#include <stdarg.h>

#include <duet/error.h>

/* Where the newest detail of one task (or thread) is kept. */
typedef struct duet__detail {
    char *text; /* malloc'ed; NULL until the first failure */
    int phase;  /* what the failure happened in; the client's duet_phase */
} duet__detail;

/* Records the sentence for duet_error_detail() and returns `code`:
 *     return duet__fail(DUET_EINVAL, "port %d is out of range", port);
 * Control characters in it become '?'. */
DUET_PRINTF(2, 3) int duet__fail(int code, const char *format, ...);

/* Adds to the newest detail what the failure happened in; duet__fail() sets it
 * to 0. */
void duet__detail_set_phase(int phase);
int duet__detail_phase(void);

/* The code of errno value `error`: -error, DUET_EUNKNOWN if it is not one. */
int duet__error_from_errno(int error);

/* Makes `detail` the place that duet__fail() writes to in this thread; NULL
 * goes back to the thread's own. The runtime calls it at each task switch
 * through duet__detail_current. */
extern _Thread_local duet__detail *duet__detail_current
    __attribute__((tls_model("initial-exec")));

/* Makes `from`'s sentence the current one; `from` is left empty. Does nothing
 * if `from` has none. */
void duet__detail_adopt(duet__detail *from);

void duet__detail_free(duet__detail *detail);

#endif
