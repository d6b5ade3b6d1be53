/* SPDX-License-Identifier: MIT */
/* reply_coding.h - the content coding of a reply: chosen by what its request
 * accepts, named in its fields, applied to its body (RFC 9110 8.4, 12.5.3). */
#ifndef DUET_SERVER_REQUEST_REPLY_CODING_H
#define DUET_SERVER_REQUEST_REPLY_CODING_H

#include "http/head/coding.h"
#include "server/request/request.h"
#include "server/request/server_state.h"

/* Is the route, or else the server, one whose replies are compressed? */
static inline bool duet__reply_is_to_be_coded(const duet_request *request)
{
    duet_compression of_route = request->run.match.route->compression;

    return of_route == DUET_COMPRESSION_DEFAULT
               ? request->server->settings.compresses
               : of_route == DUET_COMPRESSION_ON;
}

/* The coding for a reply that is filled, at least but for its body; identity if
 * it is none to be coded. Adds Vary if the client has a choice.
 *
 *   may_be_identity  set: does the client accept the body as it is? */
duet__coding duet__reply_coding_choose(duet_request *request,
                                       bool *may_be_identity);

/* Makes the fields those of a body in `coding`. Returns 0, or DUET_ENOMEM:
 * then they are as they were. */
DUET_MUST_USE int duet__reply_coding_apply(duet_request *request,
                                           duet__coding coding);

/* duet_encoding_writer(), at the level for replies. */
DUET_MUST_USE int duet__reply_coding_writer(duet_writer *inner,
                                            duet__coding coding,
                                            duet_writer **out_writer);

/* Puts the body of a whole reply in a coding if it is to be, and may be. Lets
 * other tasks run meanwhile; the reply stays as it is if the handler's task is
 * cancelled, or there is no memory. */
void duet__reply_code(duet_request *request);

#endif
