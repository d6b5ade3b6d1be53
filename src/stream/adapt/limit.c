/* SPDX-License-Identifier: MIT */
/* limit.c - a reader of the first bytes of another.
 *
 * Invariant: no byte behind the limit is consumed from the inner reader. */
#include <duet/stream_adapters.h>

#include <duet/error.h>

#include "base/error.h"
#include "stream/adapt/over.h"

typedef struct limited {
    duet__over over;
    uint64_t limit;
    uint64_t left;
    duet_limit_end end;
} limited;

/* At the limit: has the inner reader ended, too? */
static int end_of(limited *self, duet_deadline deadline)
{
    const char *bytes;
    size_t length;
    int status;

    if (self->end == DUET_LIMIT_ENDS)
        return DUET_EEMPTY;
    status = duet_peek(self->over.inner, &bytes, &length, deadline);
    return status != 0 ? status
                       : duet__fail(DUET_ETOOLARGE,
                                    "the stream has more than %llu bytes",
                                    (unsigned long long)self->limit);
}

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    limited *self = context;
    duet_reader *inner = self->over.inner;
    char *bytes;
    size_t length;
    int status;

    if (self->left == 0)
        return end_of(self, deadline);
    status = duet__reader_enter(inner);
    if (status != 0)
        return status;
    status = duet__reader_fill(inner, &bytes, &length, deadline);
    if (status == 0) {
        length = length < self->left ? length : (size_t)self->left;
        duet__reader_consume(inner, length);
        self->left -= length;
        *out_bytes = bytes;
        *out_length = length;
    }
    duet__reader_leave(inner);
    return status;
}

static int begin_anew(void *context, duet_deadline deadline)
{
    limited *self = context;
    int status = duet__over_rewind(context, deadline);

    if (status == 0)
        self->left = self->limit;
    return status;
}

static int64_t remaining(void *context)
{
    const limited *self = context;
    int64_t inner = duet__over_remaining(context);

    return inner < 0 || (uint64_t)inner < self->left ? inner
                                                     : (int64_t)self->left;
}

static const duet_reader_functions once = {
    .next = next, .close = duet__over_close, .remaining = remaining};
static const duet_reader_functions again = {.next = next,
                                            .close = duet__over_close,
                                            .rewind = begin_anew,
                                            .remaining = remaining};

int duet_limited_reader(duet_reader *inner, uint64_t limit_bytes,
                        duet_limit_end end, duet_reader **out_reader)
{
    limited *self;

    *out_reader = NULL;
    if (end != DUET_LIMIT_ENDS && end != DUET_LIMIT_FAILS)
        return duet__fail(DUET_EINVAL, "end is %d", (int)end);
    self = duet__over_new(
        sizeof *self, duet_reader_can_rewind(inner) ? &again : &once, inner);
    if (self == NULL)
        return DUET_ENOMEM;
    self->limit = self->left = limit_bytes;
    self->end = end;
    *out_reader = &self->over.reader;
    return 0;
}
