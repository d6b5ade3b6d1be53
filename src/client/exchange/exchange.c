/* SPDX-License-Identifier: MIT */
/* exchange.c - one call of duet_fetch(): hop after hop, each with a slot of its
 * own, until a response is not a redirect. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/limit.h"
#include "client/exchange/entrance.h"
#include "client/exchange/redirect.h"
#include "client/exchange/response.h"
#include "client/session/session.h"
#include "http/head/fields.h"
#include "http/url/host.h"
#include "http/head/method.h"
#include "http/url/shown.h"
#include "runtime/core/clock.h"
#include "runtime/core/loop.h"

enum {
    MAX_REDIRECTS = 10,
    HEAD_BYTES_MAX = 300 << 10, /* libcurl's own from 8.3 on */
    BODY_BYTES_MAX = 64 << 20,
    WHERE_BYTES = DUET__HOST_BYTES + 10, /* "[HOST]:65535" */
};

typedef struct exchange {
    duet_session *session;
    const duet_fetch_options *options;
    const char *method;
    duet_url *url;
    duet_fields *fields; /* of the request and the session; NULL: session's */
    const void *body;
    size_t body_bytes;
    size_t body_max;
    size_t head_max;
    int max_redirects;
    duet__phase_limits limits;
    duet_timings timings;
    int redirects;
    int64_t begin_ns;
    char where[WHERE_BYTES];
} exchange;

/* --- checking ------------------------------------------------------------ */

static int check_request(const char *method, const duet_fetch_options *options)
{
    duet__text name = duet__text_from(method);
    duet__method kind = duet__method_of(name);

    if (kind == DUET__METHOD_OTHER && !duet__text_is_token(name))
        return duet__fail(DUET_EINVAL, "the method \"%.40s\" is no token",
                          method);
    if (kind == DUET__METHOD_CONNECT)
        return duet__fail(DUET_EINVAL, "CONNECT is for proxies");
    if (kind == DUET__METHOD_HEAD && options->body_bytes > 0)
        return duet__fail(DUET_EINVAL, "HEAD takes no body");
    if (options->body == NULL && options->body_bytes > 0)
        return duet__fail(DUET_EINVAL, "body is NULL, and body_bytes is %zu",
                          options->body_bytes);
    if (options->body_bytes > PTRDIFF_MAX)
        return duet__fail(DUET_EINVAL, "body_bytes is %zu",
                          options->body_bytes);
    return 0;
}

/* The fields of all hops, if they are not just the session's. */
static int merge_fields(exchange *self, const duet_fields *fields)
{
    int status = duet_fields_new(&duet__fields_unlimited, &self->fields);

    if (status == 0 && self->session->fields != NULL)
        status = duet__fields_merge(self->fields, self->session->fields);
    if (status == 0 && fields != NULL)
        status = duet__fields_merge(self->fields, fields);
    return status;
}

static int check_content_type(const char *content_type)
{
    duet__text value = duet__text_from(content_type);
    size_t flaw = duet__field_value_flaw(value);

    if (flaw < value.length)
        return duet__fail(DUET_EFIELD,
                          "option content_type: byte %zu is the control "
                          "character 0x%02x",
                          flaw + 1, (unsigned char)value.bytes[flaw]);
    return 0;
}

static int read_limits(exchange *self, const duet_fetch_options *options)
{
    size_t standard = options->body_sink != NULL ? SIZE_MAX : BODY_BYTES_MAX;
    int status = duet__phase_limits_read(options, &self->limits);

    if (status == 0)
        status = duet__limit_read("body_bytes_max", options->body_bytes_max,
                                  standard, &self->body_max);
    if (status == 0)
        status = duet__limit_read("head_bytes_max", options->head_bytes_max,
                                  HEAD_BYTES_MAX, &self->head_max);
    if (status == 0 && self->head_max > HEAD_BYTES_MAX)
        status = duet__fail(DUET_EINVAL, "option head_bytes_max is above %d",
                            HEAD_BYTES_MAX);
    return status;
}

static int read_options(exchange *self, const duet_fetch_options *options)
{
    int status = read_limits(self, options);

    if (status == 0 && options->max_redirects < -1)
        status = duet__fail(DUET_EINVAL, "option max_redirects is %d",
                            options->max_redirects);
    self->max_redirects =
        options->max_redirects == 0 ? MAX_REDIRECTS : options->max_redirects;
    if (status == 0 && options->content_type != NULL)
        status = check_content_type(options->content_type);
    if (status == 0 && options->fields != NULL)
        status = duet__check_own_fields(options->fields);
    if (status == 0 && options->fields != NULL)
        status = merge_fields(self, options->fields);
    return status;
}

/* --- one hop ------------------------------------------------------------- */

/* "HOST:PORT", always with the port. */
static void write_where(exchange *self)
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

static int run_hop(exchange *self, duet__hop *hop, duet_deadline deadline)
{
    duet_session *session = self->session;
    duet__entrance entrance = {.timings = &self->timings};
    int status;

    write_where(self);
    hop->begin_ns = self->redirects == 0 ? self->begin_ns : duet_clock_ns();
    status = duet__hop_enter(session, hop, &entrance, deadline);
    if (status != 0)
        return status;
    status = duet__curl_run(session->driver, hop, deadline);
    duet__hop_leave(session, hop, &entrance);
    add_times(&self->timings, hop, status,
              status != 0 ? duet_clock_ns() - hop->begin_ns : 0);
    return status;
}

static void init_hop(exchange *self, duet__hop *hop)
{
    const duet_fetch_options *options = self->options;

    *hop = (duet__hop){
        .method = self->method,
        .url = self->url,
        .fields = self->fields,
        .body = self->body,
        .body_bytes = self->body_bytes,
        .content_type = options->content_type != NULL
                            ? options->content_type
                            : "application/octet-stream",
        .where = self->where,
        .limits = &self->limits,
    };
    duet__incoming_init(&hop->incoming);
    hop->incoming.answers_head = strcmp(self->method, "HEAD") == 0;
    hop->incoming.follows_redirect = self->max_redirects >= 0;
    hop->incoming.sink = options->body_sink;
    hop->incoming.sink_context = options->body_sink_context;
    hop->incoming.body_max = self->body_max;
    hop->incoming.head_max = self->head_max;
}

/* --- all hops ------------------------------------------------------------ */

/* Changes the exchange's request to that of the next hop. */
static int follow(exchange *self, const duet__incoming *incoming)
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
    }
    if (self->fields == NULL && self->session->fields != NULL)
        status = merge_fields(self, NULL);
    if (status == 0 && self->fields != NULL)
        duet__redirect_strip(&redirect, self->fields);
    return status;
}

/* The time as of this turn, but not before the beginning: the clock need not be
 * read again if the task did not wait since. */
static int64_t end_time(const exchange *self)
{
    int64_t now_ns = duet__loop_current->now_ns;

    return now_ns > self->begin_ns ? now_ns : self->begin_ns;
}

/* Makes the response of the exchange from its last hop, complete or not. */
static int respond(exchange *self, duet__hop *hop, int64_t end_ns,
                   duet_response **out_response)
{
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
        .url = self->url,
        .timings = self->timings,
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

static int run(exchange *self, duet_response **out_response,
               duet_deadline deadline)
{
    duet_response **out_failed = self->options->out_failed;
    duet__hop hop;
    bool goes_on = true;
    int status = 0;

    while (status == 0 && goes_on) {
        init_hop(self, &hop);
        status = run_hop(self, &hop, deadline);
        goes_on = hop.incoming.is_discarded;
        if (status == 0)
            status = goes_on
                         ? follow(self, &hop.incoming)
                         : respond(self, &hop, end_time(self), out_response);
        if (status != 0 && out_failed != NULL &&
            respond(self, &hop, duet_clock_ns(), out_failed) != 0)
            *out_failed = NULL;
        duet__incoming_free(&hop.incoming);
    }
    return status;
}

int duet_fetch(duet_session *session, const char *method, const char *url,
               const duet_fetch_options *options, duet_response **out_response,
               duet_deadline deadline)
{
    static const duet_fetch_options standard;
    exchange self = {
        .session = session,
        .options = options != NULL ? options : &standard,
        .method = method,
    };
    int status;

    *out_response = NULL;
    if (self.options->out_failed != NULL)
        *self.options->out_failed = NULL;
    if (duet_current_task() == NULL)
        return DUET_ENOLOOP;
    self.begin_ns = duet_clock_ns();
    self.body = self.options->body;
    self.body_bytes = self.options->body_bytes;
    status = check_request(method, self.options);
    if (status == 0)
        status = duet_url_parse(url, &self.url);
    if (status == 0)
        status = read_options(&self, self.options);
    if (status == 0) {
        session->exchanges++;
        status = run(&self, out_response, deadline);
        session->exchanges--;
        duet__session_free(session);
    }
    duet_url_free(self.url);
    duet_fields_free(self.fields);
    return status;
}
