/* SPDX-License-Identifier: MIT */
/* stream.c - hands the pipes of a program over to readers and writers.
 *
 * Invariant: a pipe belongs to the child or to a stream, never to both. */
#include <duet/child.h>

#include "base/error.h"
#include "parallel/child/child.h"
#include "stream/socket/descriptor_stream.h"

static int check(const duet_child *child, duet_child_stream stream)
{
    const duet__child_source *source =
        stream == DUET_CHILD_INPUT ? NULL : &child->sources[stream - 1];

    if (child->pipes[stream] < 0)
        return duet__fail(DUET_ESTATE,
                          "stream %d of the program is no open pipe",
                          (int)stream);
    if (source != NULL &&
        (source->is_read || source->bytes != NULL || source->ended))
        return duet__fail(DUET_ESTATE,
                          "stream %d of the program has been read from",
                          (int)stream);
    return 0;
}

int duet_child_reader(duet_child *child, duet_child_stream stream,
                      duet_reader **out_reader)
{
    int status;

    *out_reader = NULL;
    if (stream != DUET_CHILD_OUTPUT && stream != DUET_CHILD_ERROR)
        return duet__fail(DUET_EINVAL, "stream is %d", (int)stream);
    status = check(child, stream);
    if (status == 0)
        status = duet_descriptor_reader(child->pipes[stream], NULL, out_reader);
    if (status != 0)
        return status;
    child->pipes[stream] = -1;
    duet__descriptor_reader_waits_for(*out_reader, DUET__FOR_WORK);
    return 0;
}

int duet_child_writer(duet_child *child, duet_writer **out_writer)
{
    int status;

    *out_writer = NULL;
    status = check(child, DUET_CHILD_INPUT);
    if (status == 0)
        status = duet_descriptor_writer(child->pipes[DUET_CHILD_INPUT], NULL,
                                        out_writer);
    if (status != 0)
        return status;
    child->pipes[DUET_CHILD_INPUT] = -1;
    duet__descriptor_writer_waits_for(*out_writer, DUET__FOR_WORK);
    return 0;
}
