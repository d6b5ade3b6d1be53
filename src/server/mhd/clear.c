/* SPDX-License-Identifier: MIT */
/* clear.c - libmicrohttpd's memset().
 *
 * Invariant: nothing but the memory of a connection is cleared in so long a
 * block while libmicrohttpd runs for a server of ours. */
#include "server/mhd/clear.h"

#include <pthread.h>
#include <string.h>

#include "server/mhd/receive.h"
#include "server/mhd/reference.h"

/* No structure of libmicrohttpd's that it clears is as long. */
enum { LONG_BYTES = 2048 };

static void *clear(void *bytes, int value, size_t length)
{
    if (length >= LONG_BYTES && value == 0 && duet__mhd_receiver() != NULL)
        return bytes;
    return memset(bytes, value, length);
}

static void install(void)
{
    duet__mhd_refer("memset", (duet__mhd_function *)clear);
}

void duet__mhd_clear_install(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, install);
}
