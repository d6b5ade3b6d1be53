/* SPDX-License-Identifier: MIT */
/* clear.h - how much of a connection's memory libmicrohttpd clears.
 *
 * Behind each request it clears all of that memory, however little of it the
 * request has touched; its own comment says that this is not needed, and its
 * memory of a new connection is not cleared at all. With the 32 KiB that heads
 * may take it was an eighth of the time of a small reply, and made every page
 * of every connection resident. So its reference to memset() is pointed to ours
 * (mhd/reference.h), which leaves long blocks as they are. What the last
 * request of a connection left stays in the memory of that connection. */
#ifndef DUET_SERVER_MHD_CLEAR_H
#define DUET_SERVER_MHD_CLEAR_H

/* Puts ours in place, once in a process. */
void duet__mhd_clear_install(void);

#endif
