/* SPDX-License-Identifier: MIT */
/* handle.c - a descriptor that a file and the jobs that work on it share.
 *
 * Invariant: the descriptor is open while a reference is held. */
#include "file/handle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
