/* SPDX-License-Identifier: MIT */
/* watch.h - when MHD_run is called next. */
#ifndef DUET_SERVER_MHD_WATCH_H
#define DUET_SERVER_MHD_WATCH_H

#include "server/request/mhd_state.h"

/* Watches the daemon's descriptor. Returns 0 or DUET_ENOMEM. */
int duet__mhd_watch(duet_server *server);

/* Has MHD_run called within so many milliseconds. */
void duet__mhd_run_within(duet__mhd *mhd, int64_t ms);

#endif
