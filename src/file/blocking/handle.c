/* SPDX-License-Identifier: MIT */
/* handle.c - a descriptor that a file and the jobs that work on it share.
 *
 * Invariant: the descriptor is open while a reference is held. */
#include "file/blocking/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

duet__handle *duet__handle_new(const char *path, int descriptor)
{
    size_t size = strlen(path) + 1;
    duet__handle *handle = malloc(sizeof *handle + size);

    if (handle == NULL)
        return NULL;
    handle->descriptor = descriptor;
    handle->temporary = NULL;
    atomic_init(&handle->references, 1);
    memcpy(handle->path, path, size);
    return handle;
}

static bool is_pipe(const char *path)
{
    struct stat facts;

    return stat(path, &facts) == 0 && S_ISFIFO(facts.st_mode);
}

/* O_NONBLOCK, as opening a pipe waits for its other end, perhaps for ever. */
static int open_now(const char *path, int flags, mode_t permissions)
{
    bool waits = (flags & O_NONBLOCK) == 0 && is_pipe(path);
    int descriptor;
    int error;

    do
        descriptor = open(path, flags | (waits ? O_NONBLOCK : 0), permissions);
    while (descriptor < 0 && errno == EINTR);
    error = errno;
    if (descriptor < 0) /* ENXIO of a pipe: it has no reader yet */
        return error == ENXIO && is_pipe(path) ? DUET_EAGAIN
                                               : duet__error_from_errno(error);
    if (waits)
        fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
    return descriptor;
}

int duet__handle_open(const char *path, int flags, mode_t permissions,
                      duet__handle **out_handle)
{
    int descriptor = open_now(path, flags, permissions);

    *out_handle = NULL;
    if (descriptor < 0)
        return descriptor;
    *out_handle = duet__handle_new(path, descriptor);
    if (*out_handle != NULL)
        return 0;
    close(descriptor);
    return DUET_ENOMEM;
}

duet__handle *duet__handle_hold(duet__handle *handle)
{
    atomic_fetch_add_explicit(&handle->references, 1, memory_order_relaxed);
    return handle;
}

static int close_now(duet__handle *handle)
{
    int descriptor = handle->descriptor;

    if (descriptor < 0)
        return 0;
    if (handle->temporary != NULL)
        unlink(handle->temporary);
    free(handle->temporary);
    handle->temporary = NULL;
    handle->descriptor = -1;
    return close(descriptor) == 0 || errno == EINTR ? 0 : errno;
}

int duet__handle_close(duet__handle *handle)
{
    if (atomic_load_explicit(&handle->references, memory_order_acquire) != 1)
        return 0;
    return close_now(handle);
}

void duet__handle_release(duet__handle *handle)
{
    if (handle == NULL || atomic_fetch_sub_explicit(&handle->references, 1,
                                                    memory_order_acq_rel) != 1)
        return;
    close_now(handle);
    free(handle);
}
