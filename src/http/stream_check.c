/* SPDX-License-Identifier: MIT */
/* stream_check.c - one function for each part of a request.
 *
 * Invariant: a reader takes bytes from the input and puts bytes out, no more
 * than it took in all, so the output never passes the input. */
#include "http/stream_check.h"

#include "base/byte_class.h"
#include "http/request_check.h"

/* What is left of a piece, and where the next byte to pass on goes. */
typedef struct piece {
    char *in;
    char *end;
    char *out;
} piece;

/* 'C' and 'c' of a masked Cookie. No field name begins with one of them. */
enum { MASK_UPPER = 1, MASK_LOWER = 2 };

static void fail(duet__stream *stream, int status, const char *reason)
{
    stream->flaw = status;
    stream->reason = reason;
    stream->flaw_is_behind_line = stream->state != DUET__STREAM_LINE;
}

static void pass(piece *piece, size_t count)
{
    if (piece->out != piece->in)
        memmove(piece->out, piece->in, count);
    piece->in += count;
    piece->out += count;
}

static const char malformed_line[] = "the request line is malformed";

/* What a field value may have, too. */
static bool is_text(char byte)
{
    return byte == '\t' || ((unsigned char)byte >= ' ' && byte != 0x7f);
}

/* --- the head ------------------------------------------------------------ */

static bool is_called(duet__text line, duet__text name)
{
    return line.length > name.length && line.bytes[name.length] == ':' &&
           duet__text_equal_ignoring_case(
               duet__text_of(line.bytes, name.length), name);
}

static const duet__text length_name = {"Content-Length", 14};
static const duet__text coding_name = {"Transfer-Encoding", 17};

/* Moves the blanks behind what is in the value in front of it. */
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
        fail(stream, 400,
             stream->has_length ? "Content-Length is there twice"
                                : "Content-Length is malformed");
        return;
    }
    stream->has_length = true;
    if (!duet__text_to_number(number, INT64_MAX, &stream->left))
        fail(stream, 413, "Content-Length is too large");
    else if (is_whole)
        move_blanks(value);
}

static void take_coding(duet__stream *stream, duet__text value, bool is_whole)
{
    const char *reason = "Transfer-Encoding is there twice";
    int status = 400;

    if (!stream->is_chunked)
        status = duet__request_check_codings(duet__text_trim(value), &reason);
    stream->is_chunked = true;
    if (status != 0)
        fail(stream, status, reason);
    else if (is_whole)
        move_blanks(value);
}

/* Looks at a whole line of the head for what decides about framing.
 *
 *   is_whole  the line lies in the piece, where it may be changed */
static void take_field(duet__stream *stream, duet__text line, bool is_whole)
{
    switch (line.bytes[0]) {
    case 'c':
    case 'C':
        if (is_called(line, length_name))
            take_length(stream, duet__text_skip(line, length_name.length + 1),
                        is_whole);
        break;
    case 'h':
    case 'H':
        stream->has_host |= is_called(line, DUET__TEXT("Host"));
        break;
    case 't':
    case 'T':
        if (is_called(line, coding_name))
            take_coding(stream, duet__text_skip(line, coding_name.length + 1),
                        is_whole);
        break;
    default:
        break;
    }
}

/* Masks the name if it is Cookie; no other may look like that. */
static void mask(duet__stream *stream, duet__text line)
{
    char *first = (char *)(uintptr_t)line.bytes;

    if (*first == MASK_UPPER || *first == MASK_LOWER)
        fail(stream, 400, "a field name is malformed");
    else if ((*first == 'C' || *first == 'c') &&
             is_called(line, DUET__TEXT("Cookie")))
        *first = *first == 'C' ? MASK_UPPER : MASK_LOWER;
}

/* The empty line was read. */
static void end_head(duet__stream *stream)
{
    if (stream->has_length && stream->is_chunked) {
        fail(stream, 400, "Transfer-Encoding with Content-Length");
        return;
    }
    if (!stream->has_host && strcmp(stream->version, "HTTP/1.1") == 0) {
        fail(stream, 400, "Host is missing");
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
        fail(stream, is_first ? 414 : 431,
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

/* Whoever refuses the request before its head has ended wants to know. */
static void take_request_line(duet__stream *stream, duet__text line,
                              bool is_whole)
{
    size_t version = line.length;

    while (version > 0 && line.bytes[version - 1] != ' ')
        version--;
    copy(stream->method, sizeof stream->method,
         duet__text_of(line.bytes, duet__text_find(line, ' ')));
    copy(stream->version, sizeof stream->version,
         is_whole ? duet__text_skip(line, version) : DUET__TEXT(""));
    if (stream->blanks != 2) {
        fail(stream, 400, malformed_line);
        return;
    }
    stream->blanks = 0;
    stream->has_line = true;
    stream->lines++;
    stream->state = DUET__STREAM_FIELD;
}

/* What is kept of the line that comes in parts. */
static duet__text kept_line(const duet__stream *stream)
{
    size_t length = stream->line_length;

    return duet__text_of(stream->kept, length < sizeof stream->kept
                                           ? length
                                           : sizeof stream->kept);
}

/* A line is complete, its LF was seen.
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
        take_request_line(stream, line, is_whole);
}

/* Where the value of a field that decides about framing begins in a line that
 * comes in parts; SIZE_MAX if it is another line. */
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

/* A field that decides about framing is not longer than what is kept. */
static bool is_cut_too_long(const duet__stream *stream)
{
    return stream->line_length > sizeof stream->kept &&
           framing_value(stream) != SIZE_MAX;
}

/* Keeps the start of a line that comes in parts. */
static void keep(duet__stream *stream, duet__text part)
{
    size_t before = stream->line_length - part.length;
    size_t room =
        before < sizeof stream->kept ? sizeof stream->kept - before : 0;

    if (part.length > 0 && room > 0)
        memcpy(stream->kept + before, part.bytes,
               part.length < room ? part.length : room);
    if (stream->flaw == 0 && is_cut_too_long(stream))
        fail(stream, 400, "a field that frames the body is too long");
}

/* Passes a part of a cut line on, without blanks behind the start of a value
 * that frames the body: they are right at its end only, which is looked at in
 * what is kept when the line is complete. */
static void pass_part(duet__stream *stream, piece *piece, size_t length)
{
    size_t start = framing_value(stream);
    size_t at = stream->line_length - length;

    for (; length > 0; length--, at++) {
        if (at > start && (*piece->in == ' ' || *piece->in == '\t'))
            piece->in++;
        else
            pass(piece, 1);
    }
}

/* Two blanks make a request line; other white space is none. Who begins with a
 * byte that no method has, as TLS does, is told before a line ends. */
static void check_request_line(duet__stream *stream, duet__text part,
                               bool is_start)
{
    if (is_start && part.length > 0 &&
        !duet__byte_is(part.bytes[0], DUET__BYTE_TOKEN))
        fail(stream, 400, malformed_line);
    for (size_t i = 0; i < part.length; i++) {
        char byte = part.bytes[i];

        stream->blanks += byte == ' ';
        if (byte == '\t' || byte == '\v' || byte == '\f')
            fail(stream, 400, malformed_line);
    }
}

static void read_line(duet__stream *stream, const duet__stream_limits *limits,
                      piece *piece)
{
    size_t left = (size_t)(piece->end - piece->in);
    const char *lf = memchr(piece->in, '\n', left);
    size_t count = lf != NULL ? (size_t)(lf - piece->in) : left;
    const char *cr = memchr(piece->in, '\r', count);
    duet__text part = duet__text_of(piece->in, count - (cr != NULL));
    bool is_start = stream->line_length == 0;
    /* An empty line before the request line is dropped. */
    bool is_empty_before = is_start && !stream->has_line && part.length == 0;

    /* A CR is right at the line's end only, and must be there. */
    if ((stream->ends_with_cr && count > 0) ||
        (cr != NULL && cr != piece->in + count - 1) ||
        (lf != NULL && cr == NULL && !stream->ends_with_cr) ||
        memchr(piece->in, '\0', count) != NULL) {
        fail(stream, 400,
             "a line of the head does not end with CRLF or has a NUL");
        return;
    }
    count_line(stream, limits, part.length);
    if (stream->state == DUET__STREAM_LINE)
        check_request_line(stream, part, is_start);
    if (is_start && part.length > 0 && stream->has_line)
        mask(stream, part);
    if (lf == NULL || !is_start)
        keep(stream, part);
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
        pass(piece, count + (lf != NULL));
}

/* --- bodies -------------------------------------------------------------- */

static void read_data(duet__stream *stream, piece *piece)
{
    size_t count = (size_t)(piece->end - piece->in);

    if (count > stream->left)
        count = (size_t)stream->left;
    pass(piece, count);
    stream->left -= count;
    if (stream->left > 0)
        return;
    stream->state = stream->state == DUET__STREAM_BODY ? DUET__STREAM_LINE
                                                       : DUET__STREAM_CHUNK_END;
}

/* Counts a byte that is read and dropped. */
static void count_excess(duet__stream *stream, size_t maximum, int status,
                         const char *reason)
{
    if (++stream->excess > maximum)
        fail(stream, status, reason);
}

static void count_extension(duet__stream *stream)
{
    count_excess(stream, DUET__STREAM_EXTENSIONS_MAX, 413,
                 "the chunk extensions are too long");
}

/* chunk-size = 1*HEXDIG */
static void read_size(duet__stream *stream, piece *piece)
{
    char byte = *piece->in;
    int digit = duet__ascii_hex_value(byte);

    if (digit >= 0 && stream->left > INT64_MAX >> 4) {
        fail(stream, 413, "a chunk is too large");
    } else if (digit >= 0) {
        bool is_useless = stream->left == 0 && stream->size_digits > 0;

        stream->left = stream->left * 16 + (uint64_t)digit;
        stream->size_digits++;
        if (is_useless && digit == 0) {
            piece->in++; /* one zero is enough */
            count_extension(stream);
        } else {
            pass(piece, 1);
        }
    } else if (stream->size_digits == 0) {
        fail(stream, 400, "the chunks are malformed");
    } else if (byte == '\r') {
        pass(piece, 1);
        stream->state = DUET__STREAM_CHUNK_LF;
    } else if (byte == ';' || byte == ' ' || byte == '\t') {
        piece->in++;
        stream->state = byte == ';' ? DUET__STREAM_CHUNK_EXTENSION
                                    : DUET__STREAM_CHUNK_BLANK;
    } else {
        fail(stream, 400, "the chunks are malformed");
    }
}

/* Blanks between the size and an extension, and nothing else. */
static void read_blank(duet__stream *stream, piece *piece)
{
    char byte = *piece->in++;

    if (byte == ';')
        stream->state = DUET__STREAM_CHUNK_EXTENSION;
    else if (byte != ' ' && byte != '\t')
        fail(stream, 400, "the chunks are malformed");
    count_extension(stream);
}

static void read_extension(duet__stream *stream, piece *piece)
{
    if (*piece->in == '\r') {
        pass(piece, 1);
        stream->state = DUET__STREAM_CHUNK_LF;
        return;
    }
    if (!is_text(*piece->in++))
        fail(stream, 400, "the chunks are malformed");
    else
        count_extension(stream);
}

/* The data behind the size pays for some of what was dropped. */
static void end_size(duet__stream *stream)
{
    stream->size_digits = 0;
    if (stream->left == 0)
        stream->excess = 0;
    else
        stream->excess -=
            stream->excess < stream->left ? stream->excess : stream->left;
    stream->state =
        stream->left > 0 ? DUET__STREAM_CHUNK : DUET__STREAM_TRAILER;
}

/* Passes the byte on if it is the one that must come. */
static bool take(duet__stream *stream, piece *piece, char byte)
{
    if (*piece->in == byte)
        pass(piece, 1);
    else
        fail(stream, 400, "the chunks are malformed");
    return stream->flaw == 0;
}

static void read_trailer(duet__stream *stream, piece *piece)
{
    char byte = *piece->in;
    bool is_name = duet__byte_is(byte, DUET__BYTE_TOKEN);

    if (stream->state == DUET__STREAM_TRAILER && byte == '\r') {
        pass(piece, 1);
        stream->state = DUET__STREAM_LAST_LF;
        return;
    }
    piece->in++;
    if (stream->state == DUET__STREAM_TRAILER && is_name)
        stream->state = DUET__STREAM_TRAILER_NAME;
    else if (stream->state == DUET__STREAM_TRAILER_NAME && byte == ':')
        stream->state = DUET__STREAM_TRAILER_VALUE;
    else if (stream->state == DUET__STREAM_TRAILER_VALUE && byte == '\r')
        stream->state = DUET__STREAM_TRAILER_LF;
    else if (stream->state == DUET__STREAM_TRAILER_LF && byte == '\n')
        stream->state = DUET__STREAM_TRAILER;
    else if (stream->state == DUET__STREAM_TRAILER_VALUE
                 ? !is_text(byte)
                 : stream->state != DUET__STREAM_TRAILER_NAME || !is_name)
        fail(stream, 400, "a trailer is malformed");
    if (stream->flaw == 0)
        count_excess(stream, DUET__STREAM_TRAILERS_MAX, 431,
                     "the trailers are too long");
}

/* --- all ----------------------------------------------------------------- */

static void read_part(duet__stream *stream, const duet__stream_limits *limits,
                      piece *piece)
{
    switch (stream->state) {
    case DUET__STREAM_LINE:
    case DUET__STREAM_FIELD:
        read_line(stream, limits, piece);
        break;
    case DUET__STREAM_BODY:
    case DUET__STREAM_CHUNK:
        read_data(stream, piece);
        break;
    case DUET__STREAM_CHUNK_SIZE:
        read_size(stream, piece);
        break;
    case DUET__STREAM_CHUNK_BLANK:
        read_blank(stream, piece);
        break;
    case DUET__STREAM_CHUNK_EXTENSION:
        read_extension(stream, piece);
        break;
    case DUET__STREAM_CHUNK_LF:
        if (take(stream, piece, '\n'))
            end_size(stream);
        break;
    case DUET__STREAM_CHUNK_END:
        if (take(stream, piece, '\r'))
            stream->state = DUET__STREAM_CHUNK_END_LF;
        break;
    case DUET__STREAM_CHUNK_END_LF:
        if (take(stream, piece, '\n'))
            stream->state = DUET__STREAM_CHUNK_SIZE;
        break;
    case DUET__STREAM_LAST_LF:
        if (take(stream, piece, '\n'))
            stream->state = DUET__STREAM_LINE;
        break;
    default:
        read_trailer(stream, piece);
        break;
    }
}

size_t duet__stream_check(duet__stream *stream,
                          const duet__stream_limits *limits, char *bytes,
                          size_t length)
{
    piece piece = {.in = bytes, .end = bytes + length, .out = bytes};

    while (piece.in < piece.end && stream->flaw == 0)
        read_part(stream, limits, &piece);
    return (size_t)(piece.out - bytes);
}

void duet__stream_unmask(char *name, size_t length)
{
    if (length != sizeof "Cookie" - 1)
        return;
    if (name[0] == MASK_UPPER)
        name[0] = 'C';
    else if (name[0] == MASK_LOWER)
        name[0] = 'c';
}
