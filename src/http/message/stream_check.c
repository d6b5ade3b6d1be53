/* SPDX-License-Identifier: MIT */
/* stream_check.c - one function for each part of a request.
 *
 * Invariant: a reader never writes more bytes in total than it has read, so the
 * output never overtakes the input. */
#include "http/message/stream_check.h"

#include "base/byte_class.h"
#include "http/message/request_check.h"
#include "http/message/stream_body.h"

/* The bytes that replace 'E' and 'e' in a masked Cookie, and their index. It is
 * the last letter: when it arrives all others are known, wherever the input was
 * split. No valid request has one of these bytes there. */
enum { MASKED = 5, MASK_UPPER = 1, MASK_LOWER = 2 };

static const char malformed_line[] = "the request line is malformed";
static const char too_long_framing[] =
    "a field that frames the body is too long";

static bool is_called(duet__text line, duet__text name)
{
    return line.length > name.length && line.bytes[name.length] == ':' &&
           duet__text_equal_ignoring_case(
               duet__text_of(line.bytes, name.length), name);
}

static const duet__text length_name = {"Content-Length", 14};
static const duet__text coding_name = {"Transfer-Encoding", 17};

/* Moves the whitespace after the value in front of it. */
static void move_blanks(duet__text value)
{
    duet__text inner = duet__text_trim(value);
    char *start = (char *)(uintptr_t)value.bytes;

    if (inner.length == 0)
        return;
    memmove(start + value.length - inner.length, inner.bytes, inner.length);
    memset(start, ' ', value.length - inner.length);
}

static void take_length(duet__stream *stream, duet__text value, bool is_whole)
{
    duet__text number = duet__text_trim(value);

    if (stream->has_length || !duet__text_is_digits(number)) {
        duet__stream_fail(stream, 400,
                          stream->has_length ? "Content-Length occurs twice"
                                             : "Content-Length is malformed");
        return;
    }
    stream->has_length = true;
    if (!duet__text_to_number(number, INT64_MAX, &stream->left))
        duet__stream_fail(stream, 413, "Content-Length is too large");
    else if (is_whole)
        move_blanks(value);
}

static void take_coding(duet__stream *stream, duet__text value, bool is_whole)
{
    const char *reason = "Transfer-Encoding occurs twice";
    int status = 400;

    if (!stream->is_chunked)
        status = duet__request_check_codings(duet__text_trim(value), &reason);
    stream->is_chunked = true;
    if (status != 0)
        duet__stream_fail(stream, status, reason);
    else if (is_whole)
        move_blanks(value);
}

/* A field that determines the framing must not be longer than what would be
 * kept of it, whether the line is split or not. */
static bool is_kept_whole(duet__stream *stream, duet__text line)
{
    if (line.length > sizeof stream->kept)
        duet__stream_fail(stream, 400, too_long_framing);
    return line.length <= sizeof stream->kept;
}

/* Examines a complete line of the head for fields that determine the framing.
 *
 *   is_whole  the line lies in the piece, where it may be changed */
static void take_field(duet__stream *stream, duet__text line, bool is_whole)
{
    switch (line.bytes[0]) {
    case 'c':
    case 'C':
        if (is_called(line, length_name) && is_kept_whole(stream, line))
            take_length(stream, duet__text_skip(line, length_name.length + 1),
                        is_whole);
        break;
    case 'h':
    case 'H':
        stream->has_host |= is_called(line, DUET__TEXT("Host"));
        break;
    case 't':
    case 'T':
        if (is_called(line, coding_name) && is_kept_whole(stream, line))
            take_coding(stream, duet__text_skip(line, coding_name.length + 1),
                        is_whole);
        break;
    default:
        break;
    }
}

/* Checks that a field begins with its name, so a folded line is refused,
 * too. */
static void check_name(duet__stream *stream, duet__text part)
{
    if (!duet__byte_is(part.bytes[0], DUET__BYTE_TOKEN))
        duet__stream_fail(stream, 400, "a field name is malformed");
}

/* Masks a name that begins with Cookie; no other name may look masked.
 *
 *   start   of the line, or what is kept of it if it comes in parts
 *   before  of the line came before this part */
static void mask(duet__stream *stream, const char *start, duet__text part,
                 size_t before)
{
    char *byte = (char *)(uintptr_t)part.bytes + MASKED - before;

    if (before > MASKED || before + part.length <= MASKED)
        return;
    if (*byte == MASK_UPPER || *byte == MASK_LOWER)
        duet__stream_fail(stream, 400, "a field name is malformed");
    else if ((*byte == 'E' || *byte == 'e') &&
             duet__text_equal_ignoring_case(duet__text_of(start, MASKED),
                                            DUET__TEXT("Cooki")))
        *byte = *byte == 'E' ? MASK_UPPER : MASK_LOWER;
}

/* The empty line was read. */
static void end_head(duet__stream *stream)
{
    if (stream->has_length && stream->is_chunked) {
        duet__stream_fail(stream, 400, "Transfer-Encoding with Content-Length");
        return;
    }
    if (!stream->has_host && strcmp(stream->version, "HTTP/1.1") == 0) {
        duet__stream_fail(stream, 400, "Host is missing");
        return;
    }
    if (stream->is_chunked)
        stream->state = DUET__STREAM_CHUNK_SIZE;
    else
        stream->state =
            stream->left > 0 ? DUET__STREAM_BODY : DUET__STREAM_LINE;
    stream->has_line = stream->has_host = false;
    stream->has_length = stream->is_chunked = false;
    stream->head_length = stream->excess = stream->size_digits = 0;
}

/* Counts bytes of a line; sets the flaw if a limit is passed. */
static void count_line(duet__stream *stream, const duet__stream_limits *limits,
                       size_t count)
{
    bool is_first = stream->state == DUET__STREAM_LINE;

    stream->line_length += count;
    stream->head_length += count;
    if (stream->line_length >
            (is_first ? limits->line_max : limits->field_max) ||
        stream->head_length > limits->head_max)
        duet__stream_fail(stream, is_first ? 414 : 431,
                          is_first ? "the request line is too long"
                                   : "the fields are too long");
}

static void copy(char *copied, size_t room, duet__text text)
{
    size_t length = text.length < room ? text.length : 0;

    if (length > 0)
        memcpy(copied, text.bytes, length);
    copied[length] = '\0';
}

/* Takes the request line. Its method and version are kept for a request that is
 * refused before its head has ended. */
static void take_request_line(duet__stream *stream, duet__text line)
{
    copy(stream->method, sizeof stream->method,
         duet__text_of(line.bytes, duet__text_find(line, ' ')));
    if (stream->version_length >= sizeof stream->version)
        stream->version_length = 0;
    stream->version[stream->version_length] = '\0';
    stream->version_length = 0;
    if (stream->blanks != 2) {
        duet__stream_fail(stream, 400, malformed_line);
        return;
    }
    stream->blanks = 0;
    stream->has_line = true;
    stream->lines++;
    stream->state = DUET__STREAM_FIELD;
}

/* The kept start of a line that arrives in parts. */
static duet__text kept_line(const duet__stream *stream)
{
    size_t length = stream->line_length;

    return duet__text_of(stream->kept, length < sizeof stream->kept
                                           ? length
                                           : sizeof stream->kept);
}

/* A line is complete: its LF was read.
 *
 *   part  what of it lies in the piece, without CRLF */
static void end_line(duet__stream *stream, const duet__stream_limits *limits,
                     duet__text part)
{
    size_t length = stream->line_length;
    bool is_whole = length == part.length;
    duet__text line = is_whole ? part : kept_line(stream);

    stream->line_length = 0;
    stream->head_length += limits->line_cost;
    if (length == 0 && stream->has_line)
        end_head(stream);
    else if (length > 0 && stream->has_line)
        take_field(stream, line, is_whole);
    else if (length > 0)
        take_request_line(stream, line);
}

/* The index at which the value begins in a line that arrives in parts and
 * determines the framing; SIZE_MAX for any other line. */
static size_t framing_value(const duet__stream *stream)
{
    duet__text line = kept_line(stream);
    size_t start = SIZE_MAX;

    if (stream->state != DUET__STREAM_FIELD)
        return SIZE_MAX;
    if (is_called(line, length_name))
        start = length_name.length + 1;
    else if (is_called(line, coding_name))
        start = coding_name.length + 1;
    while (start < line.length &&
           (line.bytes[start] == ' ' || line.bytes[start] == '\t'))
        start++;
    return start;
}

/* A field that determines the framing must not be longer than what is kept. */
static bool is_cut_too_long(const duet__stream *stream)
{
    return stream->line_length > sizeof stream->kept &&
           framing_value(stream) != SIZE_MAX;
}

/* Keeps the start of a line that arrives in parts. */
static void keep(duet__stream *stream, duet__text part)
{
    size_t before = stream->line_length - part.length;
    size_t room =
        before < sizeof stream->kept ? sizeof stream->kept - before : 0;

    if (part.length > 0 && room > 0)
        memcpy(stream->kept + before, part.bytes,
               part.length < room ? part.length : room);
    if (stream->flaw == 0 && is_cut_too_long(stream))
        duet__stream_fail(stream, 400, too_long_framing);
}

/* Passes on a part of a line that arrives in parts, without the whitespace
 * after the start of a value that determines the framing: whitespace is valid
 * only at the value's end, which is checked in the kept start when the line is
 * complete. */
static void pass_part(duet__stream *stream, duet__stream_piece *piece,
                      size_t length)
{
    size_t start = framing_value(stream);
    size_t at = stream->line_length - length;

    if (start == SIZE_MAX) {
        duet__stream_pass(piece, length);
        return;
    }
    for (; length > 0; length--, at++) {
        if (at > start && (*piece->in == ' ' || *piece->in == '\t'))
            piece->in++;
        else
            duet__stream_pass(piece, 1);
    }
}

/* A request line has exactly two spaces and no other whitespace. A client that
 * begins with a byte that no method has, as TLS does, is refused before the
 * line ends. */
static void check_request_line(duet__stream *stream, duet__text part,
                               bool is_start)
{
    if (is_start && part.length > 0 &&
        !duet__byte_is(part.bytes[0], DUET__BYTE_TOKEN))
        duet__stream_fail(stream, 400, malformed_line);
    for (size_t i = 0; i < part.length; i++) {
        char byte = part.bytes[i];

        stream->blanks += byte == ' ';
        if (byte == '\t' || byte == '\v' || byte == '\f')
            duet__stream_fail(stream, 400, malformed_line);
    }
}

/* Adds to the last word of the line so far, as long as it fits. */
static void note_version(duet__stream *stream, duet__text part)
{
    size_t start = part.length;

    while (start > 0 && part.bytes[start - 1] != ' ')
        start--;
    if (start > 0)
        stream->version_length = 0;
    for (;
         start < part.length && stream->version_length < sizeof stream->version;
         start++)
        stream->version[stream->version_length++] = part.bytes[start];
}

/* Checks a part of a line.
 *
 *   is_start, is_end  the line's start or its end are in the part */
static void check_part(duet__stream *stream, duet__text part, bool is_start,
                       bool is_end)
{
    bool is_whole = is_start && is_end;

    if (!is_whole)
        keep(stream, part);
    if (part.length == 0)
        return;
    if (!stream->has_line) {
        check_request_line(stream, part, is_start);
        note_version(stream, part);
        return;
    }
    if (is_start)
        check_name(stream, part);
    mask(stream, is_whole ? part.bytes : stream->kept, part,
         stream->line_length - part.length);
}

static void read_line(duet__stream *stream, const duet__stream_limits *limits,
                      duet__stream_piece *piece)
{
    size_t left = (size_t)(piece->end - piece->in);
    const char *lf = memchr(piece->in, '\n', left);
    size_t count = lf != NULL ? (size_t)(lf - piece->in) : left;
    const char *cr = memchr(piece->in, '\r', count);
    duet__text part = duet__text_of(piece->in, count - (cr != NULL));
    bool is_start = stream->line_length == 0;
    /* An empty line before the request line is dropped. */
    bool is_empty_before = is_start && !stream->has_line && part.length == 0;

    /* A CR is valid only at the end of a line, and is required there. */
    if ((stream->ends_with_cr && count > 0) ||
        (cr != NULL && cr != piece->in + count - 1) ||
        (lf != NULL && cr == NULL && !stream->ends_with_cr) ||
        memchr(piece->in, '\0', count) != NULL) {
        duet__stream_fail(
            stream, 400,
            "a line of the head does not end with CRLF or has a NUL");
        return;
    }
    count_line(stream, limits, part.length);
    check_part(stream, part, is_start, lf != NULL);
    if (stream->flaw != 0)
        return;
    stream->ends_with_cr = lf == NULL && (cr != NULL || stream->ends_with_cr);
    if (lf == NULL || !is_start) {
        pass_part(stream, piece, part.length);
        count -= part.length;
    }
    if (lf != NULL)
        end_line(stream, limits, part);
    if (stream->flaw != 0)
        return;
    if (is_empty_before)
        piece->in += count + (lf != NULL);
    else
        duet__stream_pass(piece, count + (lf != NULL));
}

size_t duet__stream_check(duet__stream *stream,
                          const duet__stream_limits *limits, char *bytes,
                          size_t length)
{
    duet__stream_piece piece = {
        .in = bytes, .end = bytes + length, .out = bytes};

    while (piece.in < piece.end && stream->flaw == 0)
        if (stream->state <= DUET__STREAM_FIELD)
            read_line(stream, limits, &piece);
        else
            duet__stream_body(stream, &piece);
    return (size_t)(piece.out - bytes);
}

void duet__stream_unmask(char *name, size_t length)
{
    if (length <= MASKED)
        return;
    if (name[MASKED] == MASK_UPPER)
        name[MASKED] = 'E';
    else if (name[MASKED] == MASK_LOWER)
        name[MASKED] = 'e';
}
