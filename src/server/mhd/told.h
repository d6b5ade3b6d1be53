/* SPDX-License-Identifier: MIT */
/* told.h - going on behind a reply that was sent without libmicrohttpd.
 *
 * It goes on to the next request of a connection only behind a reply of its
 * own. So it is given one without a body, and its reference to send() is
 * pointed to ours (mhd/reference.h), which takes the head of that reply and
 * sends nothing. Replies with a body go another way, through sendmsg(), and
 * cost what they did.
 *
 * Where libmicrohttpd is linked statically the connection is closed instead. */
#ifndef DUET_SERVER_MHD_TOLD_H
#define DUET_SERVER_MHD_TOLD_H

#include <microhttpd.h>

#include "server/request/mhd_state.h"
#include "server/request/request.h"

/* Tells libmicrohttpd that the streamed reply is over, from inside the access
 * handler. Returns what that has to return. */
enum MHD_Result duet__mhd_tell(duet_request *request);

void duet__mhd_told_free(duet__mhd *mhd);

#endif
