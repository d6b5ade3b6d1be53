/* SPDX-License-Identifier: MIT */
/* attempt.c - calls the client. An attempt owns its response. */
#include "fetch/work/attempt.h"

#include <stdio.h>

#include "base/error.h"
#include "client/session/session.h"
#include "fetch/work/descriptors.h"
#include "fetch/input/host_key.h"

enum { LOOK_UP_MS = 10 * 1000 };

int duet__fetch_session_open(const duet__fetcher_options *options,
                             duet_session **session)
{
    const duet_session_options session_options = {
        .connections_max = DUET_NO_LIMIT, /* the fetcher counts them */
        .per_host_max = options->per_host,
        .kept_max = duet__fetch_kept_max(options->at_once),
        .user_agent = options->user_agent,
        .fields = options->headers,
        .ca_file = options->ca_file,
        .dns_servers = options->dns_servers,
        .insecure_no_verify = options->insecure,
    };

    return duet_session_open(&session_options, session);
}

static int add_to_body(void *context, const void *bytes, size_t count)
{
    return duet__fetch_body_add(context, bytes, count);
}

static int64_t duration_of(int64_t phase_ns)
{
    return phase_ns > 0 ? phase_ns : -1;
}

static void take_timings(duet__record_timings *timings,
                         const duet_timings *measured)
{
    timings->queue_ns = duration_of(measured->queue_ns);
    timings->resolve_ns = duration_of(measured->resolve_ns);
    timings->connect_ns = duration_of(measured->connect_ns);
    timings->tls_ns = duration_of(measured->tls_ns);
    timings->first_byte_ns = duration_of(measured->first_byte_ns);
    timings->body_ns = duration_of(measured->body_ns);
}

static void take_response(duet__fetch_attempt *attempt)
{
    const duet_fields *fields = duet_response_fields(attempt->response);
    const duet_timings timings = duet_response_timings(attempt->response);

    attempt->http_status = duet_response_status(attempt->response);
    attempt->final_url = duet_response_url(attempt->response);
    attempt->content_type = duet_fields_get(fields, "content-type");
    attempt->retry_after = duet_fields_get(fields, "retry-after");
    attempt->reused = duet_response_reused(attempt->response);
    take_timings(&attempt->timings, &timings);
}

void duet__fetch_attempt_fail(duet__fetch_attempt *attempt, int error,
                              const char *phase)
{
    attempt->error = error;
    attempt->error_phase = phase;
    snprintf(attempt->error_detail, sizeof attempt->error_detail, "%s",
             duet_error_message(error));
}

/* Names the phase in which the exchange failed; it is "file" if the body could
 * not be written. */
static void take_failure(duet__fetch_attempt *attempt,
                         const duet__fetch_body *body, int error)
{
    duet_phase phase = duet_error_phase();

    if (body->failure != 0) {
        duet__fail(body->failure, "%s", body->detail);
        duet__fetch_attempt_fail(attempt, body->failure, "file");
    } else {
        duet__fetch_attempt_fail(
            attempt, error,
            phase != DUET_PHASE_NONE ? duet_phase_name(phase) : NULL);
    }
}

static const duet__fetch_attempt nothing_known = {
    .timings = {-1, -1, -1, -1, -1, -1, -1}};

int duet__fetch_look_up(duet_session *session, duet__text origin,
                        const char **flaw)
{
    char host[DUET__HOST_BYTES];
    duet__search search = {.host = host,
                           .begin_ns = duet_clock_ns(),
                           .turn_deadline = DUET_NEVER,
                           .limit_ns = (int64_t)LOOK_UP_MS * 1000000,
                           .deadline = DUET_NEVER};
    duet__addresses *addresses = NULL;
    int status;

    duet__host_key_split(origin, host, &search.port);
    status = duet__resolver_find(session->resolver, &search, &addresses, flaw);
    duet__addresses_drop(addresses);
    if (status == DUET_ETIMEDOUT)
        *flaw = "no answer";
    return status == DUET_ERESOLVE || status == DUET_ETIMEDOUT ? status : 0;
}

void duet__fetch_attempt_unnamed(duet__fetch_attempt *attempt,
                                 duet__fetch_body *body, const char *url,
                                 int error, const char *flaw)
{
    char room[DUET__ORIGIN_BYTES];
    duet__text origin = duet__host_key(duet__text_from(url), room);
    size_t host = duet__text_find(origin, '/') + 2;

    *attempt = nothing_known;
    duet__fetch_body_forget(body);
    duet__fail(error, "%s %.*s: %s", duet_phase_name(DUET_PHASE_RESOLVE),
               DUET__TEXT_ARGUMENTS(duet__text_skip(origin, host)), flaw);
    duet__fetch_attempt_fail(attempt, error,
                             duet_phase_name(DUET_PHASE_RESOLVE));
}

void duet__fetch_attempt_run(duet_session *session,
                             const duet__fetcher_options *options,
                             const char *url, duet__fetch_body *body,
                             duet__fetch_attempt *attempt,
                             duet_deadline deadline)
{
    duet_response *failed = NULL;
    const duet_fetch_options fetch_options = {
        .body_bytes_max = options->body_bytes_max,
        .body_sink = add_to_body,
        .body_sink_context = body,
        .max_redirects = options->redirects_max,
        .out_failed = &failed,
    };
    int status;

    *attempt = nothing_known;
    status = duet__fetch_body_begin(body);
    if (status == 0)
        status = duet_fetch(session, options->method, url, &fetch_options,
                            &attempt->response, deadline);
    if (status == 0)
        status = duet__fetch_body_end(body);
    if (attempt->response == NULL)
        attempt->response = failed;
    if (attempt->response != NULL)
        take_response(attempt);
    if (status != 0)
        take_failure(attempt, body, status);
}

void duet__fetch_attempt_free(duet__fetch_attempt *attempt)
{
    duet_response_free(attempt->response);
    *attempt = (duet__fetch_attempt){0};
}
