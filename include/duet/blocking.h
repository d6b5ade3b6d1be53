/* SPDX-License-Identifier: MIT */
/* blocking.h - one fetch for a program without a loop.
 *
 *     duet_response *response;
 *     int status =
 *         duet_blocking_get("https://example.org/", NULL, &response, 30000);
 *     if (status != 0)
 *         fprintf(stderr, "%s\n", duet_error_message(status));
 *     else
 *         puts(duet_response_body(response, NULL));
 *     duet_response_free(response);
 *
 * Each call makes a loop, a session and a connection, and frees them again. For
 * more than a few fetches use session.h.
 */
#ifndef DUET_BLOCKING_H
#define DUET_BLOCKING_H

#include <stdint.h>

#include <duet/export.h>
#include <duet/session.h>

DUET_BEGIN_DECLARATIONS

/* Gets a URL; blocks the calling thread.
 *
 *   url           borrowed until return
 *   options       borrowed until return; NULL for all defaults
 *   out_response  returned-owned (duet_response_free()); NULL on failure
 *   timeout_ms    for the whole call; 0 for 30,000; DUET_NO_LIMIT for none
 *
 * Returns what duet_fetch() and duet_loop_new() return, with a detail, or
 *   DUET_EBUSY      this thread runs a loop: use duet_get() there
 *   DUET_EINVAL     timeout_ms is below -1, or an option is out of range
 *   DUET_ECANCELED  SIGINT was received
 * Any thread. */
DUET_API DUET_MUST_USE int duet_blocking_get(const char *url,
                                             const duet_fetch_options *options,
                                             duet_response **out_response,
                                             int64_t timeout_ms);

DUET_END_DECLARATIONS

#endif
