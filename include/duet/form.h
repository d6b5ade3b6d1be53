/* SPDX-License-Identifier: MIT */
/* form.h - the fields of a form: to be sent as the body of a request, and as
 * they were received.
 *
 * A form to send is filled and then read as a body. It is urlencoded, or
 * multipart if one of its fields is a file or has a type:
 *
 *     duet_form *form;
 *
 *     status = duet_form_new(NULL, &form);
 *     if (status == 0)
 *         status = duet_form_add_text(form, "title", "A day at sea");
 *     if (status == 0)
 *         status = duet_form_add_file(form, "photo", "/tmp/sea.jpg", NULL,
 *                                     duet_in_ms(1000));
 *     if (status == 0)
 *         printf("%s: %lld bytes\n", duet_form_content_type(form),
 *                (long long)duet_reader_remaining(duet_form_reader(form)));
 *     duet_form_free(form);
 *
 * A form that is received is read with duet_form_read(): texts and small files
 * are kept in memory, further ones in a temporary file. To read parts as they
 * come, see multipart.h.
 *
 * Threads: for the loop's own thread.
 *
 * Source: RFC 7578, WHATWG HTML 4.10.21 and URL 5; aiohttp.FormData,
 * Request.post(), Go's Request.ParseMultipartForm().
 */
#ifndef DUET_FORM_H
#define DUET_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/multipart.h>
#include <duet/reader.h>
#include <duet/time.h>

DUET_BEGIN_DECLARATIONS

typedef struct duet_form duet_form;
typedef struct duet_form_field duet_form_field;

/* --- to send ------------------------------------------------------------- */

typedef struct duet_form_options {
    /* Be multipart in any case. Default false: only if a field needs it. */
    bool multipart;
} duet_form_options;

/* Makes an empty form.
 *
 *   options   borrowed until return; NULL for all defaults
 *   out_form  returned-owned (duet_form_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory */
DUET_API DUET_MUST_USE int duet_form_new(const duet_form_options *options,
                                         duet_form **out_form);

/* Frees a form with all that was borrowed from it, closes its readers, and
 * removes its temporary file. Does not suspend.
 *
 *   form  taken; NULL does nothing */
DUET_API void duet_form_free(duet_form *form);

/* Adds a field. A name may occur more than once.
 *
 *   name  copied; UTF-8; a control character other than the tab, CR and LF is
 *         DUET_EFIELD. Browsers write quotes and line ends in it as "%22",
 *         "%0D" and "%0A", and so do we: so it cannot add anything to the head
 *         of its part
 *   text  copied
 *
 * Returns 0, or
 *   DUET_EFIELD  a name or a type is malformed
 *   DUET_ESTATE  duet_form_reader() was called before
 *   DUET_ENOMEM  no memory
 * and on failure the form is as before. */
DUET_API DUET_MUST_USE int duet_form_add_text(duet_form *form, const char *name,
                                              const char *text);

/* What the head of a part says beside its name. */
typedef struct duet_form_part_options {
    /* The name of a file, like the name of a field. Default: none; of
     * duet_form_add_file(): the last component of the path. */
    const char *filename;
    /* The Content-Type; a control character is DUET_EFIELD. Default: none; with
     * a filename "application/octet-stream". */
    const char *content_type;
} duet_form_part_options;

/* Adds bytes, like duet_form_add_text().
 *
 *   bytes    copied; any bytes; may be NULL if length is 0
 *   options  copied; NULL for all defaults: then it is a text */
DUET_API DUET_MUST_USE int
duet_form_add_bytes(duet_form *form, const char *name, const void *bytes,
                    size_t length, const duet_form_part_options *options);

/* Adds a file. It is looked at now, and opened when the form is read: in a pool
 * thread. If it has changed its length by then, reading ends with
 * DUET_ETRUNCATED, or with as many bytes as it has now.
 *
 *   path     copied
 *   options  copied; NULL for all defaults
 *
 * Returns the codes of duet_form_add_text(), or
 *   DUET_ENOENT  there is no such file
 *   DUET_EISDIR  it is a folder
 *   or another code of duet_path_stat() */
DUET_API DUET_MUST_USE int
duet_form_add_file(duet_form *form, const char *name, const char *path,
                   const duet_form_part_options *options,
                   duet_deadline deadline);

/* Adds all that a reader has, like duet_form_add_text().
 *
 *   reader   taken on success
 *   options  copied; NULL for all defaults */
DUET_API DUET_MUST_USE int
duet_form_add_reader(duet_form *form, const char *name, duet_reader *reader,
                     const duet_form_part_options *options);

/* The body. From now on no field can be added. It knows its length if all parts
 * do, and can be rewound if all parts can. Reading returns the codes of the
 * readers in the form and of duet_file_open() and duet_file_read().
 *
 * Returns a reader that is borrowed until duet_form_free(); it is always the
 * same. */
DUET_API duet_reader *duet_form_reader(duet_form *form);

/* The Content-Type of the body, for the fields that the form has now:
 * "application/x-www-form-urlencoded", or "multipart/form-data" with a random
 * boundary. Borrowed until the next field is added. */
DUET_API const char *duet_form_content_type(const duet_form *form);

/* --- received ------------------------------------------------------------ */

typedef struct duet_form_read_options {
    /* Limits on the parts of a multipart body; borrowed. parts_max and
     * name_bytes_max hold for urlencoded bodies, too. Default NULL: those of
     * duet_multipart_new(). */
    const duet_multipart_options *parts;
    /* Bytes of the body; DUET_NO_LIMIT for any. Default 64 MiB. */
    int64_t body_bytes_max;
    /* Bytes of names, texts and files that are kept in memory; DUET_NO_LIMIT
     * for all. Files beyond it go into a temporary file, one for all of them;
     * texts beyond it are DUET_ETOOLARGE. Default 1 MiB. */
    int64_t memory_bytes_max;
    /* The folder of the temporary file; borrowed. Default $TMPDIR, or /tmp if
     * that is not set. */
    const char *folder;
} duet_form_read_options;

/* Reads a body as a form: "application/x-www-form-urlencoded" or
 * "multipart/form-data".
 *
 *   reader        borrowed until return; read to its end on success
 *   content_type  borrowed until return; the body's Content-Type; NULL is
 *                 DUET_ENOTSUP
 *   options       borrowed until return; NULL for all defaults
 *   out_form      returned-owned (duet_form_free()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOTSUP     the type is not one of the two, or a part has a
 *                    Content-Transfer-Encoding that would have to be undone
 *   DUET_EFIELD      the type is malformed
 *   DUET_EPROTOCOL   the body is malformed, or has a part without a name, or a
 *                    name with a control character
 *   DUET_ETRUNCATED  the body ended before its last delimiter
 *   DUET_ETOOLARGE   it goes beyond a limit; the detail names the option
 *   DUET_EINVAL      an option is out of range
 *   DUET_ETIMEDOUT, DUET_ECANCELED  a part of the body has been read
 *   DUET_ENOMEM      no memory
 *   or a code of the reader, or of duet_temporary_file_open() and
 *   duet_file_write_at() */
DUET_API DUET_MUST_USE int duet_form_read(duet_reader *reader,
                                          const char *content_type,
                                          const duet_form_read_options *options,
                                          duet_form **out_form,
                                          duet_deadline deadline);

/* The text of the first field of that name that is not a file; borrowed from
 * the form, followed by a NUL that is not counted.
 *
 *   out_length  how many bytes, as it may contain NUL; may be NULL; 0 if there
 *               is none
 *
 * Returns NULL if there is none. */
DUET_API const char *duet_form_text(const duet_form *form, const char *name,
                                    size_t *out_length);

/* The fields in their order, one for each call; see also duet_form_text().
 *
 *   name      only those of that name; NULL for all
 *   position  where to look; set it to 0 before the first call
 *
 * Returns a field that is borrowed from the form; NULL after the last one. */
DUET_API duet_form_field *duet_form_next(const duet_form *form,
                                         const char *name, size_t *position);

/* How many fields there are; a name that occurs twice counts twice. */
DUET_API size_t duet_form_count(const duet_form *form);

/* The name of a field; never NULL. Borrowed from the form, like the others. */
DUET_API const char *duet_form_field_name(const duet_form_field *field);

/* The name of the file; NULL if the field is not a file, "" if no file was
 * chosen. A received one is never a path; see duet_part_filename(). */
DUET_API const char *duet_form_field_filename(const duet_form_field *field);

/* The Content-Type of the part; NULL if it has none. */
DUET_API const char *duet_form_field_content_type(const duet_form_field *field);

/* The content of a field, from where it was read last; it can be rewound, and
 * knows its length. It may be saved, copied and read by lines like any other.
 * (In a form to send, these hold for what the field is made of.)
 *
 * Returns a reader that is borrowed from the form; it is always the same. */
DUET_API duet_reader *duet_form_field_reader(duet_form_field *field);

DUET_END_DECLARATIONS

#endif
