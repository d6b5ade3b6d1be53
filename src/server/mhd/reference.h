/* SPDX-License-Identifier: MIT */
/* reference.h - libmicrohttpd's references to functions of the C library.
 *
 * A reference is the slot through which one shared object calls a function of
 * another. Those of libmicrohttpd alone are pointed to functions of ours; every
 * other caller in the process keeps its own. Where libmicrohttpd is linked
 * statically there is no slot, and nothing is changed. */
#ifndef DUET_SERVER_MHD_REFERENCE_H
#define DUET_SERVER_MHD_REFERENCE_H

typedef void duet__mhd_function(void);

/* Makes libmicrohttpd call `function` where it calls `name`, from now on and in
 * every thread; `function` has the type of what it replaces. */
void duet__mhd_refer(const char *name, duet__mhd_function *function);

#endif
