/* SPDX-License-Identifier: MIT */
/* copy.c - moves bytes from a reader to a writer.
 *
 * Invariant: bytes are consumed from the reader when the writer has taken them,
 * and not before. */
#include <duet/copy.h>

#include <duet/error.h>

#include "stream/core/reader.h"

static int copy_piece(duet_reader *reader, duet_writer *writer, uint64_t limit,
                      uint64_t *count, duet_deadline deadline)
{
    char *bytes;
    size_t length;
    size_t taken = 0;
    int status = duet__reader_fill(reader, &bytes, &length, deadline);

    if (status != 0)
        return status;
    if (length > limit)
        length = (size_t)limit;
    status = duet_write_some(writer, bytes, length, &taken, deadline);
    duet__reader_consume(reader, taken);
    *count += taken;
    return status;
}

int duet_copy_some(duet_reader *reader, duet_writer *writer, uint64_t limit,
                   uint64_t *out_count, duet_deadline deadline)
{
    uint64_t count = 0;
    int status = duet__reader_enter(reader);

    if (out_count != NULL)
        *out_count = 0;
    if (status != 0)
        return status;
    while (status == 0 && count < limit) {
        status = copy_piece(reader, writer, limit - count, &count, deadline);
        if (out_count != NULL)
            *out_count = count;
    }
    duet__reader_leave(reader);
    return status == DUET_EEMPTY ? 0 : status;
}

int duet_copy(duet_reader *reader, duet_writer *writer, uint64_t *out_count,
              duet_deadline deadline)
{
    return duet_copy_some(reader, writer, UINT64_MAX, out_count, deadline);
}
