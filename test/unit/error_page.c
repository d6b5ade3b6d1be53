/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdlib.h>

#include "base/error.h"
#include "server/error_page.h"
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

TEST_MAIN(test(page_says_the_status),
          test(what_a_handler_returns_becomes_the_status))
