/* SPDX-License-Identifier: MIT */
/* attempt.h - one exchange for one URL: all that the bulk fetcher uses of the
 * client. */
#ifndef DUET_FETCH_WORK_ATTEMPT_H
#define DUET_FETCH_WORK_ATTEMPT_H

#include <duet/session.h>
#include <duet/time.h>

#include "fetch/work/body.h"
#include "fetch/work/fetcher.h"
#include "fetch/output/record.h"

enum { DUET__ATTEMPT_DETAIL_BYTES = 512 };

/* How an attempt ended; the texts are borrowed until it is freed. */
typedef struct duet__fetch_attempt {
    duet_response *response; /* of a failure, what is known; NULL: nothing */
    int error;               /* 0: there is a whole response, of any status */
    const char *error_phase; /* NULL: none */
    char error_detail[DUET__ATTEMPT_DETAIL_BYTES];
    int http_status;
    const char *final_url;
    const char *content_type;
    const char *retry_after;
    duet__record_timings timings; /* total_ns is not set */
    bool reused;
} duet__fetch_attempt;

/* Opens the session that all attempts of a fetcher share.
 *
 *   options  borrowed until return
 *   session  returned-owned (duet_session_close()); NULL on failure
 *
 * Returns 0, or an error of duet_session_open(). */
DUET_MUST_USE int duet__fetch_session_open(const duet__fetcher_options *options,
                                           duet_session **session);

/* Runs one exchange.
 *
 *   session  borrowed until return
 *   options  method, limits; borrowed until return
 *   url      NUL-terminated; borrowed until return
 *   body     takes the body; begun here
 *   attempt  set; to be freed by duet__fetch_attempt_free() */
void duet__fetch_attempt_run(duet_session *session,
                             const duet__fetcher_options *options,
                             const char *url, duet__fetch_body *body,
                             duet__fetch_attempt *attempt,
                             duet_deadline deadline);

/* Looks a host up, so that duet__fetch_attempt_run() need not. Suspends.
 *
 *   session  borrowed until return
 *   origin   of an http or https URL
 *   flaw     set on failure: what is wrong, for messages; a constant
 *
 * Returns 0, or DUET_ERESOLVE or DUET_ETIMEDOUT if there is no address; other
 * failures are left to duet__fetch_attempt_run(). */
DUET_MUST_USE int duet__fetch_look_up(duet_session *session, duet__text origin,
                                      const char **flaw);

/* Like duet__fetch_attempt_run(), for a host that has no address.
 *
 *   url          NUL-terminated; borrowed until return
 *   error, flaw  of duet__fetch_look_up() */
void duet__fetch_attempt_unnamed(duet__fetch_attempt *attempt,
                                 duet__fetch_body *body, const char *url,
                                 int error, const char *flaw);

/* Marks the attempt as failed, with duet_error_message().
 *
 *   phase  borrowed until the attempt is freed */
void duet__fetch_attempt_fail(duet__fetch_attempt *attempt, int error,
                              const char *phase);

/* Frees what the attempt holds; it is empty afterwards. */
void duet__fetch_attempt_free(duet__fetch_attempt *attempt);

#endif
