/* SPDX-License-Identifier: MIT */
/* suspend.h - connections whose handler waits. */
#ifndef DUET_SERVER_MHD_SUSPEND_H
#define DUET_SERVER_MHD_SUSPEND_H

#include "server/request/request.h"
#include "server/request/mhd_state.h"

/* Suspends the request's connection, from inside its access handler: versions
 * 1.0.0 to 1.0.2 may pass over ready connections while another than the one
 * that they run is suspended. */
void duet__mhd_suspend(duet_request *request);

/* Before each MHD_run: resumes them. */
void duet__mhd_resume_ended(duet__mhd *mhd);

#endif
