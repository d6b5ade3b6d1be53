/* SPDX-License-Identifier: MIT */
/* limit.c - the one place that knows what 0 and DUET_NO_LIMIT mean. */
#include "base/limit.h"

#include <inttypes.h>

#include <duet/limit.h>

#include "base/error.h"

int duet__limit_read(const char *option, int64_t value, size_t standard,
                     size_t *limit)
{
    if (value < 0 && value != DUET_NO_LIMIT)
        return duet__fail(DUET_EINVAL, "option %s is %" PRId64, option, value);
    if (value == DUET_NO_LIMIT || (uint64_t)value > SIZE_MAX)
        *limit = SIZE_MAX;
    else
        *limit = value == 0 ? standard : (size_t)value;
    return 0;
}
