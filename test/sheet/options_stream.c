/* SPDX-License-Identifier: MIT */
/* Options of streams over descriptors and sockets. */
#include <limits.h>
#include <unistd.h>

#include "sheet/sheet.h"
#include "support/folder.h"

static int use_duet_descriptor_stream_options(const void *options)
{
    const duet_descriptor_stream_options *own = options;
    duet_reader *reader;
    char byte;
    int ends[2];
    int status;

    assert_int_equal(pipe(ends), 0);
    status = duet_descriptor_reader(ends[0], options, &reader);
    if (status == 0) {
        assert_int_equal(write(ends[1], "a", 1), 1);
        assert_status(duet_read_exactly(reader, &byte, 1, sheet_soon()), 0);
        duet_reader_close(reader);
    }
    close(ends[1]);
    if (status != 0 || (own != NULL && own->keeps_open))
        assert_int_equal(close(ends[0]), 0);
    return status;
}

static int use_duet_listener_options(const void *options)
{
    duet_listener *listener;
    int status = duet_listener_open(options, &listener);

    duet_listener_close(listener);
    return status;
}

static int hang_up(duet_connection *connection, void *context)
{
    (void)connection, (void)context;
    return 0;
}

static int use_duet_listener_serve_options(const void *options)
{
    duet_listener *listener;
    duet_connection *client;
    int status;

    assert_status(duet_listener_open(NULL, &listener), 0);
    assert_status(duet_connect("127.0.0.1", duet_listener_port(listener), NULL,
                               &client, sheet_soon()),
                  0);
    status =
        duet_listener_serve(listener, hang_up, NULL, options, duet_in_ms(1));
    duet_connection_close(client);
    duet_listener_close(listener);
    return status == DUET_ETIMEDOUT ? 0 : status;
}

static int use_duet_connect_options(const void *options)
{
    duet_listener *listener;
    duet_connection *client;
    int status;

    assert_status(duet_listener_open(NULL, &listener), 0);
    status = duet_connect("127.0.0.1", duet_listener_port(listener), options,
                          &client, sheet_soon());
    duet_connection_close(client);
    duet_listener_close(listener);
    return status;
}

static int use_duet_decoding_options(const void *options)
{
    duet_reader *inner;
    duet_reader *reader;
    int status = duet_memory_reader("hello", 5, &inner);

    if (status != 0)
        return status;
    status = duet_decoding_reader(inner, NULL, options, &reader);
    if (status != 0) {
        duet_reader_close(inner);
        return status;
    }
    status = duet_read_skip(reader, SIZE_MAX, NULL, DUET_NEVER);
    duet_reader_close(reader);
    return status;
}

static int use_duet_encoding_options(const void *options)
{
    duet_writer *inner;
    duet_writer *writer;
    int status = duet_memory_writer(1000, &inner);

    if (status != 0)
        return status;
    status = duet_encoding_writer(inner, "zstd", options, &writer);
    if (status != 0) {
        duet_writer_close(inner);
        return status;
    }
    status = duet_writer_end(writer, DUET_NEVER);
    duet_writer_close(writer);
    return status;
}

static const char *const hosts[] = {"a.test:80:192.0.2.1,192.0.2.2", NULL};
static const char *const no_hosts[] = {"a.test", NULL};

static const sheet_row of_streams[] = {
    DEFAULTS(duet_decoding_options),
    ROW(duet_decoding_options, limit_bytes, 1, DUET_ETOOLARGE),
    ROW(duet_decoding_options, limit_bytes, 5, 0),
    ROW(duet_decoding_options, limit_bytes, DUET_NO_LIMIT, 0),
    ROW(duet_decoding_options, limit_bytes, INT64_MAX, 0),
    ROW(duet_decoding_options, limit_bytes, -2, DUET_EINVAL),
    ROW(duet_decoding_options, limit_bytes, INT64_MIN, DUET_EINVAL),
    ROW(duet_decoding_options, ignores_excess, true, 0),

    /* Of zstd. */
    DEFAULTS(duet_encoding_options),
    ROW(duet_encoding_options, level, 1, 0),
    ROW(duet_encoding_options, level, 9, 0),
    ROW(duet_encoding_options, level, 10, 0),
    ROW(duet_encoding_options, level, 11, 0),
    ROW(duet_encoding_options, level, 12, 0),
    ROW(duet_encoding_options, level, 19, 0),
    ROW(duet_encoding_options, level, 20, DUET_EINVAL),
    ROW(duet_encoding_options, level, INT_MAX, DUET_EINVAL),
    ROW(duet_encoding_options, level, -1, DUET_EINVAL),
    ROW(duet_encoding_options, level, INT_MIN, DUET_EINVAL),

    DEFAULTS(duet_descriptor_stream_options),
    ROW(duet_descriptor_stream_options, keeps_open, true, 0),
    ROW(duet_descriptor_stream_options, piece_bytes, 1, 0),
    ROW(duet_descriptor_stream_options, piece_bytes, 64 * 1024 * 1024, 0),
    ROW(duet_descriptor_stream_options, piece_bytes, 64 * 1024 * 1024 + 1,
        DUET_EINVAL),
    ROW(duet_descriptor_stream_options, piece_bytes, SIZE_MAX, DUET_EINVAL),

    DEFAULTS(duet_listener_options),
    ROW(duet_listener_options, host, "127.0.0.2", 0),
    ROW(duet_listener_options, host, "example.org", DUET_EINVAL),
    ROW(duet_listener_options, port, 65535, 0),
    ROW(duet_listener_options, unix_path, "@duet-sheet", 0),
    ROW(duet_listener_options, unix_path, "", DUET_EINVAL),
    ROW_WITH(duet_listener_options, unix_path, "@duet-sheet", DUET_EINVAL,
             host = "::1"),
    ROW(duet_listener_options, reuse_port, true, 0),
    ROW(duet_listener_options, backlog, 1, 0),
    ROW(duet_listener_options, backlog, INT_MAX, 0),
    ROW(duet_listener_options, backlog, -1, DUET_EINVAL),
    ROW(duet_listener_options, backlog, INT_MIN, DUET_EINVAL),

    DEFAULTS(duet_listener_serve_options),
    ROW(duet_listener_serve_options, connections_max, 1, 0),
    ROW(duet_listener_serve_options, connections_max, DUET_NO_LIMIT, 0),
    ROW(duet_listener_serve_options, connections_max, INT64_MAX, 0),
    ROW(duet_listener_serve_options, connections_max, -2, DUET_EINVAL),
    ROW(duet_listener_serve_options, connections_max, INT64_MIN, DUET_EINVAL),
    ROW(duet_listener_serve_options, stack_bytes, 16 * 1024, 0),
    ROW(duet_listener_serve_options, stack_bytes, 16 * 1024 - 1, DUET_EINVAL),
    ROW(duet_listener_serve_options, stack_bytes, 64 * 1024 * 1024, 0),
    ROW(duet_listener_serve_options, stack_bytes, 64 * 1024 * 1024 + 1,
        DUET_EINVAL),
    ROW(duet_listener_serve_options, stack_bytes, SIZE_MAX, DUET_EINVAL),

    DEFAULTS(duet_connect_options),
    ROW(duet_connect_options, resolve_ms, 1, 0),
    ROW(duet_connect_options, resolve_ms, DUET_NO_LIMIT, 0),
    ROW(duet_connect_options, resolve_ms, INT64_MAX, 0),
    ROW(duet_connect_options, resolve_ms, -2, DUET_EINVAL),
    ROW(duet_connect_options, resolve_ms, INT64_MIN, DUET_EINVAL),
    ROW(duet_connect_options, connect_ms, 1000, 0),
    ROW(duet_connect_options, connect_ms, DUET_NO_LIMIT, 0),
    ROW(duet_connect_options, connect_ms, INT64_MAX, 0),
    ROW(duet_connect_options, connect_ms, -2, DUET_EINVAL),
    ROW(duet_connect_options, connect_ms, INT64_MIN, DUET_EINVAL),
    ROW(duet_connect_options, dns_servers, "192.0.2.53", 0),
    ROW(duet_connect_options, dns_servers, "no address", DUET_EINVAL),
    ROW(duet_connect_options, resolve, hosts, 0),
    ROW(duet_connect_options, resolve, no_hosts, DUET_EINVAL),
};

SHEET_CASE(streams_take_their_options_or_refuse_them, sheet_check_in_tasks,
           of_streams)

TEST_MAIN(test(streams_take_their_options_or_refuse_them))
