/* SPDX-License-Identifier: MIT */
/* compression.h - the choice of a route or a server, whether replies are
 * compressed (duet_compression). */
#ifndef DUET_SERVER_APPLICATION_COMPRESSION_H
#define DUET_SERVER_APPLICATION_COMPRESSION_H

#include <duet/application.h>

/* Returns 0, or DUET_EINVAL with detail. */
int duet__compression_check(duet_compression value);

#endif
