/* SPDX-License-Identifier: MIT */
/* incoming.c - parses a response as it arrives.
 *
 * Invariant: once `error` is set, nothing more is accepted. libcurl has split
 * the stream into lines and removed the framing; what it lets through and a
 * client must not trust (a second length, an upgrade nobody asked for) is
 * refused here. A malformed field is left out, as in browsers, unless it is one
 * that determines where the body ends. */
#include "client/hop/incoming.h"

#include <strings.h>

#include "base/error.h"
#include "base/text.h"
#include "http/head/fields.h"

enum {
    /* How much memory is reserved at most for a body before it arrives. */
    EXPECT_BYTES_MAX = 1 << 20,
    /* How many bytes of framing chunks may have: a fixed number, and so many
     * for each byte of the body (a chunk of one byte has 6 bytes, with the size
     * "00000001" 13). */
    FRAMING_BYTES_MAX = 64 << 10,
    FRAMING_BYTES_EACH = 16,
};

void duet__incoming_init(duet__incoming *incoming)
{
    *incoming = (duet__incoming){.body_max = SIZE_MAX, .head_max = SIZE_MAX};
    duet__buffer_init(&incoming->body, SIZE_MAX);
}

void duet__incoming_free(duet__incoming *incoming)
{
    duet_fields_free(incoming->fields);
    duet__buffer_free(&incoming->body);
    duet__decoder_free(incoming->decoder);
    incoming->fields = NULL;
    incoming->decoder = NULL;
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

/* Is this a field that libcurl frames the body by? If we read it differently,
 * the body would end elsewhere. */
static bool frames_body(duet__text name)
{
    name = duet__text_trim(name);
    return duet__text_equal_ignoring_case(name, DUET__TEXT("Content-Length")) ||
           duet__text_equal_ignoring_case(name,
                                          DUET__TEXT("Transfer-Encoding"));
}

/* Stores a field line, or a line that continues the previous field. */
static int store_field(duet__incoming *incoming, duet__text line)
{
    bool continues = line.bytes[0] == ' ' || line.bytes[0] == '\t';
    size_t colon = duet__text_find(line, ':');
    duet__text name = duet__text_of(line.bytes, colon);
    duet__text value = duet__text_skip(line, colon + 1);
    int status;

    if (continues && incoming->skips_field)
        return 0;
    if (continues)
        status = duet__fields_unfold(incoming->fields, line);
    else if (colon == line.length)
        status = DUET_EFIELD;
    else
        status = duet__fields_take(incoming->fields, name, value);
    incoming->skips_field = status == DUET_EFIELD;
    if (status == DUET_EFIELD && !continues && frames_body(name))
        return refuse(incoming, DUET_EPROTOCOL,
                      "a field that frames the body is malformed");
    if (status != 0 && status != DUET_EFIELD)
        return refuse(incoming, status, NULL);
    return 0;
}

/* "HTTP/1.1 200 OK" or "HTTP/2 200". */
static int begin_head(duet__incoming *incoming, duet__text line)
{
    duet__text rest =
        duet__text_trim(duet__text_skip(line, duet__text_find(line, ' ') + 1));
    duet__text code = duet__text_cut(&rest, ' ');
    uint64_t status;

    incoming->is_in_head = true;
    incoming->skips_field = false;
    if (!duet__text_to_number(code, 999, &status) || code.length != 3)
        return refuse(incoming, DUET_EPROTOCOL, "the status is no number");
    incoming->status = (int)status;
    if (status == 101)
        return refuse(incoming, DUET_EPROTOCOL,
                      "the server changed the protocol unasked");
    duet_fields_free(incoming->fields);
    if (duet_fields_new(&duet__fields_unlimited, &incoming->fields) != 0)
        return refuse(incoming, DUET_ENOMEM, NULL);
    return 0;
}

bool duet__incoming_is_redirect(const duet__incoming *incoming)
{
    const char *location;

    switch (incoming->status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        location = duet_fields_get(incoming->fields, "Location");
        return location != NULL && location[0] != '\0';
    default:
        return false;
    }
}

/* RFC 9110 8.6: several lengths are one if they are equal. */
static int check_length(duet__incoming *incoming)
{
    bool *is_known = &incoming->has_length;
    uint64_t *length = &incoming->length;
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

/* RFC 9110 10.1.4: a client that asks for no other coding gets only "chunked".
 * Given twice it counts once, as in other clients. */
static int check_coding(duet__incoming *incoming)
{
    size_t position = 0;
    const char *value;

    incoming->has_coding = false;
    while ((value = duet_fields_get_next(incoming->fields, "Transfer-Encoding",
                                         &position)) != NULL) {
        incoming->has_coding = true;
        if (strcasecmp(value, "chunked") != 0 &&
            strcasecmp(value, "identity") != 0)
            return refuse(incoming, DUET_EPROTOCOL,
                          "the Transfer-Encoding is none that was asked for");
    }
    return 0;
}

/* Prepares for a body whose length the head tells. */
static int expect_body(duet__incoming *incoming)
{
    uint64_t length = incoming->length;

    if (length > incoming->body_max)
        return refuse(incoming, DUET_ETOOLARGE,
                      "the body is longer than the limit");
    if (incoming->sink == NULL && incoming->ring == NULL && length > 0 &&
        duet__buffer_reserve(&incoming->body, length < EXPECT_BYTES_MAX
                                                  ? (size_t)length
                                                  : EXPECT_BYTES_MAX) != 0)
        return refuse(incoming, DUET_ENOMEM, NULL);
    return 0;
}

/* The values of all fields Content-Encoding, joined. */
static int read_codings(const duet__incoming *incoming, duet__buffer *codings)
{
    size_t position = 0;
    const char *value;
    int status = 0;

    while (status == 0 &&
           (value = duet_fields_get_next(incoming->fields, "Content-Encoding",
                                         &position)) != NULL)
        status = duet__buffer_appendf(codings, "%s,", value);
    return status;
}

/* A coding that is not known here is none: the body is then taken as it is, as
 * in browsers. */
static int make_decoder(duet__incoming *incoming)
{
    const duet__decoder_options options = {.bytes_max = incoming->body_max};
    duet__buffer codings;
    int status = 0;

    duet__buffer_init(&codings, SIZE_MAX);
    if (!incoming->keeps_coding)
        status = read_codings(incoming, &codings);
    if (status == 0 && codings.length > 0)
        status = duet__decoder_new(duet__buffer_text(&codings), &options,
                                   &incoming->decoder);
    duet__buffer_free(&codings);
    return status == DUET_ECODING ? 0 : status;
}

static int end_head(duet__incoming *incoming)
{
    bool has_body;
    int status = 0;

    if (incoming->status >= 200)
        status = check_length(incoming);
    if (incoming->status >= 200 && status == 0)
        status = check_coding(incoming);
    if (status != 0)
        return status;
    incoming->is_in_head = false;
    if (incoming->status < 200)
        return 0; /* an interim response; the final one follows */
    incoming->head_is_whole = true;
    has_body = !incoming->answers_head && incoming->status != 204 &&
               incoming->status != 304;
    if (!has_body) {
        incoming->has_length = true;
        incoming->length = 0;
    } else if (incoming->has_coding) {
        incoming->has_length = false; /* RFC 9112 6.3: the coding decides */
    }
    incoming->is_discarded =
        incoming->follows_redirect && duet__incoming_is_redirect(incoming);
    if (has_body && !incoming->is_discarded && make_decoder(incoming) != 0)
        return refuse(incoming, DUET_ENOMEM, NULL);
    return incoming->has_length && !incoming->is_discarded
               ? expect_body(incoming)
               : 0;
}

bool duet__incoming_is_whole(const duet__incoming *incoming)
{
    return incoming->head_is_whole && incoming->has_length &&
           (uint64_t)incoming->body_bytes >= incoming->length;
}

int duet__incoming_line(duet__incoming *incoming, duet__text raw)
{
    duet__text line = without_line_end(raw);

    if (incoming->error != 0)
        return incoming->error;
    incoming->head_bytes += raw.length;
    if (incoming->head_bytes > incoming->head_max)
        return refuse(incoming, DUET_ETOOLARGE,
                      incoming->head_is_whole
                          ? "head and trailers are longer than the limit"
                          : "the head is longer than the limit");
    if (incoming->head_is_whole)
        return 0;
    if (!incoming->is_in_head)
        return begin_head(incoming, line);
    return line.length == 0 ? end_head(incoming) : store_field(incoming, line);
}

/* --- body ---------------------------------------------------------------- */

/* Puts what fits into the ring. `body_bytes` counts what it has taken. */
static int fill_ring(duet__incoming *incoming, const char *bytes, size_t count)
{
    size_t known = incoming->ahead < count ? incoming->ahead : count;
    uint64_t allowed = incoming->body_max - (uint64_t)incoming->body_bytes;
    size_t wanted = count - known < allowed ? count - known : (size_t)allowed;
    size_t taken = duet__ring_put(incoming->ring, bytes + known, wanted);

    incoming->body_bytes += (int64_t)taken;
    if (taken < wanted && incoming->ring->bytes == NULL)
        return refuse(incoming, DUET_ENOMEM, NULL);
    if (taken < wanted) {
        incoming->ahead += taken;
        return DUET_EFULL;
    }
    if (wanted < count - known)
        return refuse(incoming, DUET_ETOOLARGE,
                      "the body is longer than the limit");
    incoming->ahead -= known;
    return 0;
}

/* Hands a piece of the body over. */
static int deliver(duet__incoming *incoming, const void *bytes, size_t count)
{
    int status = incoming->sink != NULL
                     ? incoming->sink(incoming->sink_context, bytes, count)
                     : duet__buffer_append(&incoming->body, bytes, count);

    if (status == 0)
        return 0;
    if (status > 0)
        return refuse(incoming, DUET_EINVAL,
                      "the body sink returned a number above 0");
    return refuse(incoming, status,
                  incoming->sink != NULL ? "the body sink failed" : NULL);
}

static int refuse_coding(duet__incoming *incoming, int status)
{
    switch (status) {
    case DUET_ECODING:
        return refuse(incoming, status, duet__decoder_flaw(incoming->decoder));
    case DUET_ETRUNCATED:
        return refuse(incoming, status, "the body ends inside its coding");
    case DUET_ETOOLARGE:
        return refuse(incoming, status,
                      "the decoded body is longer than the limit");
    default:
        return refuse(incoming, status, NULL);
    }
}

/* Hands over what the decoder makes of what it has. */
static int decode(duet__incoming *incoming)
{
    while (incoming->error == 0) {
        const char *bytes;
        size_t length;
        int status = duet__decoder_next(incoming->decoder, &bytes, &length);

        if (status == DUET_EAGAIN || status == DUET_EEMPTY)
            return 0;
        if (status != 0)
            return refuse_coding(incoming, status);
        if (length > 0)
            deliver(incoming, bytes, length);
    }
    return incoming->error;
}

int duet__incoming_end(duet__incoming *incoming)
{
    if (incoming->error != 0 || incoming->decoder == NULL ||
        incoming->ring != NULL)
        return incoming->error;
    duet__decoder_finish(incoming->decoder);
    return decode(incoming);
}

int duet__incoming_body(duet__incoming *incoming, const void *bytes,
                        size_t count)
{
    if (incoming->error != 0)
        return incoming->error;
    if (incoming->ring != NULL && !incoming->is_discarded)
        return fill_ring(incoming, bytes, count);
    incoming->body_bytes += (int64_t)count;
    if (incoming->is_discarded)
        return 0;
    if ((uint64_t)incoming->body_bytes > incoming->body_max)
        return refuse(incoming, DUET_ETOOLARGE,
                      "the body is longer than the limit");
    if (incoming->decoder == NULL)
        return deliver(incoming, bytes, count);
    duet__decoder_feed(incoming->decoder, bytes, count);
    return decode(incoming);
}

int duet__incoming_raw(duet__incoming *incoming, size_t count)
{
    int64_t framing_max = FRAMING_BYTES_MAX + (int64_t)incoming->head_bytes +
                          FRAMING_BYTES_EACH * incoming->body_bytes;

    if (incoming->error != 0)
        return incoming->error;
    /* Of the bytes before these it is known which were body. */
    if (!incoming->has_length &&
        incoming->raw_bytes - incoming->body_bytes > framing_max)
        return refuse(incoming, DUET_ETOOLARGE,
                      "the framing of the chunks is longer than the limit");
    incoming->raw_bytes += (int64_t)count;
    return 0;
}
