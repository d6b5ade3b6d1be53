/* SPDX-License-Identifier: MIT */
/* stream_adapters.h - readers over readers: a limit, a second taker, a look at
 * what goes by.
 *
 * Each takes the reader that it stands on and closes it when it is closed
 * itself; on failure it takes nothing. The codes of the reader below are
 * returned unchanged.
 *
 * Source: Go's io.LimitReader, io.TeeReader.
 */
#ifndef DUET_STREAM_ADAPTERS_H
#define DUET_STREAM_ADAPTERS_H

#include <stddef.h>
#include <stdint.h>

#include <duet/export.h>
#include <duet/reader.h>
#include <duet/writer.h>

DUET_BEGIN_DECLARATIONS

/* What a reader does that has reached its limit. */
typedef enum duet_limit_end {
    DUET_LIMIT_ENDS,  /* it ends there; the reader below may have more */
    DUET_LIMIT_FAILS, /* if there are more, it returns DUET_ETOOLARGE */
} duet_limit_end;

/* Makes a reader of the first bytes of another.
 *
 *   inner        taken on success
 *   limit_bytes  the most bytes
 *   out_reader   returned-owned (duet_reader_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  `end` is neither of the two
 *   DUET_ENOMEM  no memory
 * Reading returns the codes of `inner` and, with DUET_LIMIT_FAILS,
 *   DUET_ETOOLARGE  `inner` has more bytes than the limit */
DUET_API DUET_MUST_USE int duet_limited_reader(duet_reader *inner,
                                               uint64_t limit_bytes,
                                               duet_limit_end end,
                                               duet_reader **out_reader);

/* Makes a reader that also writes all it returns to a writer, before it returns
 * it.
 *
 *   inner       taken on success
 *   writer      borrowed until the reader is closed; it is not ended
 *   out_reader  returned-owned (duet_reader_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_ENOMEM  no memory
 * Reading returns the codes of `inner` and those of duet_write(); after either
 * nothing is lost. */
DUET_API DUET_MUST_USE int duet_tee_reader(duet_reader *inner,
                                           duet_writer *writer,
                                           duet_reader **out_reader);

/* Sees bytes that go by: to hash, to count, to show progress.
 *
 *   bytes   borrowed until return; at least one
 *
 * Returns 0, or a code with which reading fails. Must not suspend. */
typedef int duet_observe_function(void *context, const void *bytes,
                                  size_t length);

/* Makes a reader that shows all it returns to a function, once and in order.
 *
 *   inner       taken on success
 *   function    called from the task that reads
 *   context     given to it; borrowed until the reader is closed
 *   out_reader  returned-owned (duet_reader_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  `function` is NULL
 *   DUET_ENOMEM  no memory
 * Reading returns the codes of `inner` and those of `function`. If `inner` can
 * be rewound, so can this one; the function then sees the bytes again. */
DUET_API DUET_MUST_USE int duet_observed_reader(duet_reader *inner,
                                                duet_observe_function *function,
                                                void *context,
                                                duet_reader **out_reader);

/* The same for a writer: the function sees what the sink has taken.
 *
 *   inner       taken on success; it is ended and given up with the new one
 *   out_writer  returned-owned (duet_writer_close()); NULL on failure
 *
 * Returns 0, or
 *   DUET_EINVAL  `function` is NULL
 *   DUET_ENOMEM  no memory */
DUET_API DUET_MUST_USE int duet_observed_writer(duet_writer *inner,
                                                duet_observe_function *function,
                                                void *context,
                                                duet_writer **out_writer);

DUET_END_DECLARATIONS

#endif
