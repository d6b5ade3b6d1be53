/* SPDX-License-Identifier: MIT */
/* file.h - struct duet_file, for the other source files of this room. */
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
    duet__job close; /* the job that closes the file; made with it, so closing
                      * cannot fail */
    duet__handle *handle;
    duet_lock *turn; /* held by the call in progress */
    /* A call whose task stopped waiting and that may still run; the next call
     * waits for it. NULL if there is none. */
    duet_thread_call *straggler;
    int64_t position;
    int flags;           /* of open(2) */
    bool seekable;       /* has positions */
    bool is_stream;      /* has none, see stream.h */
    bool no_cached;      /* the kernel cannot tell what is in the page cache */
    bool is_replacement; /* to be committed, see staged.h */
    duet__commit commit;
    size_t at_once; /* bytes read without waiting since the last wait */
};

/* Makes a file of a handle.
 *
 *   handle  taken, also on failure
 *   flags   those of open(2) that it was opened with
 *
 * Returns 0 or DUET_ENOMEM. */
int duet__file_new(duet__handle *handle, int flags, duet_file **out_file);

/* Waits for a while after duet__handle_open() has returned DUET_EAGAIN.
 *
 *   what  for people: "open"
 *
 * Returns 0: try again; or DUET_ETIMEDOUT, or DUET_ECANCELED. */
int duet__file_await_reader(const char *what, const char *path,
                            duet_deadline deadline);

/* Begins a call: waits for all calls made before, including stragglers. After 0
 * the caller must call duet__file_end().
 *
 * Returns the codes of duet_lock_acquire(). */
int duet__file_begin(duet_file *file, duet_deadline deadline);

void duet__file_end(duet_file *file);

/* Closes a file after a call on it failed with `status`; waits for the closing
 * only if the failure does not mean that the caller gave up waiting. The
 * caller's detail is kept. */
void duet__file_drop(duet_file *file, int status, duet_deadline deadline);

#endif
