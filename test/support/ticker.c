/* SPDX-License-Identifier: MIT */
/* ticker.c - counting ticks, and waiting for them. */
#include "support/ticker.h"

#include <unistd.h>

#include <duet/task.h>

int test_tick(void *argument)
{
    test_ticker *ticker = argument;
    int status;

    while ((status = duet_sleep(duet_in_ms(1))) == 0) {
        atomic_fetch_add(&ticker->ticks, 1);
        if (ticker->descriptor >= 0 && write(ticker->descriptor, "t", 1) < 0)
            break;
    }
    return status;
}

void test_await_ticks(test_ticker *ticker, int more)
{
    int goal = atomic_load(&ticker->ticks) + more;

    while (atomic_load(&ticker->ticks) < goal)
        usleep(200);
}
