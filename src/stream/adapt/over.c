/* SPDX-License-Identifier: MIT */
/* over.c - what readers over readers have in common. */
#include "stream/adapt/over.h"

#include <stdlib.h>

void *duet__over_new(size_t size, const duet_reader_functions *functions,
                     duet_reader *inner)
{
    duet__over *self = calloc(1, size);

    if (self == NULL)
        return NULL;
    duet__reader_init_owner(&self->reader, functions, self);
    self->inner = inner;
    return self;
}

void duet__over_close(void *context)
{
    duet__over *self = context;

    duet_reader_close(self->inner);
    free(self);
}

int duet__over_rewind(void *context, duet_deadline deadline)
{
    return duet_reader_rewind(((duet__over *)context)->inner, deadline);
}

int64_t duet__over_remaining(void *context)
{
    return duet_reader_remaining(((duet__over *)context)->inner);
}
