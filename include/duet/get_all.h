/* SPDX-License-Identifier: MIT */
/* get_all.h - many URLs in one call.
 *
 * Example, given duet_session *session, const char *const *urls, size_t count,
 * duet_get_result *results:
 *
 *     status = duet_get_all(session, urls, count, NULL, results,
 *                           duet_in_ms(60000));
 *     for (size_t i = 0; i < count && status == 0; i++) {
 *         if (results[i].status != 0)
 *             fprintf(stderr, "%s: %s\n", urls[i], results[i].message);
 *         else
 *             puts(duet_response_body(results[i].response, NULL));
 *     }
 *     duet_get_results_clear(results, count);
 *
 * All responses are in memory at the end. What does not fit there, or never
 * ends, is fetched by duet_bounded_map() with duet_get() as its work.
 *
 * Threads: for the thread of the session's loop.
 */
#ifndef DUET_GET_ALL_H
#define DUET_GET_ALL_H

#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/response.h>
#include <duet/session.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

/* What became of one URL. */
typedef struct duet_get_result {
    int status;              /* 0, or the code of duet_get() */
    duet_response *response; /* owned by the caller, duet_response_free() or
                              * duet_get_results_clear(); NULL if there is none
                              */
    char *message; /* why there is none, duet_error_message() of `status`; owned
                    * by the caller, duet_get_results_clear(); else NULL */
} duet_get_result;

typedef struct duet_get_all_options {
    /* How many URLs are fetched at once; the session's own limits hold as
     * well. Default 64, at most 1,000,000. */
    size_t at_once;
    /* Of each URL, from when its turn has come, in milliseconds. Default
     * DUET_NO_LIMIT: only the timeouts of the phases and the deadline of the
     * whole. */
    int64_t timeout_ms;
    /* Of each request, without body_sink and out_failed; borrowed until return.
     * Default: all defaults. */
    const duet_fetch_options *fetch;
} duet_get_all_options;

/* Gets all URLs, so many at once, and waits for all.
 *
 *   urls      borrowed until return
 *   options   borrowed until return; NULL for all defaults
 *   results   `count` of them, in the order of the URLs; set, whatever was in
 *             them; all empty on failure. To be cleared with
 *             duet_get_results_clear().
 *   deadline  of the whole: a URL without a response by then has the status
 *             DUET_ETIMEDOUT, and those that have one keep it
 *
 * When it returns, no fetch is left. Returns 0 once each URL has its response
 * or its error, whatever those are, or
 *   DUET_EINVAL     at_once or timeout_ms is out of range, or `fetch` has a
 *                   body_sink or out_failed; see the detail
 *   DUET_ECANCELED  the task was cancelled
 *   DUET_ENOMEM     no memory for a task or a message
 *   DUET_ENOLOOP    the caller is not a task
 * Source: asyncio.gather(*[session.get(url) for url in urls],
 * return_exceptions=True), under a Semaphore. */
DUET_API DUET_MUST_USE int duet_get_all(duet_session *session,
                                        const char *const *urls, size_t count,
                                        const duet_get_all_options *options,
                                        duet_get_result *results,
                                        duet_deadline deadline);

/* Frees the responses and messages of results, and empties these. A response
 * that is to live on is taken out before, NULL put in its place. */
DUET_API void duet_get_results_clear(duet_get_result *results, size_t count);

DUET_END_DECLARATIONS

#endif
