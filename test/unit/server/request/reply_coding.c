/* SPDX-License-Identifier: MIT */
#include "server/request/reply_coding.h"

#include <stdio.h>
#include <stdlib.h>

#include <duet/coding.h>

#include "support/memory.h"
#include "support/test.h"
#include "support/web.h"

enum { PAGE_BYTES = 4000, LONG_BYTES = 300000 };

static char page[LONG_BYTES + 1]; /* lines that repeat */
static int fails_at;              /* the allocation behind the handler */

static void fill_page(void)
{
    for (size_t i = 0; i < LONG_BYTES; i++)
        page[i] = "the quick brown fox jumps over the lazy dog\n"[i % 44];
    page[LONG_BYTES] = '\0';
}

/* --- handlers ------------------------------------------------------------ */

/* Replies with what the query says: status, length, type; each field "X" is one
 * more. */
static int as_asked(duet_request *request, void *context)
{
    const char *status = duet_request_query(request, "status");
    const char *length = duet_request_query(request, "length");
    const char *type = duet_request_query(request, "type");
    const char *fields = duet_request_field(request, "X-Fields");
    char name[64];
    char value[64];
    int read;

    (void)context;
    while (fields != NULL &&
           sscanf(fields, " %63[^:]: %63[^;];%n", name, value, &read) == 2) {
        assert_status(duet_reply_field(request, name, value), 0);
        fields += read;
    }
    return duet_reply_bytes(
        request, status != NULL ? (int)strtol(status, NULL, 10) : 200, page,
        length != NULL ? strtoul(length, NULL, 10) : PAGE_BYTES,
        type != NULL ? type : "text/plain");
}

/* No coding makes it smaller. */
static int noise(duet_request *request, void *context)
{
    char bytes[2000];
    uint32_t number = 2463534242;

    (void)context;
    for (size_t i = 0; i < sizeof bytes; i++) {
        number ^= number << 13;
        number ^= number >> 17;
        number ^= number << 5;
        bytes[i] = (char)number;
    }
    return duet_reply_bytes(request, 200, bytes, sizeof bytes, "text/plain");
}

static int told_length(duet_request *request, void *context)
{
    (void)context;
    assert_status(duet_reply_field(request, "Content-Length", "9000"), 0);
    return duet_reply_text(request, 200, page);
}

static int not_modified(duet_request *request, void *context)
{
    (void)context;
    assert_status(duet_reply_bytes(request, 304, NULL, 0, NULL), 0);
    assert_status(duet_reply_field(request, "ETag", "\"a\""), 0);
    return duet_reply_field(request, "Content-Length", "9000");
}

static int cancelled(duet_request *request, void *context)
{
    (void)context;
    duet_task_cancel(duet_current_task());
    return duet_reply_bytes(request, 200, page, LONG_BYTES / 2, "text/plain");
}

static int without_memory(duet_request *request, void *context)
{
    int status = duet_reply_field(request, "Vary", "Cookie");

    if (status == 0)
        status = duet_reply_field(request, "ETag", "\"a\"");
    if (status == 0)
        status = as_asked(request, context);
    test_fail_allocation(fails_at);
    return status;
}

static const test_route routes[] = {
    {"GET", "/", as_asked},
    {"GET", "/noise", noise},
    {"GET", "/length", told_length},
    {"GET", "/304", not_modified},
    {"GET", "/cancelled", cancelled},
    {"GET", "/memory", without_memory},
    {0},
};

static const duet_server_options on = {.compression = DUET_COMPRESSION_ON};

/* --- asking -------------------------------------------------------------- */

static const char *ask_as(test_web *web, const char *method, const char *target,
                          const char *accepts, const char *fields)
{
    char request[1024];

    snprintf(request, sizeof request,
             "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
             "Accept-Encoding: %s\r\nX-Fields: %s\r\n\r\n",
             method, target, accepts, fields);
    return test_ask(web, request);
}

static const char *ask(test_web *web, const char *target, const char *accepts)
{
    return ask_as(web, "GET", target, accepts, "");
}

static bool has(const char *reply, const char *line)
{
    const char *end = strstr(reply, "\r\n\r\n");
    const char *found = strstr(reply, line);

    return found != NULL && end != NULL && found < end;
}

static void expect_line(const char *reply, const char *line)
{
    if (!has(reply, line))
        fail_msg("no \"%s\" in \"%.400s\"", line, reply);
}

static void expect_plain(const char *reply)
{
    if (strstr(reply, "\r\n\r\n") == NULL || has(reply, "Content-Encoding"))
        fail_msg("not plain: \"%.400s\"", reply);
}

/* The whole page, in that coding. */
static void expect_coded(const char *reply, const char *coding)
{
    const char *length = strstr(reply, "Content-Length: ");
    char line[64];
    char *body;

    snprintf(line, sizeof line, "\r\nContent-Encoding: %s\r\n", coding);
    expect_line(reply, line);
    assert_non_null(length);
    assert_status(duet_decode(strstr(reply, "\r\n\r\n") + 4,
                              strtoul(length + 16, NULL, 10), coding,
                              LONG_BYTES, &body, NULL),
                  0);
    assert_int_equal(strlen(body), PAGE_BYTES);
    assert_memory_equal(body, page, PAGE_BYTES);
    free(body);
}

static void run_on(void (*body)(test_web *web))
{
    fill_page();
    test_web_run(routes, &on, body);
}

/* --- the choice ---------------------------------------------------------- */

static void ask_for_codings(test_web *web)
{
    expect_coded(ask(web, "/", "gzip"), "gzip");
    expect_coded(ask(web, "/", "zstd"), "zstd");
    expect_coded(ask(web, "/", "br"), "br");
    expect_coded(ask(web, "/", "gzip, deflate, br, zstd"), "br");
    expect_coded(ask(web, "/", "gzip, zstd"), "zstd");
    expect_coded(ask(web, "/", "gzip;q=0.9, br;q=0.8"), "gzip");
    expect_coded(ask(web, "/", "*"), "br");
    expect_coded(ask(web, "/", "*, br;q=0, zstd;q=0"), "gzip");
    expect_line(web->reply, "\r\nVary: Accept-Encoding\r\n");
    expect_plain(ask(web, "/", "br;q=0, deflate"));
    expect_plain(ask(web, "/", "gzip;q=0.5, identity"));
    expect_line(web->reply, "\r\nVary: Accept-Encoding\r\n");
    expect_plain(test_get(web, "/"));
    expect_line(web->reply, "\r\nVary: Accept-Encoding\r\n");
}

static void coding_of_greatest_weight_is_sent(void **state)
{
    (void)state;
    run_on(ask_for_codings);
}

static void ask_without_identity(test_web *web)
{
    expect_plain(ask(web, "/", "identity;q=0"));
    test_expect_status(web->reply, 200);
    expect_plain(ask(web, "/", "*;q=0"));
    test_expect_status(web->reply, 200);
    expect_line(web->reply, "\r\nContent-Length: 4000\r\n");
    expect_plain(ask(web, "/noise", "gzip"));
    expect_line(ask(web, "/noise", "gzip, identity;q=0"),
                "\r\nContent-Encoding: gzip\r\n");
}

static void nothing_acceptable_is_identity_and_not_406(void **state)
{
    (void)state;
    run_on(ask_without_identity);
}

/* --- what is not coded --------------------------------------------------- */

static void ask_for_what_stays(test_web *web)
{
    static const char *const targets[] = {
        "/?length=1023", "/?type=image/png", "/?type=text/event-stream",
        "/?status=206",  "/?status=204",     "/noise",
        "/cancelled"};
    static const char *const fields[] = {
        "Content-Encoding: x;", "Content-Range: bytes 0-1/2;",
        "Cache-Control: private, No-Transform;"};

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        expect_plain(ask(web, targets[i], "gzip"));
    test_expect_status(web->reply, 200);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        ask_as(web, "GET", "/", "gzip", fields[i]);
        expect_line(web->reply, "\r\nContent-Length: 4000\r\n");
        assert_false(has(web->reply, "Content-Encoding: gzip"));
        assert_false(has(web->reply, "Vary"));
    }
    expect_coded(ask_as(web, "GET", "/", "gzip", "Cache-Control: private;"),
                 "gzip");
    expect_line(ask(web, "/?length=1024", "gzip"),
                "\r\nContent-Encoding: gzip\r\n");
    expect_line(ask(web, "/?status=404", "gzip"),
                "\r\nContent-Encoding: gzip\r\n");
}

static void small_or_coded_or_partial_bodies_stay_as_they_are(void **state)
{
    (void)state;
    run_on(ask_for_what_stays);
}

/* --- fields -------------------------------------------------------------- */

static void ask_with_fields(test_web *web)
{
    ask_as(web, "GET", "/", "gzip", "ETag: \"a\"; Vary: Cookie;");
    expect_coded(web->reply, "gzip");
    expect_line(web->reply, "\r\nETag: W/\"a\"\r\n");
    expect_line(web->reply, "\r\nVary: Cookie, Accept-Encoding\r\n");
    ask_as(web, "GET", "/", "x", "ETag: \"a\"; Vary: Cookie;");
    expect_line(web->reply, "\r\nETag: \"a\"\r\n");
    expect_line(web->reply, "\r\nVary: Cookie, Accept-Encoding\r\n");
    ask_as(web, "GET", "/", "gzip", "ETag: W/\"a\"; Vary: *;");
    expect_line(web->reply, "\r\nETag: W/\"a\"\r\n");
    expect_line(web->reply, "\r\nVary: *\r\n");
    ask_as(web, "GET", "/", "gzip", "Vary: Cookie, accept-encoding;");
    expect_line(web->reply, "\r\nVary: Cookie, accept-encoding\r\n");
}

static void vary_is_added_and_etag_made_weak(void **state)
{
    (void)state;
    run_on(ask_with_fields);
}

static void ask_for_heads(test_web *web)
{
    char length[64];

    expect_coded(ask(web, "/", "gzip"), "gzip");
    snprintf(length, sizeof length, "%.24s",
             strstr(web->reply, "\r\nContent-Length: "));
    ask_as(web, "HEAD", "/", "gzip", "");
    expect_line(web->reply, length);
    expect_line(web->reply, "\r\nContent-Encoding: gzip\r\n");
    test_expect_body(web->reply, "");
    expect_plain(ask_as(web, "HEAD", "/length", "gzip", ""));
    expect_line(web->reply, "\r\nContent-Length: 9000\r\n");
}

static void head_has_the_fields_of_get(void **state)
{
    (void)state;
    run_on(ask_for_heads);
}

static void ask_for_304(test_web *web)
{
    expect_plain(ask(web, "/304", "gzip"));
    expect_line(web->reply, "\r\nETag: W/\"a\"\r\n");
    expect_line(web->reply, "\r\nVary: Accept-Encoding\r\n");
    assert_false(has(web->reply, "\r\nContent-Length: 9000"));
    expect_plain(ask(web, "/304", "x"));
    expect_line(web->reply, "\r\nETag: \"a\"\r\n");
    expect_line(web->reply, "\r\nContent-Length: 9000\r\n");
}

static void status_304_has_the_validator_of_200(void **state)
{
    (void)state;
    run_on(ask_for_304);
}

/* --- options ------------------------------------------------------------- */

static void ask_and_get_plain(test_web *web)
{
    expect_plain(ask(web, "/", "gzip"));
    assert_false(has(web->reply, "Vary"));
}

static void ask_and_get_gzip(test_web *web)
{
    expect_coded(ask(web, "/", "gzip"), "gzip");
}

static void route_decides_or_else_the_server(void **state)
{
    static const duet_route_options route_on = {.compression =
                                                    DUET_COMPRESSION_ON};
    static const duet_route_options route_off = {.compression =
                                                     DUET_COMPRESSION_OFF};
    static const duet_server_options off = {.compression =
                                                DUET_COMPRESSION_OFF};

    (void)state;
    fill_page();
    test_web_run(routes, NULL, ask_and_get_plain);
    test_web_run(routes, &off, ask_and_get_plain);
    test_options_of_routes = &route_on;
    test_web_run(routes, &off, ask_and_get_gzip);
    test_options_of_routes = &route_off;
    test_web_run(routes, &on, ask_and_get_plain);
    test_options_of_routes = NULL;
}

static void ask_with_a_small_stack(test_web *web)
{
    expect_coded(ask(web, "/", "br, gzip"), "gzip");
}

static void ask_for_each(test_web *web)
{
    expect_line(ask(web, "/", "br, gzip;q=0.5"), "\r\nContent-Encoding: ");
    expect_line(ask(web, "/?length=200000", "br, gzip;q=0.5"),
                "\r\nContent-Encoding: ");
    expect_line(ask(web, "/?length=200000", "gzip"),
                "\r\nContent-Encoding: gzip\r\n");
    expect_line(ask(web, "/?length=200000", "zstd"),
                "\r\nContent-Encoding: zstd\r\n");
}

/* One that is overrun ends the test. */
static void small_stack_is_not_given_br_nor_overrun(void **state)
{
    duet_server_options options = {.compression = DUET_COMPRESSION_ON,
                                   .stack_bytes = 32768};

    (void)state;
    fill_page();
    test_web_run(routes, &options, ask_with_a_small_stack);
    for (options.stack_bytes = 16384; options.stack_bytes <= 65536;
         options.stack_bytes += 4096)
        test_web_run(routes, &options, ask_for_each);
}

/* --- no memory ----------------------------------------------------------- */

static void ask_without_memory(test_web *web)
{
    bool is_coded = false;

    for (fails_at = 1; !is_coded; fails_at++) {
        ask(web, "/memory", "gzip");
        test_fail_allocation(0);
        test_expect_status(web->reply, 200);
        is_coded = has(web->reply, "\r\nContent-Encoding: gzip\r\n");
        if (!is_coded)
            expect_line(web->reply, "\r\nContent-Length: 4000\r\n");
    }
    expect_coded(web->reply, "gzip");
    assert_true(fails_at > 3);
}

static void reply_without_memory_is_sent_as_it_is(void **state)
{
    (void)state;
    run_on(ask_without_memory);
}

TEST_MAIN(test(coding_of_greatest_weight_is_sent),
          test(nothing_acceptable_is_identity_and_not_406),
          test(small_or_coded_or_partial_bodies_stay_as_they_are),
          test(vary_is_added_and_etag_made_weak),
          test(head_has_the_fields_of_get),
          test(status_304_has_the_validator_of_200),
          test(route_decides_or_else_the_server),
          test(small_stack_is_not_given_br_nor_overrun),
          test(reply_without_memory_is_sent_as_it_is))
