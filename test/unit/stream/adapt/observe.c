/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include "support/script.h"

typedef struct seen {
    char bytes[64];
    size_t length;
    int failure; /* returned once; 0: none */
} seen;

static int see(void *context, const void *bytes, size_t length)
{
    seen *self = context;
    int failure = self->failure;

    self->failure = 0;
    if (failure != 0)
        return failure;
    memcpy(self->bytes + self->length, bytes, length);
    self->length += length;
    return 0;
}

static const test_piece some[] = {{"abc", 0}, {"def", 0}, {NULL, 0}};

static void function_sees_what_is_read(void **state)
{
    test_script script = {.pieces = some};
    seen saw = {.failure = DUET_EINVAL};
    duet_reader *reader;
    char *bytes;

    (void)state;
    assert_status(
        duet_observed_reader(test_script_reader(&script), see, &saw, &reader),
        0);
    assert_status(duet_read_all(reader, 10, &bytes, NULL, DUET_NEVER),
                  DUET_EINVAL);
    for (int i = 0; i < 2; i++) {
        assert_status(duet_read_all(reader, 10, &bytes, NULL, DUET_NEVER), 0);
        assert_string_equal(bytes, "abcdef");
        free(bytes);
        assert_status(duet_reader_rewind(reader, DUET_NEVER), 0);
    }
    assert_int_equal(saw.length, 12);
    assert_memory_equal(saw.bytes, "abcdefabcdef", 12);
    duet_reader_close(reader);
    assert_int_equal(script.closed, 1);
}

static void function_sees_what_was_taken(void **state)
{
    test_sink sink = {.most = 2, .fail_at = 2, .failure = DUET_ETIMEDOUT};
    seen saw = {0};
    duet_writer *writer;

    (void)state;
    assert_status(
        duet_observed_writer(test_sink_writer(&sink), see, &saw, &writer), 0);
    assert_status(duet_write(writer, "abcde", 5, DUET_NEVER), DUET_ETIMEDOUT);
    assert_int_equal(saw.length, 2);
    assert_status(duet_write(writer, "cde", 3, DUET_NEVER), 0);
    assert_memory_equal(saw.bytes, "abcde", 5);
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    duet_writer_close(writer);
    assert_int_equal(sink.flushes, 1);
    assert_int_equal(sink.ends, 1);
    assert_int_equal(sink.given_up, 0);
    assert_int_equal(sink.closed, 1);
    assert_status(
        duet_observed_writer(test_sink_writer(&sink), see, &saw, &writer), 0);
    duet_writer_close(writer);
    assert_int_equal(sink.given_up, 1);
}

static void missing_function_is_refused(void **state)
{
    test_script script = {.pieces = some};
    test_sink sink = {0};
    duet_reader *inner = test_script_reader(&script);
    duet_writer *sink_writer = test_sink_writer(&sink);
    duet_reader *reader;
    duet_writer *writer;

    (void)state;
    assert_status(duet_observed_reader(inner, NULL, NULL, &reader),
                  DUET_EINVAL);
    assert_status(duet_observed_writer(sink_writer, NULL, NULL, &writer),
                  DUET_EINVAL);
    duet_reader_close(inner);
    duet_writer_close(sink_writer);
}

TEST_MAIN(test(function_sees_what_is_read), test(function_sees_what_was_taken),
          test(missing_function_is_refused))
