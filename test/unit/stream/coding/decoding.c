/* SPDX-License-Identifier: MIT */
#include "support/in_task.h"

#include <stdlib.h>

#include <duet/streams.h>

#include "support/coded.h"
#include "support/memory.h"

/* A source of coded bytes that lends `piece` at a time, for ever if it is told
 * so, and is interrupted before each piece if it is told so. */
typedef struct source {
    const char *bytes;
    size_t length;
    size_t piece;
    size_t at;
    size_t again_from; /* 0: it ends */
    int end;           /* what it ends with; 0: DUET_EEMPTY */
    bool is_interrupted;
    bool was_interrupted;
    int closed;
} source;

static int next(void *context, const char **out_bytes, size_t *out_length,
                duet_deadline deadline)
{
    source *self = context;

    (void)deadline;
    self->was_interrupted = self->is_interrupted && !self->was_interrupted;
    if (self->was_interrupted)
        return DUET_ETIMEDOUT;
    if (self->at == self->length && self->again_from > 0)
        self->at = self->again_from;
    if (self->at == self->length)
        return self->end != 0 ? self->end : DUET_EEMPTY;
    *out_bytes = self->bytes + self->at;
    *out_length = self->length - self->at < self->piece
                      ? self->length - self->at
                      : self->piece;
    self->at += *out_length;
    return 0;
}

static int begin_anew(void *context, duet_deadline deadline)
{
    (void)deadline;
    ((source *)context)->at = 0;
    return 0;
}

static void close_source(void *context)
{
    ((source *)context)->closed++;
}

static const duet_reader_functions functions = {
    .next = next, .close = close_source, .rewind = begin_anew};

static duet_reader *decoding(source *source, const char *codings,
                             const duet_decoding_options *options)
{
    duet_reader *inner, *reader;

    assert_status(duet_reader_new(&functions, source, &inner), 0);
    assert_status(duet_decoding_reader(inner, codings, options, &reader), 0);
    return reader;
}

static source source_of(const coded_sample *sample, size_t piece)
{
    return (source){
        .bytes = sample->bytes, .length = sample->length, .piece = piece};
}

static const coded_sample *sample_named(const char *name)
{
    for (size_t i = 0; i < CODED_SAMPLES; i++)
        if (strcmp(coded_samples[i].name, name) == 0)
            return &coded_samples[i];
    fail_msg("there is no sample %s", name);
    return NULL;
}

/* Reads all, whatever interrupts it. */
static int read_all(duet_reader *reader, duet__buffer *out)
{
    int status = 0;

    while (status == 0 || status == DUET_ETIMEDOUT) {
        const char *bytes;
        size_t length;

        status = duet_read_next(reader, &bytes, &length, DUET_NEVER);
        assert_status(duet__buffer_append(out, bytes, length), 0);
    }
    assert_status(duet_read_skip(reader, 1, NULL, DUET_NEVER), status);
    return status;
}

static void expect(const coded_sample *sample, size_t piece,
                   bool is_interrupted)
{
    source source = source_of(sample, piece);
    duet_reader *reader = decoding(&source, sample->codings, NULL);
    duet__buffer out;

    source.is_interrupted = is_interrupted;
    duet__buffer_init(&out, SIZE_MAX);
    assert_status(read_all(reader, &out), DUET_EEMPTY);
    assert_int_equal(out.length, sample->copies * coded_plain_length);
    for (size_t i = 0; i < sample->copies; i++)
        assert_memory_equal(out.bytes + i * coded_plain_length, coded_plain,
                            coded_plain_length);
    assert_int_equal(duet_reader_count(reader), out.length);
    assert_int_equal(duet_reader_remaining(reader), -1);
    duet__buffer_free(&out);
    duet_reader_close(reader);
    assert_int_equal(source.closed, 1);
}

in_task(coded_bodies_are_read_and_interruptions_lose_nothing)
{
    for (size_t i = 0; i < CODED_SAMPLES; i++)
        for (size_t piece = 1; piece < 100; piece += 33) {
            expect(&coded_samples[i], piece, false);
            expect(&coded_samples[i], piece, true);
        }
}

static void lines_are_read_outside_tasks_too(void **state)
{
    source source = source_of(sample_named("gzip_two"), 7);
    duet_reader *reader = decoding(&source, "gzip", NULL);
    duet__buffer out;
    const char *line;
    int status;

    (void)state;
    duet__buffer_init(&out, SIZE_MAX);
    while ((status = duet_read_line(reader, &line, NULL, DUET_NEVER)) == 0)
        assert_status(duet__buffer_appendf(&out, "%s\n", line), 0);
    assert_status(status, DUET_EEMPTY);
    assert_int_equal(out.length, 2 * coded_plain_length);
    assert_memory_equal(out.bytes, coded_plain, coded_plain_length);
    duet__buffer_free(&out);
    duet_reader_close(reader);
}

/* --- failures ------------------------------------------------------------ */

static void expect_failure(source *source, const duet_decoding_options *options,
                           int status, size_t length)
{
    duet_reader *reader = decoding(source, "gzip", options);
    duet__buffer out;

    duet__buffer_init(&out, SIZE_MAX);
    assert_status(read_all(reader, &out), status);
    assert_int_equal(out.length, length);
    duet__buffer_free(&out);
    duet_reader_close(reader);
}

in_task(what_is_not_whole_ends_in_an_error_after_what_is_there)
{
    const coded_sample *sample = sample_named("gzip_stored");
    source cut = source_of(sample, 10);
    source reset = source_of(sample, 10);
    source excess = source_of(sample, 10);
    source plain = {.bytes = "hello", .length = 5, .piece = 10};
    char longer[400] = "";

    cut.length -= 1;
    expect_failure(&cut, NULL, DUET_ETRUNCATED, coded_plain_length);
    reset.length -= 100;
    reset.end = DUET_ECONNRESET;
    expect_failure(&reset, NULL, DUET_ECONNRESET, coded_plain_length - 92);
    memcpy(longer, sample->bytes, sample->length);
    excess.bytes = longer;
    excess.length += 3;
    expect_failure(&excess, NULL, DUET_ECODING, coded_plain_length);
    expect_failure(&plain, NULL, DUET_ECODING, 0);
}

in_task(options_limit_the_body_and_drop_what_follows_it)
{
    const coded_sample *sample = sample_named("gzip");
    const duet_decoding_options limited = {.limit_bytes = 100};
    const duet_decoding_options lenient = {.ignores_excess = true};
    const duet_decoding_options wrong = {.limit_bytes = -2};
    source source = source_of(sample, 10);
    duet_reader *reader = NULL;
    char longer[400] = "";

    expect_failure(&source, &limited, DUET_ETOOLARGE, 100);
    source = source_of(sample, 10);
    memcpy(longer, sample->bytes, sample->length);
    source.bytes = longer;
    source.length += 3;
    expect_failure(&source, &lenient, DUET_EEMPTY, coded_plain_length);
    source.closed = 0;
    assert_status(duet_decoding_reader(NULL, "gzip", &wrong, &reader),
                  DUET_EINVAL);
    assert_status(duet_decoding_reader(NULL, "compress", NULL, &reader),
                  DUET_ECODING);
    assert_null(reader);
}

/* --- more ---------------------------------------------------------------- */

in_task(body_without_codings_passes_as_it_is)
{
    duet_reader *inner, *reader;
    const char *bytes;
    size_t length;

    for (int i = 0; i < 2; i++) {
        static const char text[] = "hello";

        assert_status(duet_memory_reader(text, 5, &inner), 0);
        assert_status(duet_decoding_reader(inner, i == 0 ? NULL : "identity",
                                           NULL, &reader),
                      0);
        assert_int_equal(duet_reader_remaining(reader), 5);
        assert_status(duet_read_next(reader, &bytes, &length, DUET_NOW), 0);
        assert_ptr_equal(bytes, text); /* without a copy */
        assert_int_equal(length, 5);
        assert_status(duet_read_next(reader, &bytes, &length, DUET_NOW),
                      DUET_EEMPTY);
        duet_reader_close(reader);
    }
}

in_task(rewinding_decodes_all_again)
{
    const coded_sample *sample = sample_named("zstd_checked");
    source source = source_of(sample, 50);
    duet_reader *reader = decoding(&source, "zstd", NULL);

    for (size_t skipped = 0; skipped < 300; skipped += 50) {
        char *bytes;
        size_t length;

        assert_true(duet_reader_can_rewind(reader));
        assert_status(duet_reader_rewind(reader, DUET_NEVER), 0);
        assert_status(duet_read_all(reader, 1000, &bytes, &length, DUET_NEVER),
                      0);
        assert_int_equal(length, coded_plain_length);
        free(bytes);
        assert_status(duet_reader_rewind(reader, DUET_NEVER), 0);
        assert_status(duet_read_skip(reader, skipped > 280 ? 280 : skipped,
                                     NULL, DUET_NEVER),
                      0);
    }
    duet_reader_close(reader);
}

/* Blocks of 64 KiB of zeros, without an end, behind a head of 10 bytes. */
static source endless(void)
{
    static char *bytes;
    static size_t length;

    if (bytes == NULL) {
        char *zeros = calloc(1, 65536);
        duet_writer *memory, *writer;

        assert_non_null(zeros);
        assert_status(duet_memory_writer(DUET_NO_LIMIT, &memory), 0);
        assert_status(duet_encoding_writer(memory, "gzip", NULL, &writer), 0);
        assert_status(duet_write(writer, zeros, 65536, DUET_NOW), 0);
        assert_status(duet_writer_flush(writer, DUET_NOW), 0);
        bytes = malloc(
            duet_memory_writer_bytes(memory, &length) != NULL ? length : 1);
        assert_non_null(bytes);
        memcpy(bytes, duet_memory_writer_bytes(memory, NULL), length);
        duet_writer_close(writer);
        free(zeros);
    }
    return (source){
        .bytes = bytes, .length = length, .piece = SIZE_MAX, .again_from = 10};
}

static int turns;

static int take_turns(void *unused)
{
    int status = 0;

    (void)unused;
    while (status == 0) {
        turns++;
        status = duet_yield();
    }
    return status;
}

in_task(others_run_while_a_large_body_is_decoded)
{
    source source = endless();
    duet_reader *reader = decoding(&source, "gzip", NULL);
    duet_task *task;

    turns = 0;
    assert_status(duet_spawn(take_turns, NULL, NULL, &task), 0);
    assert_status(duet_read_skip(reader, 8 << 20, NULL, DUET_NEVER), 0);
    assert_true(turns >= 8 * 4 - 1);
    turns = 0; /* who does not want to wait does not */
    assert_status(duet_read_skip(reader, 8 << 20, NULL, DUET_NOW), 0);
    assert_int_equal(turns, 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    duet_reader_close(reader);
}

static int skip_all(void *reader)
{
    return duet_read_skip(reader, SIZE_MAX, NULL, DUET_NEVER);
}

in_task(decoding_without_an_end_is_cancelled_and_timed_out)
{
    const duet_decoding_options unlimited = {.limit_bytes = DUET_NO_LIMIT};
    source source = endless();
    duet_reader *reader = decoding(&source, "gzip", &unlimited);
    duet_task *task;
    int result;

    assert_status(duet_spawn(skip_all, reader, NULL, &task), 0);
    assert_status(duet_yield(), 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    assert_status(duet_read_skip(reader, SIZE_MAX, NULL, duet_in_ms(20)),
                  DUET_ETIMEDOUT);
    assert_status(duet_read_skip(reader, 1 << 20, NULL, DUET_NEVER), 0);
    duet_reader_close(reader);
}

static int make_and_read(void)
{
    source source = source_of(sample_named("gzip_br"), 20);
    duet_reader *inner, *reader;
    int status = duet_reader_new(&functions, &source, &inner);

    if (status != 0)
        return status;
    status = duet_decoding_reader(inner, "gzip, br", NULL, &reader);
    if (status != 0) {
        duet_reader_close(inner);
        return status;
    }
    status = duet_read_skip(reader, SIZE_MAX, NULL, DUET_NEVER);
    if (status == 0)
        status = duet_reader_rewind(reader, DUET_NEVER);
    duet_reader_close(reader);
    assert_int_equal(source.closed, 1);
    return status;
}

static void lack_of_memory_is_told(void **state)
{
    (void)state;
    test_each_allocation_failing(make_and_read, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(coded_bodies_are_read_and_interruptions_lose_nothing),
        test(lines_are_read_outside_tasks_too),
        test(what_is_not_whole_ends_in_an_error_after_what_is_there),
        test(options_limit_the_body_and_drop_what_follows_it),
        test(body_without_codings_passes_as_it_is),
        test(rewinding_decodes_all_again),
        test(others_run_while_a_large_body_is_decoded),
        test(decoding_without_an_end_is_cancelled_and_timed_out),
        test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, coded_set_up, coded_tear_down);
}
