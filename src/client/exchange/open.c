/* SPDX-License-Identifier: MIT */
/* open.c - a response whose body is read as it comes.
 *
 * Between libcurl and the reader is one ring. Invariant: the session counts the
 * exchange until the body has ended or was given up; its slot is returned as
 * soon as libcurl has no more to do with the connection. */
#include <stdlib.h>

#include "base/error.h"
#include "client/curl/stream.h"
#include "client/exchange/exchange.h"
#include "client/exchange/response.h"
#include "stream/coding/decoding.h"

typedef struct open_body {
    duet__exchange exchange;
    duet__ring ring;
    duet_response *response;
    size_t lent;             /* of the ring, to the reader */
    int status;              /* how the body ended; 0: it has not */
    int64_t before_ns;       /* what the bodies of earlier hops took */
    duet__decoding decoding; /* without a decoder: it is not decoded */
} open_body;

/* --- reading ------------------------------------------------------------- */

/* The body has ended with `status`: keeps nothing but that. */
static void end(open_body *self, int status)
{
    self->status = status;
    self->response->timings.body_ns =
        self->before_ns + self->exchange.hop.body_ns;
    duet__exchange_end(&self->exchange);
    duet__ring_free(&self->ring);
}

static int next_coded(void *context, const char **out_bytes, size_t *out_length,
                      duet_deadline deadline)
{
    open_body *self = context;
    char *bytes;
    int status;

    if (self->status != 0)
        return self->status;
    duet__ring_drop(&self->ring, self->lent);
    self->lent = 0;
    duet__curl_read_on(&self->exchange.hop);
    status = duet__curl_read(&self->exchange.hop, deadline);
    if (status != 0 && self->exchange.hop.transfer == NULL)
        end(self, status);
    if (status != 0)
        return status;
    *out_length = self->lent = duet__ring_front(&self->ring, &bytes);
    *out_bytes = bytes;
    return 0;
}

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    open_body *self = context;
    int status = self->decoding.decoder == NULL
                     ? next_coded(self, out_bytes, out_length, deadline)
                     : duet__decoding_next(&self->decoding, out_bytes,
                                           out_length, deadline);

    self->response->wire_bytes = self->exchange.hop.incoming.body_bytes;
    return status;
}

/* -1 if the head does not say it. */
static int64_t remaining(void *context)
{
    const open_body *self = context;
    const duet__incoming *incoming = &self->exchange.hop.incoming;

    if (self->status == DUET_EEMPTY && self->decoding.decoder == NULL)
        return 0;
    if (self->status != 0 || !incoming->has_length ||
        self->decoding.decoder != NULL)
        return -1;
    return (int64_t)(incoming->length - (uint64_t)incoming->body_bytes +
                     self->ring.length - self->lent);
}

static void close_body(void *context)
{
    open_body *self = context;

    duet__curl_leave(&self->exchange.hop);
    if (self->status == 0)
        end(self, DUET_ECLOSED);
    duet__decoder_free(self->decoding.decoder);
    free(self);
}

/* --- opening ------------------------------------------------------------- */

int duet_open(duet_session *session, const char *method, const char *url,
              const duet_fetch_options *options, duet_response **out_response,
              duet_deadline deadline)
{
    static const duet_reader_functions functions = {
        .next = next, .close = close_body, .remaining = remaining};
    open_body *self = calloc(1, sizeof *self);
    int status;

    *out_response = NULL;
    if (self == NULL) {
        if (options != NULL && options->out_failed != NULL)
            *options->out_failed = NULL;
        return DUET_ENOMEM;
    }
    self->exchange.session = session;
    self->exchange.options = options;
    self->exchange.method = method;
    self->exchange.ring = &self->ring;
    status = duet__exchange_begin(&self->exchange, url);
    if (status == 0)
        status = duet__exchange_run(&self->exchange, out_response, deadline);
    if (status != 0) {
        duet__exchange_end(&self->exchange);
        duet__ring_free(&self->ring);
        free(self);
        return status;
    }
    self->response = *out_response;
    self->decoding = (duet__decoding){
        .decoder = self->exchange.decoder, .next = next_coded, .context = self};
    self->before_ns =
        self->response->timings.body_ns - self->exchange.hop.body_ns;
    duet__reader_init(&self->response->reader, &functions, self);
    self->response->has_reader = true;
    self->response->is_open = true;
    return 0;
}
