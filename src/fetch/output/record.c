/* SPDX-License-Identifier: MIT */
/* record.c - writes JSON by hand: a record is written for each URL, and
 * printf() would cost more than everything else. Owns nothing. */
#include "fetch/output/record.h"

#include <duet/error.h>

#include "base/utf8.h"
#include "http/url/shown.h"

enum {
    NUMBER_BYTES = 24,
    ESCAPED_BYTES_MAX = 6, /* that one byte of a text can become */
    OTHER_BYTES_MAX = 1024 /* of a record besides its texts */
};

/* Room for the whole record is reserved first, then filled without further
 * checks. */
typedef struct writer {
    char *place;
} writer;

static inline void append(writer *writer, const char *bytes, size_t length)
{
    memcpy(writer->place, bytes, length);
    writer->place += length;
}

#define APPEND(writer, literal) append((writer), literal, sizeof(literal) - 1)

/* --- values -------------------------------------------------------------- */

static void append_number(writer *writer, uint64_t number)
{
    char digits[NUMBER_BYTES];
    size_t place = sizeof digits;

    do {
        digits[--place] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    append(writer, digits + place, sizeof digits - place);
}

/* Nanoseconds as milliseconds with three decimals. */
static void append_ms(writer *writer, int64_t duration_ns)
{
    uint64_t us = duration_ns > 0 ? (uint64_t)duration_ns / 1000 : 0;
    unsigned part = (unsigned)(us % 1000);
    char decimals[4] = {'.', (char)('0' + part / 100),
                        (char)('0' + part / 10 % 10), (char)('0' + part % 10)};

    if (duration_ns < 0) {
        APPEND(writer, "null");
        return;
    }
    append_number(writer, us / 1000);
    append(writer, decimals, sizeof decimals);
}

static void append_bool(writer *writer, bool value)
{
    if (value)
        APPEND(writer, "true");
    else
        APPEND(writer, "false");
}

static void append_escaped(writer *writer, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef";
    char code[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
    char quoted[2] = {'\\', (char)byte};

    if (byte == '"' || byte == '\\')
        append(writer, quoted, sizeof quoted);
    else
        append(writer, code, sizeof code);
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/* Appends the content of a string, without the quotes. */
static void append_content(writer *writer, duet__text text)
{
    while (text.length > 0) {
        size_t run = 0;
        size_t length;

        while (run < text.length && is_plain((unsigned char)text.bytes[run]))
            run++;
        append(writer, text.bytes, run);
        text = duet__text_skip(text, run);
        if (text.length == 0)
            break;
        length = duet__utf8_length(text);
        if (length > 1)
            append(writer, text.bytes, length);
        else if (length == 1)
            append_escaped(writer, (unsigned char)text.bytes[0]);
        else
            APPEND(writer, "\xEF\xBF\xBD");
        text = duet__text_skip(text, length > 0 ? length : 1);
    }
}

static void append_text(writer *writer, duet__text text)
{
    APPEND(writer, "\"");
    append_content(writer, text);
    APPEND(writer, "\"");
}

/* Appends the parts of a URL that are shown, each with `append_part`. */
static void append_shown(writer *writer, duet__text url,
                         void (*append_part)(struct writer *writer,
                                             duet__text part))
{
    duet__shown_url shown = duet__shown_url_of(url);

    APPEND(writer, "\"");
    append_part(writer, shown.before);
    if (shown.after.bytes != NULL) {
        APPEND(writer, DUET__SHOWN_PASSWORD);
        append_part(writer, shown.after);
    }
    APPEND(writer, "\"");
}

/* A text, or null. */
static void append_string(writer *writer, const char *string)
{
    if (string == NULL || string[0] == '\0')
        APPEND(writer, "null");
    else
        append_text(writer, duet__text_from(string));
}

/* --- the URL ------------------------------------------------------------- */

/* Appends valid UTF-8 unchanged, all other bytes as "%XX". */
static void append_percent_encoded(writer *writer, duet__text text)
{
    static const char hex[] = "0123456789ABCDEF";

    while (text.length > 0) {
        size_t length = duet__utf8_length(text);
        unsigned char byte = (unsigned char)text.bytes[0];
        char code[3] = {'%', hex[byte >> 4], hex[byte & 15]};

        if (length > 0)
            append_content(writer, duet__text_of(text.bytes, length));
        else
            append(writer, code, sizeof code);
        text = duet__text_skip(text, length > 0 ? length : 1);
    }
}

static bool is_utf8(duet__text text)
{
    size_t length = 1;

    while (text.length > 0 && length > 0) {
        length =
            (unsigned char)text.bytes[0] < 0x80 ? 1 : duet__utf8_length(text);
        text = duet__text_skip(text, length);
    }
    return length > 0;
}

static void append_urls(writer *writer, const duet__record *record)
{
    APPEND(writer, "{\"url\":");
    append_shown(writer, record->url, append_content);
    APPEND(writer, ",\"url_encoded\":");
    if (is_utf8(record->url))
        APPEND(writer, "null");
    else
        append_shown(writer, record->url, append_percent_encoded);
    APPEND(writer, ",\"final_url\":");
    if (record->final_url == NULL)
        APPEND(writer, "null");
    else
        append_shown(writer, duet__text_from(record->final_url),
                     append_content);
}

/* --- the record ---------------------------------------------------------- */

static void append_result(writer *writer, const duet__record *record)
{
    APPEND(writer, ",\"status\":");
    if (record->http_status > 0)
        append_number(writer, (uint64_t)record->http_status);
    else
        APPEND(writer, "null");
    APPEND(writer, ",\"error\":");
    append_string(writer,
                  record->error != 0 ? duet_error_name(record->error) : NULL);
    APPEND(writer, ",\"error_phase\":");
    append_string(writer, record->error != 0 ? record->error_phase : NULL);
    APPEND(writer, ",\"error_detail\":");
    append_string(writer, record->error != 0 ? record->error_detail : NULL);
}

static void append_body(writer *writer, const duet__record *record)
{
    APPEND(writer, ",\"bytes\":");
    append_number(writer, record->bytes);
    APPEND(writer, ",\"sha256\":");
    append_string(writer, record->has_body ? record->sha256 : NULL);
    APPEND(writer, ",\"content_type\":");
    append_string(writer, record->content_type);
}

static void append_timings(writer *writer, const duet__record_timings *timings)
{
    const struct {
        duet__text key;
        int64_t duration_ns;
    } phases[] = {
        {DUET__TEXT(",\"timings\":{\"queue_ms\":"), timings->queue_ns},
        {DUET__TEXT(",\"resolve_ms\":"), timings->resolve_ns},
        {DUET__TEXT(",\"connect_ms\":"), timings->connect_ns},
        {DUET__TEXT(",\"tls_ms\":"), timings->tls_ns},
        {DUET__TEXT(",\"first_byte_ms\":"), timings->first_byte_ns},
        {DUET__TEXT(",\"body_ms\":"), timings->body_ns},
        {DUET__TEXT(",\"total_ms\":"), timings->total_ns},
    };

    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        append(writer, phases[i].key.bytes, phases[i].key.length);
        append_ms(writer, phases[i].duration_ns);
    }
    APPEND(writer, "}");
}

static void append_file(writer *writer, const duet__record *record)
{
    APPEND(writer, ",\"file\":");
    if (record->file == NULL) {
        APPEND(writer, "null");
        return;
    }
    APPEND(writer, "\"");
    append_content(writer, duet__text_from(record->directory));
    APPEND(writer, "/");
    append_content(writer, duet__text_from(record->file));
    APPEND(writer, "\"");
}

/* The most bytes that the record can have. */
static size_t room_for(const duet__record *record)
{
    const char *const texts[] = {record->final_url,    record->error_phase,
                                 record->error_detail, record->sha256,
                                 record->content_type, record->directory,
                                 record->file,         record->source};
    size_t bytes = 2 * record->url.length; /* there may be two of it */

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        bytes += texts[i] != NULL ? strlen(texts[i]) : 0;
    return bytes * ESCAPED_BYTES_MAX + OTHER_BYTES_MAX;
}

int duet__record_append(const duet__record *record, duet__buffer *buffer)
{
    int status = duet__buffer_reserve(buffer, room_for(record));
    writer writer;

    if (status != 0)
        return status;
    writer.place = buffer->bytes + buffer->length;
    append_urls(&writer, record);
    append_result(&writer, record);
    append_body(&writer, record);
    append_timings(&writer, &record->timings);
    APPEND(&writer, ",\"reused\":");
    append_bool(&writer, record->reused);
    APPEND(&writer, ",\"attempts\":");
    append_number(&writer, (uint64_t)record->attempts);
    append_file(&writer, record);
    APPEND(&writer, ",\"skipped\":");
    append_bool(&writer, record->is_skipped);
    APPEND(&writer, ",\"input\":");
    append_string(&writer, record->source);
    APPEND(&writer, ",\"line\":");
    if (record->line > 0)
        append_number(&writer, record->line);
    else
        APPEND(&writer, "null");
    APPEND(&writer, ",\"index\":");
    append_number(&writer, record->index);
    APPEND(&writer, "}\n");
    *writer.place = '\0';
    buffer->length = (size_t)(writer.place - buffer->bytes);
    return 0;
}
