/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include "support/script.h"

static const test_piece some[] = {{"abc", 0}, {"def", 0}, {NULL, 0}};

/* However little the second taker takes, and whenever it is interrupted. */
static void both_takers_get_all(void **state)
{
    (void)state;
    for (int nth = 0; nth < 5; nth++) {
        test_script script = {.pieces = some};
        test_sink sink = {.most = 2, .fail_at = nth, .failure = DUET_ETIMEDOUT};
        duet_writer *writer = test_sink_writer(&sink);
        duet_reader *reader;
        char *bytes;
        int status;

        assert_status(
            duet_tee_reader(test_script_reader(&script), writer, &reader), 0);
        status = duet_read_all(reader, 10, &bytes, NULL, DUET_NEVER);
        assert_status(status, nth > 0 && nth <= 4 ? DUET_ETIMEDOUT : 0);
        if (status != 0)
            assert_status(duet_read_all(reader, 10, &bytes, NULL, DUET_NEVER),
                          0);
        assert_string_equal(bytes, "abcdef");
        assert_memory_equal(sink.bytes, "abcdef", 6);
        assert_int_equal(sink.length, 6);
        free(bytes);
        duet_reader_close(reader);
        assert_int_equal(script.closed, 1);
        assert_int_equal(sink.ends + sink.given_up, 0);
        duet_writer_close(writer);
    }
}

TEST_MAIN(test(both_takers_get_all))
