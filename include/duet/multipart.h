/* SPDX-License-Identifier: MIT */
/* multipart.h - the parts of a multipart body, one after the other, each of
 * them a reader.
 *
 * For forms with files (multipart/form-data) and for responses in parts
 * (multipart/byteranges, multipart/mixed). Example, given duet_reader *body and
 * const char *content_type:
 *
 *     duet_multipart *multipart;
 *     duet_part *part;
 *
 *     status = duet_multipart_new(body, content_type, NULL, &multipart);
 *     while (status == 0) {
 *         status = duet_multipart_next(multipart, &part, DUET_NEVER);
 *         if (status == 0)
 *             status = duet_read_skip(duet_part_reader(part), SIZE_MAX, NULL,
 *                                     DUET_NEVER);
 *     }
 *     duet_multipart_free(multipart);
 *     if (status != DUET_EEMPTY)
 *         fprintf(stderr, "%s\n", duet_error_message(status));
 *
 * Parts are read as they come, with no more memory than the head of one. A part
 * that is multipart itself is not taken apart: give its reader and content type
 * to another duet_multipart. Content-Transfer-Encoding is not undone, as
 * browsers do not use it (RFC 7578 4.7).
 *
 * It is strict: lines end with CRLF, and a body that ends without its last
 * delimiter is truncated.
 *
 * Threads: for the loop's own thread, and one task at a time.
 *
 * Source: RFC 2046 5.1, RFC 7578; aiohttp.MultipartReader, Go's
 * multipart.Reader.
 */
#ifndef DUET_MULTIPART_H
#define DUET_MULTIPART_H

#include <stdint.h>

#include <duet/export.h>
#include <duet/fields.h>
#include <duet/reader.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_multipart duet_multipart;
typedef struct duet_part duet_part;

/* What goes beyond one of these limits is DUET_ETOOLARGE. DUET_NO_LIMIT for
 * none. */
typedef struct duet_multipart_options {
    /* Parts. Default 1000. */
    int64_t parts_max;
    /* Fields in the head of a part. Default 32. */
    int64_t fields_max;
    /* Bytes in the head of a part. Default 16 KiB. */
    int64_t head_bytes_max;
    /* Bytes of the name of a part, and of that of its file. Default 1 KiB. */
    int64_t name_bytes_max;
    /* Bytes of the content of a part. Default: any. */
    int64_t part_bytes_max;
    /* Bytes before the first part and behind the last one. Default 4 KiB. */
    int64_t outside_bytes_max;
} duet_multipart_options;

/* Begins to read a body in parts.
 *
 *   reader         borrowed until duet_multipart_free()
 *   content_type   borrowed until return; the body's Content-Type; NULL is
 *                  DUET_ENOTSUP
 *   options        borrowed until return; NULL for all defaults
 *   out_multipart  returned-owned (duet_multipart_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOTSUP  the type is not multipart
 *   DUET_EFIELD   the type is malformed, or has no boundary of 1 to 70 of the
 *                 characters that RFC 2046 allows
 *   DUET_EINVAL   an option is out of range
 *   DUET_ENOMEM   no memory */
DUET_API DUET_MUST_USE int
duet_multipart_new(duet_reader *reader, const char *content_type,
                   const duet_multipart_options *options,
                   duet_multipart **out_multipart);

/* Goes to the next part. What was not read of the part before is dropped.
 *
 *   out_part  borrowed until the next call of this function and
 *             duet_multipart_free(); NULL on failure
 *
 * Returns 0, or
 *   DUET_EEMPTY      no more parts: the body has ended as it should
 *   DUET_ETRUNCATED  the body ended before its last delimiter
 *   DUET_EPROTOCOL   the body is malformed; the detail says how
 *   DUET_ETOOLARGE   it goes beyond a limit; the detail names the option
 *   DUET_ETIMEDOUT, DUET_ECANCELED  nothing is lost: the next call continues
 *   DUET_EBUSY       another task is reading
 *   DUET_ENOMEM      no memory
 *   or a code of the reader
 * After DUET_ETRUNCATED, DUET_EPROTOCOL, DUET_ETOOLARGE and DUET_ENOMEM each
 * call returns that code again. */
DUET_API DUET_MUST_USE int duet_multipart_next(duet_multipart *multipart,
                                               duet_part **out_part,
                                               duet_deadline deadline);

/* Frees it and its part. The reader stays where it is: before the end of the
 * body if not all parts were read.
 *
 *   multipart  taken; NULL does nothing */
DUET_API void duet_multipart_free(duet_multipart *multipart);

/* The name of the form's field, as the sender wrote it: usually UTF-8, but any
 * byte except NUL is possible. NULL if there is none, as in bodies that are no
 * form. Borrowed from the part. */
DUET_API const char *duet_part_name(const duet_part *part);

/* The name of the file that is sent, likewise; NULL if the part is not a file,
 * "" if no file was chosen. It is never a path: of one, only the last component
 * is left, and "." and ".." are DUET_EPROTOCOL. It may be the name of a file
 * that exists already. Source: RFC 7578 4.2. */
DUET_API const char *duet_part_filename(const duet_part *part);

/* The part's Content-Type; NULL if it has none, which means plain text.
 * Borrowed from the part. */
DUET_API const char *duet_part_content_type(const duet_part *part);

/* All fields in the head of the part; borrowed from it. */
DUET_API const duet_fields *duet_part_fields(const duet_part *part);

/* The content of the part. Borrowed from the part; it ends with it, and it may
 * be closed before. Reading returns the codes of duet_multipart_next(), and
 * DUET_EEMPTY at the end of the part. */
DUET_API duet_reader *duet_part_reader(duet_part *part);

DUET_END_DECLARATIONS

#endif
