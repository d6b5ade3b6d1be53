/* SPDX-License-Identifier: MIT */
#include "server/connection/outgoing.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/request/reply_stream_state.h"
#include "server/request/request.h"
#include "server/request/server_state.h"
#include "support/test.h"
#include "support/web.h"

enum { LARGE_BYTES = 8 << 20 };

static duet_writer *begin(duet_request *request,
                          const duet_reply_stream_options *options)
{
    duet_writer *writer;

    assert_status(duet_reply_stream(request, 200, options, &writer, DUET_NEVER),
                  0);
    assert_non_null(writer);
    return writer;
}

static int small_pieces(duet_request *request, void *context)
{
    const duet__outgoing *outgoing;
    duet_writer *writer = begin(request, NULL);

    (void)context;
    outgoing = request->stream->outgoing;
    assert_null(outgoing->ring.bytes);
    for (int i = 0; i < 100; i++)
        assert_status(duet_write_text(writer, "0123456789", DUET_NEVER), 0);
    assert_int_equal(outgoing->ring.length, 1000);
    assert_false(duet__outgoing_is_empty(outgoing));
    assert_true(duet__link_is_in(&outgoing->held));
    assert_status(duet_writer_flush(writer, DUET_NEVER), 0);
    assert_true(duet__outgoing_is_empty(outgoing));
    assert_false(duet__link_is_in(&outgoing->held));
    return 0;
}

/* What the client takes at once is not copied. */
static int large_piece(duet_request *request, void *context)
{
    static char bytes[20000];
    duet_writer *writer = begin(request, NULL);

    (void)context;
    memset(bytes, 'x', sizeof bytes);
    assert_status(duet_write(writer, bytes, sizeof bytes, DUET_NEVER), 0);
    assert_null(request->stream->outgoing->ring.bytes);
    assert_true(duet__outgoing_is_empty(request->stream->outgoing));
    return 0;
}

static size_t most;
static int waiting;

static int fill(duet_request *request, void *context)
{
    const duet_reply_stream_options options = {.ring_bytes = 8192};
    static char bytes[100000];
    duet_writer *writer = begin(request, &options);
    int status;

    (void)context;
    do {
        size_t length;

        waiting++;
        status = duet_write(writer, bytes, sizeof bytes, DUET_NEVER);
        waiting--;
        length = request->stream->outgoing->ring.length;
        most = length > most ? length : most;
    } while (status == 0);
    return status;
}

static char *large_body(void)
{
    char *bytes = malloc(LARGE_BYTES);

    assert_non_null(bytes);
    for (size_t i = 0; i < LARGE_BYTES; i++)
        bytes[i] = (char)('a' + i % 23);
    return bytes;
}

static int large(duet_request *request, void *context)
{
    int64_t length =
        duet_request_query(request, "length") != NULL ? LARGE_BYTES : 0;
    duet_writer *writer =
        begin(request, &(duet_reply_stream_options){.length_bytes = length});
    char *bytes = large_body();
    size_t place = 0;
    int status = 0;

    (void)context;
    /* Pieces of all sizes, small ones and some that are larger than the ring.
     */
    for (size_t piece = 1; place < LARGE_BYTES && status == 0;
         piece = piece * 3 % 150000 + 1) {
        if (piece > LARGE_BYTES - place)
            piece = LARGE_BYTES - place;
        status = duet_write(writer, bytes + place, piece, DUET_NEVER);
        place += piece;
    }
    free(bytes);
    return status;
}

static int result_of_write;

static int until_it_fails(duet_request *request, void *context)
{
    duet_writer *writer = begin(request, NULL);
    char bytes[4096] = {0};

    (void)context;
    do
        result_of_write = duet_write(writer, bytes, sizeof bytes, DUET_NEVER);
    while (result_of_write == 0);
    return result_of_write;
}

static int until_it_fails_kept(duet_request *request, void *context)
{
    duet_request_keep_on_disconnect(request);
    return until_it_fails(request, context);
}

static int with_deadline(duet_request *request, void *context)
{
    duet_writer *writer = begin(request, NULL);
    static char bytes[65536];
    uint64_t taken;
    int status = 0;

    (void)context;
    memset(bytes, 'x', sizeof bytes);
    while (status == 0)
        status = duet_write(writer, bytes, sizeof bytes, DUET_NOW);
    assert_status(status, DUET_ETIMEDOUT);
    taken = duet_writer_count(writer);
    assert_status(duet_writer_end(writer, DUET_NOW), DUET_ETIMEDOUT);
    assert_int_equal(duet_writer_count(writer), taken);
    result_of_write = (int)taken;
    return duet_writer_end(writer, DUET_NEVER);
}

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static const test_route routes[] = {{"GET", "/", hello},
                                    {"GET", "/small", small_pieces},
                                    {"GET", "/large-piece", large_piece},
                                    {"GET", "/large", large},
                                    {"GET", "/endless", until_it_fails},
                                    {"GET", "/kept", until_it_fails_kept},
                                    {"GET", "/deadline", with_deadline},
                                    {"GET", "/fill", fill},
                                    {0}};

static void read_both(test_web *web)
{
    const char *reply = test_get(web, "/small");

    assert_non_null(strstr(reply, "\r\n\r\n3e8\r\n0123456789"));
    assert_non_null(strstr(reply, "9\r\n0\r\n\r\n"));
    assert_non_null(
        strstr(test_get(web, "/large-piece"), "\r\n\r\n4e20\r\nxxx"));
}

static void
small_pieces_are_sent_together_and_large_ones_not_copied(void **state)
{
    (void)state;
    test_web_run(routes, NULL, read_both);
}

enum { CLIENTS = 20 };

static bool all_wait(void *argument)
{
    duet_server_counts counts;

    duet_server_count(((test_web *)argument)->server, &counts);
    return counts.running == CLIENTS && waiting == CLIENTS;
}

static bool nobody_is_there(void *argument)
{
    duet_server_counts counts;

    duet_server_count(((test_web *)argument)->server, &counts);
    return counts.connections == 0;
}

static void let_many_wait(test_web *web)
{
    int clients[CLIENTS];

    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = test_connect(web);
        test_send(clients[i], "GET /fill HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    test_until(all_wait, web);
    test_expect_body(test_get(web, "/"), "hello");
    for (int i = 0; i < CLIENTS; i++)
        close(clients[i]);
    test_until(nobody_is_there, web);
    assert_int_equal(waiting, 0);
    assert_in_range(most, 0, 8192);
}

static void ring_holds_no_more_than_its_size_for_clients_that_wait(void **state)
{
    (void)state;
    most = 0;
    test_web_run(routes, NULL, let_many_wait);
}

/* --- slow clients, and those that leave ---------------------------------- */

static size_t receive_all(int client, char *bytes, size_t room)
{
    size_t length = 0;
    ssize_t count;

    do {
        assert_status(duet_wait_readable(client, DUET_NEVER), 0);
        count = recv(client, bytes + length, room - length, 0);
        assert_true(count >= 0);
        length += (size_t)count;
    } while (count > 0);
    close(client);
    return length;
}

/* Undoes the chunks in place. Returns the length; fails unless they are whole.
 */
static size_t join_chunks(char *bytes, size_t length)
{
    const char *from = bytes;
    char *to = bytes;
    unsigned long size;

    do {
        char *behind;

        size = strtoul(from, &behind, 16);
        assert_memory_equal(behind, "\r\n", 2);
        assert_true(size <= length - (size_t)(behind + 2 - bytes));
        memmove(to, behind + 2, size);
        to += size;
        from = behind + 2 + size;
        assert_memory_equal(from, "\r\n", 2);
        from += 2;
    } while (size > 0);
    assert_ptr_equal(from, bytes + length);
    return (size_t)(to - bytes);
}

static void expect_large(test_web *web, const char *target, bool is_chunked)
{
    enum { ROOM = LARGE_BYTES * 2 };
    char request[100];
    char *bytes = malloc(ROOM);
    char *expected = large_body();
    int client = test_connect(web);
    size_t length;
    char *body;

    assert_non_null(bytes);
    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", target);
    test_send(client, request);
    assert_status(duet_sleep(duet_in_ms(20)), 0);
    length = receive_all(client, bytes, ROOM - 1);
    bytes[length] = '\0';
    body = strstr(bytes, "\r\n\r\n") + 4;
    length -= (size_t)(body - bytes);
    if (is_chunked)
        length = join_chunks(body, length);
    assert_int_equal(length, LARGE_BYTES);
    assert_memory_equal(body, expected, LARGE_BYTES);
    free(expected);
    free(bytes);
}

static void read_large(test_web *web)
{
    expect_large(web, "/large", true);
    expect_large(web, "/large?length", false);
}

static void large_body_arrives_whole_at_a_client_that_waits(void **state)
{
    (void)state;
    test_web_run(routes, NULL, read_large);
}

static void leave(test_web *web, const char *request)
{
    int client = test_connect(web);

    test_send(client, request);
    test_receive_until(web, client, "\r\n\r\n");
    close(client);
    test_until(nobody_is_there, web);
}

static void leave_both(test_web *web)
{
    result_of_write = 0;
    leave(web, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(result_of_write == DUET_ECANCELED ||
                result_of_write == DUET_EDISCONNECTED);
    leave(web, "GET /kept HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_status(result_of_write, DUET_EDISCONNECTED);
}

static void handler_hears_of_a_client_that_leaves(void **state)
{
    static char text[4096];
    FILE *log = fmemopen(text, sizeof text, "w");
    const duet_server_options options = {.error_log = log};

    (void)state;
    test_web_run(routes, &options, leave_both);
    fclose(log);
    assert_string_equal(text, "");
}

static void read_nothing(test_web *web)
{
    int client = test_connect(web);

    test_send(client, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_status(duet_wait_readable(client, DUET_NEVER), 0);
    while (!nobody_is_there(web))
        assert_status(duet_sleep(duet_in_ms(30)), 0);
    assert_true(result_of_write != 0);
    close(client);
}

static void client_that_reads_nothing_is_cut(void **state)
{
    const duet_server_options hasty = {.send_timeout_ms = 50};

    (void)state;
    result_of_write = 0;
    test_web_run_virtual(routes, &hasty, read_nothing);
}

static void read_after_the_deadline(test_web *web)
{
    char *bytes = malloc(LARGE_BYTES * 2);
    int client = test_connect(web);
    size_t length;

    assert_non_null(bytes);
    test_send(client, "GET /deadline HTTP/1.0\r\n\r\n");
    length = receive_all(client, bytes, LARGE_BYTES * 2 - 1);
    bytes[length] = '\0';
    assert_int_equal(strlen(strstr(bytes, "\r\n\r\n") + 4), result_of_write);
    free(bytes);
}

static void write_that_timed_out_tells_what_was_taken(void **state)
{
    (void)state;
    test_web_run(routes, NULL, read_after_the_deadline);
}

TEST_MAIN(test(small_pieces_are_sent_together_and_large_ones_not_copied),
          test(ring_holds_no_more_than_its_size_for_clients_that_wait),
          test(large_body_arrives_whole_at_a_client_that_waits),
          test(handler_hears_of_a_client_that_leaves),
          test(client_that_reads_nothing_is_cut),
          test(write_that_timed_out_tells_what_was_taken))
