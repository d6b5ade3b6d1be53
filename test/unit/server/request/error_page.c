/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/error.h"
#include "server/request/error_page.h"
#include "support/web.h"

static char log_text[4096];
static FILE *log_file;

static void page_says_the_status(void **state)
{
    char page[DUET__ERROR_PAGE_BYTES];

    (void)state;
    for (int status = 100; status < 600; status++) {
        size_t length = duet__error_page_write(status, page);

        assert_true(length < sizeof page);
        assert_int_equal(page[length - 1], '\n');
    }
    assert_int_equal(duet__error_page_write(404, page), 14);
    assert_memory_equal(page, "404 Not Found\n", 14);
}

/* Returns what the path says; a reply is there for /r. */
static int give_back(duet_request *request, void *context)
{
    int value = (int)strtol(duet_request_parameter(request, "value"), NULL, 10);

    (void)context;
    assert_status(duet_reply_field(request, "Location", "/there"), 0);
    assert_status(duet_reply_field(request, "Content-Type", "x/y"), 0);
    if (value != 0)
        assert_status(duet_reply_text(request, 200, "secret"), 0);
    duet__fail(DUET_EURL, "something else that failed before");
    return value < -1 ? duet__fail(value, "the \"sentence\"") : value;
}

static void assert_result(test_web *web, int value, int status)
{
    char target[32];
    const char *reply;

    snprintf(target, sizeof target, "/%d", value);
    rewind(log_file);
    memset(log_text, 0, sizeof log_text);
    reply = test_get(web, target);
    test_expect_status(reply, status);
    assert_null(strstr(reply, "secret"));
    assert_non_null(strstr(reply, "\r\nLocation: /there\r\n"));
    assert_non_null(strstr(reply, "\r\nContent-Type: text/plain; "
                                  "charset=utf-8\r\n"));
}

static void ask(test_web *web)
{
    assert_result(web, 404, 404);
    assert_result(web, 302, 302);
    assert_result(web, 599, 599);
    assert_string_equal(log_text, "");
    assert_result(web, 503, 503);
    assert_non_null(strstr(web->reply, "\r\nRetry-After: 1\r\n"));
    assert_result(web, 600, 500);
    assert_string_equal(log_text,
                        "duet: GET /600: the handler returned no status\n");
    assert_result(web, 100, 500);
    assert_result(web, 0, 500);
    assert_string_equal(log_text, "duet: GET /0: the handler gave no reply\n");
    assert_result(web, DUET_EIO, 500);
    assert_string_equal(log_text,
                        "duet: GET /-5: DUET_EIO: the \"sentence\"\n");
    assert_result(web, -1, 500); /* DUET_EPERM, without a detail */
    assert_string_equal(log_text, "duet: GET /-1: DUET_EPERM: "
                                  "operation not permitted\n");
    assert_result(web, DUET_ETIMEDOUT, 504);
    assert_result(web, DUET_EJSON, 500);
    assert_result(web, DUET_ECANCELED, 500);
}

static void what_a_handler_returns_becomes_the_status(void **state)
{
    const test_route routes[] = {{"GET", "/{value}", give_back}, {0}};
    duet_server_options options = {0};

    (void)state;
    log_file = fmemopen(log_text, sizeof log_text, "w");
    setvbuf(log_file, NULL, _IONBF, 0);
    options.error_log = log_file;
    test_web_run(routes, &options, ask);
    fclose(log_file);
}

/* --- the application's page ---------------------------------------------- */

static char told[512]; /* what the page was told */

static void page_in_json(duet_request *request, int status, const char *detail,
                         void *context)
{
    (void)context;
    snprintf(told, sizeof told, "%d %s %s: %s", status,
             duet_request_method(request), duet_request_path(request), detail);
    assert_null(duet_request_parameter(request, "none"));
    if (status == 408)
        return;
    assert_status(duet_reply_field(request, "X-Page", "own"), 0);
    assert_status(duet_reply_bytes(request, status, "{\"error\":1}", 11,
                                   "application/problem+json"),
                  0);
}

static int fail_with_reply(duet_request *request, void *context)
{
    (void)context;
    assert_status(duet_reply_text(request, 200, "secret"), 0);
    assert_status(duet_reply_field(request, "Kept", "yes"), 0);
    return duet__fail(DUET_EIO, "the disk is on fire");
}

static int wait_for_ever(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    return duet_sleep(DUET_NEVER);
}

static int read_json(duet_request *request, void *context)
{
    json_t *json;

    (void)context;
    return duet_request_json(request, &json);
}

static void expect_own_page(const char *reply, int status, const char *what)
{
    test_expect_status(reply, status);
    assert_non_null(strstr(reply, "\r\nX-Page: own\r\n"));
    assert_non_null(strstr(reply, "\r\nDate: "));
    assert_non_null(
        strstr(reply, "\r\nContent-Type: application/problem+json\r\n"));
    assert_null(strstr(reply, "text/plain"));
    test_expect_body(reply, "{\"error\":1}");
    assert_non_null(strstr(told, what));
}

static void ask_for_own_pages(test_web *web)
{
    expect_own_page(test_get(web, "/none"), 404, "404 GET /none: ");
    expect_own_page(test_ask(web, "PUT /fail HTTP/1.1\r\nHost: a\r\n"
                                  "Connection: close\r\n\r\n"),
                    405, "405 PUT /fail: ");
    assert_non_null(strstr(web->reply, "\r\nAllow: GET, HEAD\r\n"));
    expect_own_page(test_get(web, "/fail"), 500,
                    "500 GET /fail: the disk is on fire");
    assert_non_null(strstr(web->reply, "\r\nKept: yes\r\n"));
    expect_own_page(test_get(web, "/wait"), 503, "handler took too long");
    expect_own_page(test_ask(web, "POST /json HTTP/1.1\r\nHost: a\r\n"
                                  "Content-Length: 1\r\n"
                                  "Connection: close\r\n\r\n["),
                    400, "400 POST /json: line 1");
    expect_own_page(test_ask(web, "GET /a HTTP/1.1\r\nHost: a\r\n"
                                  "Host: b\r\n\r\n"),
                    400, "Host");
    expect_own_page(test_ask(web, "POST /json HTTP/1.1\r\nHost: a\r\n"
                                  "Content-Length: 101\r\n\r\n"),
                    413, "body_bytes_max");
    test_expect_body(test_ask(web, "POST /json HTTP/1.1\r\nHost: a\r\n"
                                   "Content-Length: 9\r\n\r\n"),
                     "408 Request Timeout\n");
    test_expect_status(test_get(web, "/moved"), 302);
    assert_null(strstr(web->reply, "X-Page"));
}

static int moved(duet_request *request, void *context)
{
    (void)request;
    (void)context;
    return 302;
}

static void all_errors_have_the_page_of_the_application(void **state)
{
    const test_route own[] = {{"GET", "/fail", fail_with_reply},
                              {"GET", "/wait", wait_for_ever},
                              {"GET", "/moved", moved},
                              {"POST", "/json", read_json},
                              {0}};
    duet_server_options options = {.error_log = fopen("/dev/null", "w"),
                                   .handler_timeout_ms = 20,
                                   .body_timeout_ms = 100,
                                   .body_bytes_max = 100,
                                   .connection_memory_bytes = 8192};

    (void)state;
    test_web_run_with_error_page(own, &options, ask_for_own_pages,
                                 page_in_json);
    fclose(options.error_log);
}

/* As large as it is asked for, in body and field. */
static void large_page(duet_request *request, int status, const char *detail,
                       void *context)
{
    static char text[20001];

    (void)detail;
    (void)context;
    memset(text, 'x', sizeof text - 1);
    if (status == 404)
        assert_status(duet_reply_field(request, "Large", text), 0);
    assert_status(duet_reply_text(request, status, text), 0);
}

static void ask_for_large_pages(test_web *web)
{
    test_expect_body(test_ask(web, "POST / HTTP/1.1\r\nHost: a\r\n"
                                   "Content-Length: 101\r\n\r\n"),
                     "413 Content Too Large\n");
    test_expect_status(test_get(web, "/none"), 500);
    assert_null(strstr(web->reply, "Large: "));
    assert_true(strlen(web->reply) > 20000);
}

static void page_that_cannot_be_sent_is_replaced(void **state)
{
    const test_route none[] = {{0}};
    duet_server_options options = {.error_log = fopen("/dev/null", "w"),
                                   .body_bytes_max = 100,
                                   .connection_memory_bytes = 8192};

    (void)state;
    test_web_run_with_error_page(none, &options, ask_for_large_pages,
                                 large_page);
    fclose(options.error_log);
}

static int fail_with_fields(duet_request *request, void *context)
{
    (void)context;
    assert_status(duet_reply_field(request, "retry-after", "9"), 0);
    assert_status(duet_reply_field(request, "Allow", "PURGE"), 0);
    return strcmp(duet_request_path(request), "/busy") == 0 ? 503 : 405;
}

static void ask_for_fields(test_web *web)
{
    assert_non_null(strstr(test_get(web, "/busy"), "\r\nretry-after: 9\r\n"));
    assert_null(strstr(web->reply, "\r\nRetry-After: "));
    assert_non_null(strstr(test_get(web, "/no"), "\r\nAllow: PURGE\r\n"));
    assert_null(strstr(web->reply, "GET"));
}

static void fields_that_a_handler_gave_are_not_repeated(void **state)
{
    const test_route routes[] = {{"GET", "/busy", fail_with_fields},
                                 {"GET", "/no", fail_with_fields},
                                 {0}};

    (void)state;
    test_web_run(routes, NULL, ask_for_fields);
}

/* --- the server's own ---------------------------------------------------- */

static void ask_for_options(test_web *web)
{
    const char *reply = test_ask(web, "OPTIONS * HTTP/1.1\r\nHost: a\r\n"
                                      "Connection: close\r\n\r\n");

    test_expect_status(reply, 200);
    assert_non_null(strstr(reply, "\r\nAllow: OPTIONS, GET, HEAD\r\n"));
    assert_non_null(strstr(reply, "\r\nContent-Length: 0\r\n"));
    test_expect_status(test_ask(web, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    reply = test_ask(web, "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
    test_expect_status(reply, 405);
    assert_non_null(strstr(reply, "\r\nAllow: OPTIONS, GET, HEAD\r\n"));
}

static void options_of_all_are_the_servers_to_answer(void **state)
{
    const test_route all[] = {
        {"GET", "/a", give_back}, {"*", "/{rest*}", give_back}, {0}};

    (void)state;
    test_web_run(all, NULL, ask_for_options);
}

TEST_MAIN(test(page_says_the_status),
          test(what_a_handler_returns_becomes_the_status),
          test(all_errors_have_the_page_of_the_application),
          test(page_that_cannot_be_sent_is_replaced),
          test(fields_that_a_handler_gave_are_not_repeated),
          test(options_of_all_are_the_servers_to_answer))
