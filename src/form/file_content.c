/* SPDX-License-Identifier: MIT */
/* file_content.c - opens a file when it is read, and closes it at its end. */
#include "form/file_content.h"

#include <stdlib.h>

#include <duet/error.h>

#include "base/error.h"
#include "stream/core/reader.h"

enum { PIECE_BYTES = 65536 };

/* What a pass needs is released at its end, so that of many files one is open
 * at a time. */
static void end_pass(duet__file_content *content, duet_deadline deadline)
{
    free(content->buffer);
    content->buffer = NULL;
    if (content->path == NULL)
        return;
    (void)!duet_file_close(content->file, deadline);
    content->file = NULL;
}

static int begin_pass(duet__file_content *content, duet_deadline deadline)
{
    int status = 0;

    if (content->file == NULL)
        status =
            duet_file_open(content->path, "r", NULL, &content->file, deadline);
    if (status == 0 && content->buffer == NULL) {
        content->buffer = malloc(PIECE_BYTES);
        status = content->buffer != NULL ? 0 : DUET_ENOMEM;
    }
    return status;
}

static int read_piece(duet__file_content *content, size_t *length,
                      duet_deadline deadline)
{
    int64_t left = content->length - content->done;
    size_t room =
        content->length < 0 || left > PIECE_BYTES ? PIECE_BYTES : (size_t)left;

    if (content->length < 0)
        return duet_file_read(content->file, content->buffer, room, length,
                              deadline);
    return duet_file_read_at(content->file, content->begin + content->done,
                             content->buffer, room, length, deadline);
}

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    duet__file_content *content = context;
    size_t length = 0;
    int status = 0;

    if (content->done != content->length) {
        status = begin_pass(content, deadline);
        if (status == 0)
            status = read_piece(content, &length, deadline);
        if (status != 0)
            return status;
    }
    if (length == 0 && content->done < content->length)
        return duet__fail(DUET_ETRUNCATED, "%s has become shorter",
                          duet_file_path(content->file));
    if (length == 0) {
        content->length = content->done;
        end_pass(content, deadline);
        return DUET_EEMPTY;
    }
    content->done += (int64_t)length;
    *out_bytes = content->buffer;
    *out_length = length;
    return 0;
}

static int begin_anew(void *context, duet_deadline deadline)
{
    duet__file_content *content = context;

    (void)deadline;
    content->done = 0;
    return 0;
}

static int64_t remaining(void *context)
{
    const duet__file_content *content = context;

    return content->length < 0 ? -1 : content->length - content->done;
}

static void close_content(void *context)
{
    duet__file_content *content = context;

    end_pass(content, DUET_NOW);
    free(content->path);
    content->path = NULL;
}

void duet__file_content_reader(duet__file_content *content, duet_reader *reader)
{
    static const duet_reader_functions sized = {.next = next,
                                                .close = close_content,
                                                .rewind = begin_anew,
                                                .remaining = remaining};
    static const duet_reader_functions unsized = {
        .next = next, .close = close_content, .remaining = remaining};

    duet__reader_init(reader, content->length < 0 ? &unsized : &sized, content);
}
