/* SPDX-License-Identifier: MIT */
/* stream_body.c - reads bodies: data of a known length, chunks, trailers.
 *
 * One function for each state, or for several similar ones. */
#include "http/message/stream_body.h"

#include "base/byte_class.h"

/* Is the byte allowed in a field value as well? */
static bool is_text(char byte)
{
    return byte == '\t' || ((unsigned char)byte >= ' ' && byte != 0x7f);
}

static void read_data(duet__stream *stream, duet__stream_piece *piece)
{
    size_t count = (size_t)(piece->end - piece->in);

    if (count > stream->left)
        count = (size_t)stream->left;
    duet__stream_pass(piece, count);
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
        duet__stream_fail(stream, status, reason);
}

static void count_extension(duet__stream *stream)
{
    count_excess(stream, DUET__STREAM_EXTENSIONS_MAX, 413,
                 "the chunk extensions are too long");
}

/* chunk-size = 1*HEXDIG */
static void read_size(duet__stream *stream, duet__stream_piece *piece)
{
    char byte = *piece->in;
    int digit = duet__ascii_hex_value(byte);

    if (digit >= 0 && stream->left > INT64_MAX >> 4) {
        duet__stream_fail(stream, 413, "a chunk is too large");
    } else if (digit >= 0) {
        bool is_useless = stream->left == 0 && stream->size_digits > 0;

        stream->left = stream->left * 16 + (uint64_t)digit;
        stream->size_digits++;
        if (is_useless && digit == 0) {
            piece->in++; /* one zero is enough */
            count_extension(stream);
        } else {
            duet__stream_pass(piece, 1);
        }
    } else if (stream->size_digits == 0) {
        duet__stream_fail(stream, 400, "the chunks are malformed");
    } else if (byte == '\r') {
        duet__stream_pass(piece, 1);
        stream->state = DUET__STREAM_CHUNK_LF;
    } else if (byte == ';' || byte == ' ' || byte == '\t') {
        piece->in++;
        stream->state = byte == ';' ? DUET__STREAM_CHUNK_EXTENSION
                                    : DUET__STREAM_CHUNK_BLANK;
    } else {
        duet__stream_fail(stream, 400, "the chunks are malformed");
    }
}

/* Reads whitespace between the size and an extension; anything else is an
 * error. */
static void read_blank(duet__stream *stream, duet__stream_piece *piece)
{
    char byte = *piece->in++;

    if (byte == ';')
        stream->state = DUET__STREAM_CHUNK_EXTENSION;
    else if (byte != ' ' && byte != '\t')
        duet__stream_fail(stream, 400, "the chunks are malformed");
    count_extension(stream);
}

static void read_extension(duet__stream *stream, duet__stream_piece *piece)
{
    if (*piece->in == '\r') {
        duet__stream_pass(piece, 1);
        stream->state = DUET__STREAM_CHUNK_LF;
        return;
    }
    if (!is_text(*piece->in++))
        duet__stream_fail(stream, 400, "the chunks are malformed");
    else
        count_extension(stream);
}

/* The chunk's data offsets part of the count of dropped bytes. */
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

/* Passes the byte on if it is the expected one. */
static bool take(duet__stream *stream, duet__stream_piece *piece, char byte)
{
    if (*piece->in == byte)
        duet__stream_pass(piece, 1);
    else
        duet__stream_fail(stream, 400, "the chunks are malformed");
    return stream->flaw == 0;
}

static void read_trailer(duet__stream *stream, duet__stream_piece *piece)
{
    char byte = *piece->in;
    bool is_name = duet__byte_is(byte, DUET__BYTE_TOKEN);

    if (stream->state == DUET__STREAM_TRAILER && byte == '\r') {
        duet__stream_pass(piece, 1);
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
        duet__stream_fail(stream, 400, "a trailer is malformed");
    if (stream->flaw == 0)
        count_excess(stream, DUET__STREAM_TRAILERS_MAX, 431,
                     "the trailers are too long");
}

void duet__stream_body(duet__stream *stream, duet__stream_piece *piece)
{
    switch (stream->state) {
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
