/* SPDX-License-Identifier: MIT */
/* incoming.c - taking a response apart as it arrives.
 *
 * Invariant: once `error` is set nothing more is taken. libcurl has split the
 * stream into lines and undone the framing; what it lets through and a client
 * must not believe (a second length, an upgrade nobody asked for, a bad field)
 * is refused here. */
#include "client/incoming.h"

#include "base/error.h"
#include "base/text.h"
#include "http/fields.h"

enum {
    /* A body's announced length is believed up to here before it arrives. */
    EXPECT_BYTES_MAX = 1 << 20,
    /* A redirect's body beyond this ends the connection. */
    DISCARD_BYTES_MAX = 1 << 20,
};

void duet__incoming_init(duet__incoming *incoming)
{
    *incoming = (duet__incoming){.body_max = SIZE_MAX};
    duet__buffer_init(&incoming->body, SIZE_MAX);
}

void duet__incoming_free(duet__incoming *incoming)
{
    duet_fields_free(incoming->fields);
    duet__buffer_free(&incoming->body);
    incoming->fields = NULL;
}

static int refuse(duet__incoming *incoming, int code, const char *flaw)
{
    incoming->error = code;
    incoming->flaw = flaw;
    return code;
}

/* --- head ---------------------------------------------------------------- */

static duet__text without_line_end(duet__text line)
{
    while (line.length > 0 && (line.bytes[line.length - 1] == '\n' ||
                               line.bytes[line.length - 1] == '\r'))
        line.length--;
    return line;
}

/* Stores a field line, or what continues the one before it. */
static int store_field(duet__incoming *incoming, duet__text line)
{
    size_t colon = duet__text_find(line, ':');
    duet__text value = duet__text_skip(line, colon + 1);
    int status;

    if (line.bytes[0] == ' ' || line.bytes[0] == '\t')
        status = duet__fields_unfold(incoming->fields, line);
    else if (colon == line.length)
        status = DUET_EFIELD;
    else
        status = duet_fields_add_bytes(incoming->fields, line.bytes, colon,
                                       value.bytes, value.length);
    if (status == DUET_ETOOLARGE)
        return refuse(incoming, status, "the head is too large");
    if (status == DUET_EFIELD)
        return refuse(incoming, DUET_EPROTOCOL, "a header field is malformed");
    return status != 0 ? refuse(incoming, status, NULL) : 0;
}

/* "HTTP/1.1 200 OK" or "HTTP/2 200". */
static int begin_head(duet__incoming *incoming, duet__text line)
{
    duet__text code = duet__text_skip(line, duet__text_find(line, ' ') + 1);
    uint64_t status;

    code.length = code.length > 3 ? 3 : code.length;
    if (!duet__text_to_number(code, 999, &status) || code.length != 3)
        return refuse(incoming, DUET_EPROTOCOL, "the status is no number");
    incoming->status = (int)status;
    if (status == 101)
        return refuse(incoming, DUET_EPROTOCOL,
                      "the server changed the protocol unasked");
    duet_fields_free(incoming->fields);
    if (duet_fields_new(NULL, &incoming->fields) != 0)
        return refuse(incoming, DUET_ENOMEM, NULL);
    return 0;
}

bool duet__incoming_is_redirect(const duet__incoming *incoming)
{
    switch (incoming->status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        return duet_fields_get(incoming->fields, "Location") != NULL;
    default:
        return false;
    }
}

/* RFC 9110 8.6: several lengths are one if they are equal. */
static int check_length(duet__incoming *incoming, bool *is_known,
                        uint64_t *length)
{
    size_t position = 0;
    const char *value;

    *is_known = false;
    while ((value = duet_fields_get_next(incoming->fields, "Content-Length",
                                         &position)) != NULL) {
        duet__text rest = duet__text_from(value);

        while (rest.bytes != NULL) {
            duet__text part = duet__text_trim(duet__text_cut(&rest, ','));
            uint64_t number;

            if (!duet__text_to_number(part, INT64_MAX, &number))
                return refuse(incoming, DUET_EPROTOCOL,
                              "the Content-Length is no number");
            if (*is_known && number != *length)
                return refuse(incoming, DUET_EPROTOCOL,
                              "there are conflicting Content-Lengths");
            *is_known = true;
            *length = number;
        }
    }
    return 0;
}

static int end_head(duet__incoming *incoming)
{
    bool is_known;
    uint64_t length = 0;
    int status;

    if (incoming->status < 200)
        return 0; /* an interim response; the final one follows */
    incoming->head_is_whole = true;
    status = check_length(incoming, &is_known, &length);
    if (status != 0)
        return status;
    if (duet_fields_get(incoming->fields, "Transfer-Encoding") != NULL)
        is_known = false; /* RFC 9112 6.3: it overrides the length */
    incoming->is_discarded =
        incoming->follows_redirect && duet__incoming_is_redirect(incoming);
    if (!is_known || incoming->answers_head || incoming->is_discarded ||
        incoming->status == 204 || incoming->status == 304)
        return 0;
    if (length > incoming->body_max)
        return refuse(incoming, DUET_ETOOLARGE,
                      "the body is longer than the limit");
    if (incoming->sink == NULL && length > 0 &&
        duet__buffer_reserve(&incoming->body, length < EXPECT_BYTES_MAX
                                                  ? (size_t)length
                                                  : EXPECT_BYTES_MAX) != 0)
        return refuse(incoming, DUET_ENOMEM, NULL);
    return 0;
}

int duet__incoming_line(duet__incoming *incoming, duet__text raw)
{
    duet__text line = without_line_end(raw);

    if (incoming->error != 0)
        return incoming->error;
    if (incoming->head_is_whole)
        return 0;
    if (line.length == 0)
        return end_head(incoming);
    if (incoming->fields == NULL ||
        duet__text_starts_with(line, DUET__TEXT("HTTP/")))
        return begin_head(incoming, line);
    return store_field(incoming, line);
}

/* --- body ---------------------------------------------------------------- */

int duet__incoming_body(duet__incoming *incoming, const void *bytes,
                        size_t count)
{
    int status = 0;

    if (incoming->error != 0)
        return incoming->error;
    incoming->body_bytes += (int64_t)count;
    if (incoming->is_discarded) {
        /* Not an error of the exchange: its caller sees a whole head. */
        return incoming->body_bytes > DISCARD_BYTES_MAX ? DUET_ETOOLARGE : 0;
    }
    if ((uint64_t)incoming->body_bytes > incoming->body_max)
        return refuse(incoming, DUET_ETOOLARGE,
                      "the body is longer than the limit");
    if (incoming->sink != NULL)
        status = incoming->sink(incoming->sink_context, bytes, count);
    else
        status = duet__buffer_append(&incoming->body, bytes, count);
    if (status == 0)
        return 0;
    return refuse(incoming, status < 0 ? status : DUET_EUNKNOWN,
                  incoming->sink != NULL ? "the body sink failed" : NULL);
}
