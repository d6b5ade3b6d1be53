/* SPDX-License-Identifier: MIT */
/* half_close.c - the choice of a route or a server. */
#include "server/application/half_close.h"

#include "base/error.h"

int duet__half_close_check(duet_half_close value)
{
    if (value >= DUET_HALF_CLOSE_DEFAULT && value <= DUET_HALF_CLOSE_ANSWERS)
        return 0;
    return duet__fail(DUET_EINVAL, "%d is no value of half_close", (int)value);
}
