/* SPDX-License-Identifier: MIT */
/* file_content.h - a file, or a section of one, as a source of bytes.
 *
 * Invariant: without a length, `begin` is 0 and the file's own position moves;
 * with one, it does not, and so many bytes are lent or the source fails. */
#ifndef DUET_FORM_FILE_CONTENT_H
#define DUET_FORM_FILE_CONTENT_H

#include <duet/file.h>
#include <duet/reader.h>

typedef struct duet__file_content {
    char *path;      /* owned; NULL: `file` is borrowed */
    duet_file *file; /* NULL: not open */
    int64_t begin;
    int64_t length; /* -1: unknown until its end */
    int64_t done;   /* so many bytes were lent */
    char *buffer;   /* owned; what is lent; NULL between two passes */
} duet__file_content;

/* Makes a reader of it, which is a member of another object; closing the reader
 * releases what the content owns. The content is zero but for path or file,
 * begin and length. */
void duet__file_content_reader(duet__file_content *content,
                               duet_reader *reader);

#endif
