/* SPDX-License-Identifier: MIT */
/* file.h - a file as the files around it see it. */
#ifndef DUET_FILE_OPEN_FILE_H
#define DUET_FILE_OPEN_FILE_H

#include <duet/file.h>
#include <duet/lock.h>

#include "base/life.h"
#include "file/blocking/handle.h"
#include "file/blocking/job.h"
#include "file/blocking/staged.h"

struct duet_file {
    DUET__LIFE
    duet__job close; /* ends the file; made with it, so closing cannot fail */
    duet__handle *handle;
    duet_lock *turn; /* held by the call that is under way */
    /* A call that was given up and may still run; the next call waits for it.
     * NULL if there is none. */
    duet_thread_call *straggler;
    int64_t position;
    int flags;           /* of open(2) */
    bool seekable;       /* has positions */
    bool is_stream;      /* has none, see stream.h */
    bool no_cached;      /* the kernel cannot tell what lies in memory */
    bool is_replacement; /* to be committed, see staged.h */
    duet__commit commit;
    size_t at_once; /* bytes read without waiting since the task last waited */
};

/* Makes a file of a handle.
 *
 *   handle  taken, also on failure
 *   flags   those of open(2) that it was opened with
 *
 * Returns 0 or DUET_ENOMEM. */
int duet__file_new(duet__handle *handle, int flags, duet_file **out_file);

/* Waits for a while, after DUET_EAGAIN of duet__handle_open().
 *
 *   what  for people: "open"
 *
 * Returns 0: look again; or DUET_ETIMEDOUT, or DUET_ECANCELED. */
int duet__file_await_reader(const char *what, const char *path,
                            duet_deadline deadline);

/* Begins a call: waits for those that were made before, stragglers included.
 * After 0 the caller owes duet__file_end().
 *
 * Returns the codes of duet_lock_acquire(). */
int duet__file_begin(duet_file *file, duet_deadline deadline);

void duet__file_end(duet_file *file);

/* Closes a file after a call on it failed with `status`; waits for that only if
 * the caller still wants to wait. The caller's detail is kept. */
void duet__file_drop(duet_file *file, int status, duet_deadline deadline);

#endif
