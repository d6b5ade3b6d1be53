/* SPDX-License-Identifier: MIT */
/* script.c - readers and writers that do what a test says. */
#include "support/script.h"

#include "support/test.h"

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    test_script *self = context;
    const test_piece *piece = &self->pieces[self->next];

    (void)deadline;
    if (piece->bytes == NULL && piece->status == 0)
        return self->end != 0 ? self->end : DUET_EEMPTY;
    self->next++;
    if (piece->bytes == NULL)
        return piece->status;
    memset(self->copy, '#', sizeof self->copy); /* what was lent is gone */
    *out_length = strlen(piece->bytes);
    memcpy(self->copy, piece->bytes, *out_length);
    *out_bytes = self->copy;
    return 0;
}

static void close_script(void *context)
{
    ((test_script *)context)->closed++;
}

static int begin_anew(void *context, duet_deadline deadline)
{
    (void)deadline;
    ((test_script *)context)->next = 0;
    return 0;
}

static duet_reader *make(const duet_reader_functions *functions,
                         test_script *script)
{
    duet_reader *reader;

    assert_status(duet_reader_new(functions, script, &reader), 0);
    return reader;
}

duet_reader *test_script_reader(test_script *script)
{
    static const duet_reader_functions functions = {
        .next = next, .close = close_script, .rewind = begin_anew};

    return make(&functions, script);
}

duet_reader *test_script_writable(test_script *script)
{
    static const duet_reader_functions functions = {
        .next = next, .close = close_script, .lends_writable = true};

    return make(&functions, script);
}

/* --- a sink -------------------------------------------------------------- */

static int take(void *context, const char *bytes, size_t length,
                size_t *out_taken, duet_deadline deadline)
{
    test_sink *self = context;

    (void)deadline;
    if (++self->writes == self->fail_at)
        return self->failure;
    if (self->most != 0 && length > self->most)
        length = self->most;
    assert_true(length > 0 && self->length + length <= sizeof self->bytes);
    memcpy(self->bytes + self->length, bytes, length);
    self->length += length;
    *out_taken = length;
    return 0;
}

static int flush(void *context, duet_deadline deadline)
{
    (void)deadline;
    ((test_sink *)context)->flushes++;
    return 0;
}

static int end(void *context, duet_deadline deadline)
{
    (void)deadline;
    ((test_sink *)context)->ends++;
    return 0;
}

static void give_up(void *context)
{
    ((test_sink *)context)->given_up++;
}

static void close_sink(void *context)
{
    ((test_sink *)context)->closed++;
}

duet_writer *test_sink_writer(test_sink *sink)
{
    static const duet_writer_functions functions = {.write = take,
                                                    .flush = flush,
                                                    .end = end,
                                                    .give_up = give_up,
                                                    .close = close_sink};
    duet_writer *writer;

    assert_status(duet_writer_new(&functions, sink, &writer), 0);
    return writer;
}
