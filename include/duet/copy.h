/* SPDX-License-Identifier: MIT */
/* copy.h - moves bytes from a reader to a writer.
 *
 * A download into a file, an upload out of one, and a proxy are one call:
 *
 *     status = duet_copy(reader, writer, NULL, DUET_NEVER);
 *     if (status == 0)
 *         status = duet_writer_end(writer, DUET_NEVER);
 *
 * Source: Go's io.Copy(), shutil.copyfileobj().
 */
#ifndef DUET_COPY_H
#define DUET_COPY_H

#include <stdint.h>

#include <duet/export.h>
#include <duet/reader.h>
#include <duet/time.h>
#include <duet/writer.h>

DUET_BEGIN_DECLARATIONS

/* Copies all that the reader still has. The writer is not ended. Pieces go from
 * the one to the other without a buffer between; where both have a descriptor,
 * the kernel moves them if it can.
 *
 *   reader     borrowed until return
 *   writer     borrowed until return
 *   out_count  how many bytes the writer has taken, also on failure; may be
 *              NULL
 *
 * Returns 0 once the reader has ended, or a code of either side, as
 * duet_read_next() and duet_write() have them. On failure no byte is lost: the
 * reader still has what the writer has not taken, so the call may be
 * repeated. */
DUET_API DUET_MUST_USE int duet_copy(duet_reader *reader, duet_writer *writer,
                                     uint64_t *out_count,
                                     duet_deadline deadline);

/* The same for `limit` bytes at most.
 *
 * Returns 0 also if the reader has ended before; `*out_count` says it. */
DUET_API DUET_MUST_USE int duet_copy_some(duet_reader *reader,
                                          duet_writer *writer, uint64_t limit,
                                          uint64_t *out_count,
                                          duet_deadline deadline);

DUET_END_DECLARATIONS

#endif
