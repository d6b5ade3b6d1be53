/* SPDX-License-Identifier: MIT */
/* hop_body.c - hands the body of a request over, piece by piece. */
#include "client/hop/hop_body.h"

#include <stdio.h>
#include <string.h>

#include <duet/error.h>

#include "runtime/core/wait.h"

void duet__hop_body_fail(duet__hop_body *outgoing, int code, const char *flaw)
{
    if (outgoing->error != 0)
        return;
    outgoing->error = code;
    snprintf(outgoing->flaw, sizeof outgoing->flaw, "%s", flaw);
}

static void start(duet__hop_body *outgoing)
{
    int status;

    if (outgoing->is_started)
        return;
    outgoing->is_started = true;
    status = outgoing->start(outgoing);
    if (status != 0)
        duet__hop_body_fail(outgoing, status, duet_error_text(status));
}

size_t duet__hop_body_take(duet__hop_body *outgoing, char *buffer, size_t size)
{
    size_t count =
        outgoing->piece_length < size ? outgoing->piece_length : size;

    if (count == 0) {
        outgoing->is_taken = outgoing->is_whole;
        start(outgoing);
        return 0;
    }
    memcpy(buffer, outgoing->piece, count);
    outgoing->piece += count;
    outgoing->piece_length -= count;
    outgoing->taken += count;
    outgoing->is_taken =
        outgoing->length >= 0 && outgoing->taken == (uint64_t)outgoing->length;
    if (outgoing->piece_length == 0)
        duet__wake_first(&outgoing->waiters, 0);
    return count;
}

bool duet__hop_body_has_news(const duet__hop_body *outgoing)
{
    return outgoing->piece_length > 0 || outgoing->is_whole ||
           outgoing->error != 0;
}
