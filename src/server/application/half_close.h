/* SPDX-License-Identifier: MIT */
/* half_close.h - what a client that closes its sending side means to a handler:
 * it may have gone, or still read (duet_half_close). */
#ifndef DUET_SERVER_APPLICATION_HALF_CLOSE_H
#define DUET_SERVER_APPLICATION_HALF_CLOSE_H

#include <duet/application.h>

/* Returns 0, or DUET_EINVAL with detail. */
int duet__half_close_check(duet_half_close value);

#endif
