/* SPDX-License-Identifier: MIT */
/* compression.c - the choice of a route or a server. */
#include "server/application/compression.h"

#include "base/error.h"

int duet__compression_check(duet_compression value)
{
    if (value >= DUET_COMPRESSION_DEFAULT && value <= DUET_COMPRESSION_ON)
        return 0;
    return duet__fail(DUET_EINVAL, "%d is no value of compression", (int)value);
}
