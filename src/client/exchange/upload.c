/* SPDX-License-Identifier: MIT */
/* upload.c - the body of a request out of a reader.
 *
 * A task of its own reads, because the exchange's waits for the server.
 * Invariant: the task exists from when libcurl asks for the first piece until
 * the reader has ended; it has read one piece that libcurl has not taken, at
 * most. */
#include "client/exchange/upload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <duet/error.h>
#include <duet/task.h>

#include "base/error.h"
#include "client/curl/stream.h"
#include "runtime/core/task.h"
#include "runtime/core/wait.h"

struct duet__upload {
    duet__hop_body outgoing;
    duet_reader *reader;
    uint64_t first;  /* how many bytes the reader had returned before */
    duet_task *task; /* NULL: none */
    bool is_left;    /* nobody waits for the task: it frees this */
};

/* --- the task ------------------------------------------------------------ */

/* The reader has ended with `status`, or its task was cancelled. */
static void end_reading(duet__hop_body *out, uint64_t count, int status)
{
    char text[96];

    if (status != DUET_EEMPTY) {
        duet__hop_body_fail(out, status, duet_error_message(status));
    } else if (out->length >= 0 && count < (uint64_t)out->length) {
        snprintf(text, sizeof text,
                 "the body's reader ended after %" PRIu64 " of %" PRId64
                 " bytes",
                 count, out->length);
        duet__hop_body_fail(out, DUET_ETRUNCATED, text);
    } else {
        out->is_whole = true;
    }
}

/* Waits until libcurl has taken the piece. */
static int wait_until_taken(duet__hop_body *out)
{
    int status = 0;

    while (status == 0 && out->piece_length > 0) {
        duet__wait wait = {.what = "upload", .object = out};

        duet__list_push_back(&out->waiters, &wait.link);
        status = duet__park(&wait, DUET_NEVER);
    }
    return status;
}

static int read_all(void *argument)
{
    duet__upload *self = argument;
    duet__hop_body *out = &self->outgoing;
    uint64_t count = 0;
    int status = 0;

    while (status == 0) {
        const char *bytes;
        size_t length;

        status = duet_read_next(self->reader, &bytes, &length, DUET_NEVER);
        count += length;
        if (status == 0 && out->length >= 0 && count > (uint64_t)out->length)
            status = duet__fail(DUET_ETOOLARGE,
                                "the body's reader has more than the %" PRId64
                                " bytes that it announced",
                                out->length);
        if (status == 0) {
            out->piece = bytes;
            out->piece_length = length;
            duet__curl_send_on(out);
            status = wait_until_taken(out);
        }
    }
    end_reading(out, count, status);
    duet__curl_send_on(out);
    if (self->is_left)
        free(self);
    return 0;
}

static int start(duet__hop_body *outgoing)
{
    static const duet_spawn_options options = {.name = "upload"};
    duet__upload *self = DUET__MEMBER(outgoing, duet__upload, outgoing);
    int status = duet_spawn(read_all, self, &options, &self->task);

    if (status == 0)
        duet_task_detach(self->task);
    return status;
}

/* --- the exchange's side ------------------------------------------------- */

static void reset(duet__upload *self)
{
    duet__hop_body *out = &self->outgoing;

    *out = (duet__hop_body){.length = duet_reader_remaining(self->reader),
                            .start = start};
    duet__link_init(&out->waiters);
}

int duet__upload_new(duet_reader *reader, duet__upload **out_upload)
{
    duet__upload *self = calloc(1, sizeof *self);

    *out_upload = self;
    if (self == NULL)
        return DUET_ENOMEM;
    self->reader = reader;
    self->first = duet_reader_count(reader);
    reset(self);
    return 0;
}

duet__hop_body *duet__upload_outgoing(duet__upload *upload)
{
    return &upload->outgoing;
}

bool duet__upload_can_begin(const duet__upload *upload)
{
    return upload->outgoing.error == 0 &&
           (upload->outgoing.taken == 0 ||
            duet_reader_can_rewind(upload->reader));
}

/* Returns false if the task is still there, and will free the upload. */
static bool stop(duet__upload *self)
{
    if (self->task == NULL)
        return true;
    duet_task_cancel(self->task);
    if (duet_current_task() == NULL) {
        self->is_left = !duet_task_is_done(self->task);
        duet_task_release(self->task);
        return !self->is_left;
    }
    (void)duet__task_end(self->task, DUET_NEVER);
    duet_task_release(self->task);
    self->task = NULL;
    return true;
}

int duet__upload_begin(duet__upload *upload, duet_deadline deadline)
{
    size_t skipped;
    int status;

    if (upload->outgoing.taken == 0)
        return 0;
    if (!duet__upload_can_begin(upload))
        return duet__fail(DUET_ENOTSUP, "the body's reader can be read once "
                                        "only, and was sent already");
    stop(upload);
    status = duet_reader_rewind(upload->reader, deadline);
    if (status == 0)
        status = duet_read_skip(upload->reader, (size_t)upload->first, &skipped,
                                deadline);
    if (status == 0)
        reset(upload);
    return status;
}

void duet__upload_end(duet__upload *upload)
{
    if (upload != NULL && stop(upload))
        free(upload);
}
