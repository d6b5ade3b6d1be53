/* SPDX-License-Identifier: MIT */
/* coding.h - content codings: gzip, deflate, br and zstd, undone and made.
 *
 * A coded body is read through a reader that stands on that of the body:
 *
 *     status = duet_decoding_reader(body, "gzip", NULL, &reader);
 *     while (status == 0 &&
 *            (status = duet_read_line(reader, &line, NULL, DUET_NEVER)) == 0)
 *         puts(line);
 *
 * and written through a writer in the same way.
 *
 * A body that was cut off, damaged, or never was coded ends in an error, after
 * what could be decoded of it, and not in DUET_EEMPTY. Two exceptions are those
 * of browsers and curl: no bytes at all are an empty body whatever the coding,
 * and "deflate" is decoded with and without zlib's header. (RFC 9110 8.4.1 asks
 * for it; encoding writes it.)
 *
 * gzip, deflate and zstd have checksums, and a wrong one is an error (in a zstd
 * body where it was written). br has none.
 *
 * Memory, without the inner reader or writer: decoding gzip or deflate takes 80
 * KiB; br and zstd as much as the window of the body, which is 16 and 8 MiB at
 * most but never more than it has been decoded to, and 300 KiB. Encoding takes
 * 300 KiB for gzip and deflate, 6 MiB for br and 2 MiB for zstd at their
 * default levels, and up to 40 MiB at higher ones.
 *
 * Work is done in small steps: after a millisecond or two of decoding or
 * encoding the call suspends for a turn of the loop, so that other tasks run;
 * outside tasks it does not. Levels above 9 of br and above 15 of zstd take
 * tens of milliseconds for a step: they are for duet_encode() in a thread. br
 * needs up to 20 KiB of stack.
 *
 * Source: RFC 9110 8.4, RFC 1952, RFC 1950, RFC 7932, RFC 8878, RFC 9659.
 */
#ifndef DUET_CODING_H
#define DUET_CODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/limit.h>
#include <duet/reader.h>
#include <duet/writer.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_decoding_options {
    int64_t limit_bytes; /* the most decoded bytes; default 1 GiB;
                            DUET_NO_LIMIT for any number */
    bool ignores_excess; /* bytes behind the end of what is coded are dropped,
                            as browsers do; default: they are an error, as in
                            curl */
} duet_decoding_options;

typedef struct duet_encoding_options {
    /* From fast to small: 1 to 9 for gzip and deflate, 1 to 11 for br, 1 to 19
     * for zstd. Default: 6, 5 and 3. */
    int level;
} duet_encoding_options;

/* Makes a reader of what a coded body decodes to.
 *
 * Reading returns the codes of `inner`, and
 *   DUET_ECODING     the bytes are malformed, or others follow their end; the
 *                    detail says what and near which coded byte
 *   DUET_ETRUNCATED  they end inside a coding
 *   DUET_ETOOLARGE   they decode to more than limit_bytes
 *   DUET_ETIMEDOUT   also when the deadline passes while it decodes
 *   DUET_ECANCELED   also when the task is cancelled while it decodes
 *
 *   inner       taken on success
 *   codings     copied; as in a field Content-Encoding: names in the order in
 *               which they were applied, "gzip, br", in any case; "x-gzip" is
 *               "gzip", "identity" and "" are nothing. NULL: none
 *   options     copied; NULL for all defaults
 *   out_reader  returned-owned (duet_reader_close()); NULL on failure. It can
 *               be rewound if `inner` can
 *
 * Returns 0, or
 *   DUET_ECODING  a coding is not supported, such as "compress", or there are
 *                 more than 4
 *   DUET_EINVAL   limit_bytes is negative and not DUET_NO_LIMIT
 *   DUET_ENOMEM   no memory
 * Source: gzip.NewReader of Go; curl's CURLOPT_ACCEPT_ENCODING. */
DUET_API DUET_MUST_USE int
duet_decoding_reader(duet_reader *inner, const char *codings,
                     const duet_decoding_options *options,
                     duet_reader **out_reader);

/* Makes a writer that writes what it is given in a coding.
 *
 * Flushing it writes all so far, so that it can be decoded, and flushes
 * `inner`; that costs some bytes each time. Ending it ends the coding, and
 * `inner`.
 *
 *   inner       taken on success
 *   coding      "gzip", "deflate", "br" or "zstd"
 *   options     copied; NULL for all defaults
 *   out_writer  returned-owned (duet_writer_close()); NULL on failure. It
 * counts the bytes before they are encoded
 *
 * Returns 0, or
 *   DUET_ECODING  the coding is none of these
 *   DUET_EINVAL   the level is out of range
 *   DUET_ENOMEM   no memory
 * Writing returns the codes of `inner`; after DUET_ENOMEM it may not be
 * possible to go on. Source: gzip.NewWriter of Go. */
DUET_API DUET_MUST_USE int
duet_encoding_writer(duet_writer *inner, const char *coding,
                     const duet_encoding_options *options,
                     duet_writer **out_writer);

/* Decodes bytes in memory. Does not suspend. Any thread.
 *
 *   bytes        borrowed until return; may be NULL if `length` is 0
 *   codings      as for duet_decoding_reader()
 *   limit_bytes  the most decoded bytes; DUET_NO_LIMIT for any number, 0 is a
 *                limit
 *   out_bytes    returned-owned (free()), followed by a NUL that is not
 *                counted; NULL on failure
 *   out_length   how many; may be NULL; 0 on failure
 *
 * Returns 0, or
 *   DUET_ECODING     malformed, followed by other bytes, or a coding is not
 *                    supported
 *   DUET_ETRUNCATED  they end inside a coding
 *   DUET_ETOOLARGE   they decode to more than limit_bytes
 *   DUET_EINVAL      limit_bytes is negative and not DUET_NO_LIMIT
 *   DUET_ENOMEM      no memory
 * Source: gzip.decompress() of Python. */
DUET_API DUET_MUST_USE int duet_decode(const void *bytes, size_t length,
                                       const char *codings, int64_t limit_bytes,
                                       char **out_bytes, size_t *out_length);

/* Encodes bytes in memory. Does not suspend. Any thread.
 *
 *   bytes       borrowed until return; may be NULL if `length` is 0
 *   coding      "gzip", "deflate", "br" or "zstd"
 *   options     borrowed until return; NULL for all defaults
 *   out_bytes   returned-owned (free()); NULL on failure
 *   out_length  how many; 0 on failure
 *
 * Returns 0, or
 *   DUET_ECODING  the coding is none of these
 *   DUET_EINVAL   the level is out of range
 *   DUET_ENOMEM   no memory
 * Source: gzip.compress() of Python. */
DUET_API DUET_MUST_USE int duet_encode(const void *bytes, size_t length,
                                       const char *coding,
                                       const duet_encoding_options *options,
                                       char **out_bytes, size_t *out_length);

DUET_END_DECLARATIONS

#endif
