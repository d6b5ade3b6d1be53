/* SPDX-License-Identifier: MIT */
/* exchange.c - one exchange: hop after hop, each with a slot of its own, until
 * a response is not a redirect. */
#include "client/exchange/exchange.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "client/curl/run.h"
#include "client/curl/stream.h"
#include "client/exchange/options.h"
#include "client/exchange/redirect.h"
#include "client/exchange/response.h"
#include "http/url/shown.h"
#include "runtime/core/clock.h"
#include "runtime/core/loop.h"

/* --- one hop ------------------------------------------------------------- */

/* "HOST:PORT", always with the port. */
static void write_where(duet__exchange *self)
{
    bool is_https = duet_url_scheme(self->url)[4] == 's';
    uint16_t port = duet_url_port(self->url);

    stpcpy(stpcpy(self->where, duet_url_authority(self->url)),
           port != (is_https ? 443 : 80) ? ""
           : is_https                    ? ":443"
                                         : ":80");
}

/* Adds the durations of a hop; a failed one spent the rest of its time in the
 * phase in which it failed. */
static void add_times(duet_timings *timings, const duet__hop *hop, int status,
                      int64_t spent_ns)
{
    const int64_t rest_ns = spent_ns - hop->connect_ns - hop->tls_ns -
                            hop->first_byte_ns - hop->body_ns;
    duet_phase phase = status != 0 ? duet_error_phase() : DUET_PHASE_NONE;
    int64_t more_ns[DUET__PHASES] = {0};

    if (rest_ns > 0)
        more_ns[phase] = rest_ns;
    timings->connect_ns += hop->connect_ns + more_ns[DUET_PHASE_CONNECT];
    timings->tls_ns += hop->tls_ns + more_ns[DUET_PHASE_TLS];
    timings->first_byte_ns += hop->first_byte_ns + more_ns[DUET_PHASE_SEND] +
                              more_ns[DUET_PHASE_FIRST_BYTE] +
                              more_ns[DUET_PHASE_HEAD];
    timings->body_ns += hop->body_ns + more_ns[DUET_PHASE_BODY];
}

/* The hop is over, or its connection is no longer needed. */
static void leave(duet__hop *hop)
{
    duet__exchange *self = DUET__MEMBER(hop, duet__exchange, hop);

    duet__hop_leave(self->session, hop, &self->entrance);
}

static int run_hop(duet__exchange *self, duet_deadline deadline)
{
    duet_session *session = self->session;
    duet__hop *hop = &self->hop;
    int status;

    write_where(self);
    hop->begin_ns = self->redirects == 0 ? self->begin_ns : duet_clock_ns();
    self->entrance = (duet__entrance){.timings = &self->timings};
    status = duet__hop_enter(session, hop, &self->entrance, deadline);
    if (status != 0)
        return status;
    status = duet__curl_run(session->driver, hop, deadline);
    if (hop->transfer == NULL)
        duet__hop_leave(session, hop, &self->entrance);
    add_times(&self->timings, hop, status,
              status != 0 ? duet_clock_ns() - hop->begin_ns : 0);
    return status;
}

static void init_hop(duet__exchange *self)
{
    const duet_fetch_options *options = self->options;
    duet__hop *hop = &self->hop;
    duet__incoming *incoming = &hop->incoming;

    *hop = (duet__hop){
        .method = self->method,
        .url = self->url,
        .fields = self->fields,
        .body = self->body,
        .body_bytes = self->body_bytes,
        .outgoing =
            self->upload != NULL ? duet__upload_outgoing(self->upload) : NULL,
        .wants_fresh = self->is_repeated,
        .expect_ns = self->expect_ns,
        .content_type = options->content_type != NULL
                            ? options->content_type
                            : "application/octet-stream",
        .keeps_coding = options->keeps_coding,
        .where = self->where,
        .limits = &self->limits,
        .ended = self->ring != NULL ? leave : NULL,
    };
    duet__incoming_init(incoming);
    incoming->answers_head = strcmp(self->method, "HEAD") == 0;
    incoming->follows_redirect = self->max_redirects >= 0;
    incoming->keeps_coding = options->keeps_coding;
    incoming->sink = options->body_sink;
    incoming->sink_context = options->body_sink_context;
    incoming->ring = self->ring;
    incoming->body_max = self->body_max;
    incoming->head_max = self->head_max;
}

/* --- all hops ------------------------------------------------------------ */

/* Changes the exchange's request to that of the next hop. */
static int follow(duet__exchange *self, const duet__incoming *incoming)
{
    char shown[DUET__SHOWN_URL_BYTES];
    duet__redirect redirect;
    int status;

    if (self->redirects == self->max_redirects)
        return duet__fail(
            DUET_EREDIRECTS, "%s: the redirect after %d",
            duet__shown_url_write(duet_url_text(self->url), shown),
            self->redirects);
    status = duet__redirect_read(incoming->status, self->method, self->url,
                                 duet_fields_get(incoming->fields, "Location"),
                                 &redirect);
    if (status != 0)
        return status;
    duet_url_free(self->url);
    self->url = redirect.url;
    self->redirects++;
    if (redirect.to_get) {
        self->method = "GET";
        self->body = NULL;
        self->body_bytes = 0;
        duet__upload_end(self->upload);
        self->upload = NULL;
    }
    if (self->fields == NULL && self->session->fields != NULL)
        status = duet__exchange_merge_fields(self, NULL);
    if (status == 0 && self->fields != NULL)
        duet__redirect_strip(&redirect, self->fields);
    return status;
}

/* The time as of this turn, but not before the beginning: the clock need not be
 * read again if the task did not wait since. */
static int64_t end_time(const duet__exchange *self)
{
    int64_t now_ns = duet__loop_current->now_ns;

    return now_ns > self->begin_ns ? now_ns : self->begin_ns;
}

/* Makes the response of the exchange from its last hop, complete or not. */
static int respond(duet__exchange *self, int64_t end_ns,
                   duet_response **out_response)
{
    duet__hop *hop = &self->hop;
    duet_response *response;

    if (hop->incoming.fields == NULL &&
        duet_fields_new(NULL, &hop->incoming.fields) != 0)
        return DUET_ENOMEM;
    response = duet__response_new(&(duet_response){
        .status = hop->incoming.status,
        .redirects = self->redirects,
        .is_reused = hop->is_reused,
        .fields = hop->incoming.fields,
        .body = hop->incoming.body,
        .wire_bytes = hop->incoming.body_bytes,
        .url = self->url,
        .timings = self->timings,
        .json_depth_max = self->json_depth_max,
    });
    if (response == NULL)
        return DUET_ENOMEM;
    hop->incoming.fields = NULL;
    duet__buffer_init(&hop->incoming.body, SIZE_MAX);
    self->url = NULL;
    response->timings.total_ns = end_ns - self->begin_ns;
    *out_response = response;
    return 0;
}

/* The whole response came, but the body that it answers was not all. */
static int check_upload(const duet__exchange *self)
{
    const duet__hop_body *outgoing = self->hop.outgoing;

    if (outgoing == NULL || !outgoing->is_taken || outgoing->error == 0)
        return 0;
    return duet__fail(outgoing->error, "%s", outgoing->flaw);
}

/* The body has come as a whole: can it be decoded as one? */
static int end_coding(duet__hop *hop)
{
    duet__incoming *incoming = &hop->incoming;
    int code = duet__incoming_end(incoming);

    if (code == 0)
        return 0;
    return duet__phase_fail(
        code, DUET_PHASE_BODY, hop->where, hop->begin_ns, "%s",
        incoming->flaw != NULL ? incoming->flaw : duet_error_text(code));
}

/* Is the newest hop to be run once more? */
static bool is_to_repeat(duet__exchange *self)
{
    if (!self->hop.is_repeatable || self->is_repeated ||
        (self->upload != NULL && !duet__upload_can_begin(self->upload)))
        return false;
    if (self->hop.incoming.status == 417)
        self->expect_ns = 0;
    self->is_repeated = true;
    return true;
}

/* The response of the newest hop, or what is known of one that failed. */
static int end_hop(duet__exchange *self, int status,
                   duet_response **out_response)
{
    duet_response **out_failed = self->options->out_failed;
    bool goes_on = self->hop.incoming.is_discarded;

    if (status == 0 && self->ring == NULL)
        status = end_coding(&self->hop);
    if (status == 0)
        status = check_upload(self);
    if (status == 0 && !goes_on && self->wants_success)
        status =
            duet__status_expect(self->hop.incoming.status, self->url, 200, 299);
    if (status == 0)
        status = goes_on ? follow(self, &self->hop.incoming)
                         : respond(self, end_time(self), out_response);
    if (status == 0 && !goes_on && self->ring != NULL) {
        self->decoder = self->hop.incoming.decoder;
        self->hop.incoming.decoder = NULL;
    }
    if (status != 0)
        duet__curl_leave(&self->hop);
    if (status != 0 && out_failed != NULL &&
        respond(self, duet_clock_ns(), out_failed) != 0)
        *out_failed = NULL;
    duet__incoming_free(&self->hop.incoming);
    return status;
}

/* --- life ---------------------------------------------------------------- */

int duet__exchange_begin(duet__exchange *self, const char *url)
{
    static const duet_fetch_options standard;
    int status;

    if (self->options == NULL)
        self->options = &standard;
    if (self->options->out_failed != NULL)
        *self->options->out_failed = NULL;
    if (duet_current_task() == NULL)
        return DUET_ENOLOOP;
    self->begin_ns = duet_clock_ns();
    self->body = self->options->body;
    self->body_bytes = self->options->body_bytes;
    status = duet__exchange_read(self, url);
    if (status != 0)
        return status;
    self->session->exchanges++;
    self->is_begun = true;
    return 0;
}

int duet__exchange_run(duet__exchange *self, duet_response **out_response,
                       duet_deadline deadline)
{
    bool goes_on = true;
    int status = 0;

    while (status == 0 && goes_on) {
        init_hop(self);
        if (self->upload != NULL)
            status = duet__upload_begin(self->upload, deadline);
        if (status == 0)
            status = run_hop(self, deadline);
        if (is_to_repeat(self)) {
            duet__curl_leave(&self->hop);
            duet__incoming_free(&self->hop.incoming);
            status = 0;
            continue;
        }
        self->is_repeated = false;
        goes_on = self->hop.incoming.is_discarded;
        status = end_hop(self, status, out_response);
    }
    return status;
}

void duet__exchange_end(duet__exchange *self)
{
    duet__upload_end(self->upload);
    duet_url_free(self->url);
    duet_fields_free(self->fields);
    if (!self->is_begun)
        return;
    self->session->exchanges--;
    duet__session_free(self->session);
}

int duet_fetch(duet_session *session, const char *method, const char *url,
               const duet_fetch_options *options, duet_response **out_response,
               duet_deadline deadline)
{
    duet__exchange self = {
        .session = session,
        .options = options,
        .method = method,
    };
    int status;

    *out_response = NULL;
    status = duet__exchange_begin(&self, url);
    if (status == 0)
        status = duet__exchange_run(&self, out_response, deadline);
    duet__exchange_end(&self);
    return status;
}
