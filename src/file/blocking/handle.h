/* SPDX-License-Identifier: MIT */
/* handle.h - a descriptor that a file and the jobs that work on it share.
 *
 * A task that gives up waiting leaves its job running in a thread; the
 * descriptor must stay open until the job has ended. So each owner has a
 * reference, and releasing the last one closes it. Any thread. */
#ifndef DUET_FILE_BLOCKING_HANDLE_H
#define DUET_FILE_BLOCKING_HANDLE_H

#include <stdatomic.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct duet__handle {
    atomic_int references;
    int descriptor; /* -1 once closed */
    /* The path to unlink before closing, NULL for none; owned. */
    char *temporary;
    char path[]; /* as it was opened, for messages */
} duet__handle;

/* Makes a handle with one reference.
 *
 *   path        copied
 *   descriptor  taken on success
 *
 * Returns NULL if there is no memory. */
duet__handle *duet__handle_new(const char *path, int descriptor);

/* Opens a path and makes a handle of it. Opening a named pipe does not wait for
 * the other end: reading waits instead. May block on anything else.
 *
 *   flags  of open(2)
 *
 * Returns 0, DUET_ENOMEM, a code of open(2), or
 *   DUET_EAGAIN opened for writing, a pipe that has no reader yet */
int duet__handle_open(const char *path, int flags, mode_t permissions,
                      duet__handle **out_handle);

duet__handle *duet__handle_hold(duet__handle *handle);

/* Closes now, unless others still have a reference: then releasing the last of
 * them closes. The reference is kept. May block.
 *
 * Returns 0 or the errno value of close(2). */
int duet__handle_close(duet__handle *handle);

/* Releases one reference; releasing the last one closes, which may block. NULL
 * does nothing. */
void duet__handle_release(duet__handle *handle);

#endif
