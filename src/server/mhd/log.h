/* SPDX-License-Identifier: MIT */
/* log.h - what libmicrohttpd tells in its log and nowhere else.
 *
 * That it refuses a request by itself, with a page of its own and, in versions
 * before 1.0, sometimes with two heads: we refuse first, in our form, and what
 * it sends behind that reaches nobody. And that no descriptor is left for
 * another connection. */
#ifndef DUET_SERVER_MHD_LOG_H
#define DUET_SERVER_MHD_LOG_H

#include <stdarg.h>

/* A line of the log, as libmicrohttpd calls it; `server` is a duet_server. */
void duet__mhd_log(void *server, const char *format, va_list arguments);

#endif
