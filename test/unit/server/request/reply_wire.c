/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "server/request/reply_wire.h"
#include "support/memory.h"

/* A request as it is when its reply is filled. */
static void make_request(duet_request *request, const char *method)
{
    memset(request, 0, sizeof *request);
    request->head.method = duet__text_from(method);
    duet__arena_init(&request->arena, NULL, 0);
    duet__reply_init(&request->reply);
}

static void end_request(duet_request *request)
{
    duet__reply_reset(&request->reply);
    duet__arena_reset(&request->arena);
}

/* Compares without the date, which is `date` then. */
static void assert_wire(const duet__buffer *buffer, const char *first,
                        const char *rest)
{
    const char *bytes = buffer->bytes;
    const char *date = strstr(bytes, "Date: ");

    assert_int_equal(strncmp(bytes, first, strlen(first)), 0);
    assert_ptr_equal(date, bytes + strlen(first));
    assert_string_equal(date + strlen("Date: Sun, 06 Nov 1994 08:49:37 GMT"),
                        rest);
}

static void reply_is_written_as_it_was_filled(void **state)
{
    duet_request request;
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, SIZE_MAX);
    make_request(&request, "GET");
    assert_status(duet_reply_field(&request, "A", "1"), 0);
    assert_status(duet_reply_field(&request, "B", "2"), 0);
    assert_status(duet_reply_bytes(&request, 201, "a\0b", 3, "x/y"), 0);
    assert_status(duet__reply_wire(&buffer, &request), 0);
    assert_int_equal(buffer.bytes[buffer.length - 2], '\0');
    buffer.bytes[buffer.length - 2] = '0';
    assert_wire(&buffer, "HTTP/1.1 201 Created\r\n",
                "\r\nConnection: close\r\nContent-Type: x/y\r\n"
                "Content-Length: 3\r\nA: 1\r\nB: 2\r\n\r\na0b");
    duet__buffer_free(&buffer);
    end_request(&request);
}

static void head_and_204_have_no_body(void **state)
{
    duet_request request;
    duet__buffer buffer;

    (void)state;
    duet__buffer_init(&buffer, SIZE_MAX);
    make_request(&request, "HEAD");
    assert_status(duet_reply_field(&request, "content-type", "a/b"), 0);
    assert_status(duet_reply_text(&request, 200, "abc"), 0);
    assert_status(duet__reply_wire(&buffer, &request), 0);
    assert_wire(&buffer, "HTTP/1.1 200 OK\r\n",
                "\r\nConnection: close\r\nContent-Type: a/b\r\n"
                "Content-Length: 3\r\n\r\n");
    assert_status(duet_reply_bytes(&request, 204, NULL, 0, NULL), 0);
    duet__buffer_reset(&buffer);
    assert_status(duet__reply_wire(&buffer, &request), 0);
    assert_wire(&buffer, "HTTP/1.1 204 No Content\r\n",
                "\r\nConnection: close\r\nContent-Type: a/b\r\n\r\n");
    end_request(&request);
    make_request(&request, "GET");
    assert_status(duet_reply_text(&request, 205, "abc"), 0);
    duet__buffer_reset(&buffer);
    assert_status(duet__reply_wire(&buffer, &request), 0);
    assert_non_null(strstr(buffer.bytes, "\r\nContent-Length: 0\r\n\r\n"));
    assert_null(strstr(buffer.bytes, "abc"));
    assert_status(duet_reply_text(&request, 304, "abc"), 0);
    duet__buffer_reset(&buffer);
    assert_status(duet__reply_wire(&buffer, &request), 0);
    assert_wire(&buffer, "HTTP/1.1 304 Not Modified\r\n",
                "\r\nConnection: close\r\n\r\n");
    assert_status(duet_reply_field(&request, "Content-Length", "9"), 0);
    duet__buffer_reset(&buffer);
    assert_status(duet__reply_wire(&buffer, &request), 0);
    assert_wire(&buffer, "HTTP/1.1 304 Not Modified\r\n",
                "\r\nConnection: close\r\nContent-Length: 9\r\n\r\n");
    duet__buffer_free(&buffer);
    end_request(&request);
}

static int write_page(void)
{
    duet__buffer buffer;
    int status;

    duet__buffer_init(&buffer, SIZE_MAX);
    status = duet__reply_wire_page(&buffer, 503);
    if (status == 0)
        assert_wire(&buffer, "HTTP/1.1 503 Service Unavailable\r\n",
                    "\r\nConnection: close\r\nContent-Type: text/plain; "
                    "charset=utf-8\r\nContent-Length: 24\r\nRetry-After: 1\r\n"
                    "\r\n503 Service Unavailable\n");
    duet__buffer_free(&buffer);
    return status;
}

static void page_needs_no_request_and_survives_without_memory(void **state)
{
    (void)state;
    test_each_allocation_failing(write_page, 1);
}

TEST_MAIN(test(reply_is_written_as_it_was_filled),
          test(head_and_204_have_no_body),
          test(page_needs_no_request_and_survives_without_memory))
