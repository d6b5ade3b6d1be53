/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>

#include "support/web.h"

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static void ask(test_web *web)
{
    test_get(web, "/a?b");
    test_ask(web, "G\"\x01T /\xff HTTP/1.1\r\nHost: a\r\n\r\n");
}

static void each_request_is_a_line_and_quoted(void **state)
{
    const test_route routes[] = {
        {"GET", "/a", hello}, {"POST", "/a", hello}, {0}};
    static char text[4096];
    char format[] = "127.0.0.1 ####-##-##T##:##:##Z \"GET /a?b HTTP/1.1\" "
                    "200 5 ";
    duet_server_options options = {.access_log =
                                       fmemopen(text, sizeof text, "w")};
    char *second;

    (void)state;
    test_web_run(routes, &options, ask);
    fclose(options.access_log);
    for (size_t i = 0; format[i] != '\0'; i++) {
        if (format[i] != '#')
            assert_int_equal(text[i], format[i]);
        else
            assert_in_range(text[i], '0', '9');
    }
    second = strchr(text, '\n') + 1;
    assert_non_null(strstr(second, "\"G\\x22\\x01T /\\xff HTTP/1.1\" 400 16 "));
    assert_ptr_equal(strchr(second, '\n') + 1, text + strlen(text));
}

static void be_refused(test_web *web)
{
    test_ask(web, "HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    test_ask(web, "PUT /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    test_ask(web, "GET /b HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    test_ask(web, "POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"
                  "123456789");
    test_ask(web, "POST /a HTTP/1.1\r\nHost: a\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n");
    test_ask(web, "POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n1");
    test_ask(web, "GET /f HTTP/1.1\r\nHost: a\r\nA");
    test_ask(web, "GET /g");
    test_receive(web, test_connect(web)); /* asks for nothing */
    test_ask(web, "POST /h HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                  "Content-Length: 3\r\n\r\n");
}

/* What stands in the line after the time, without the milliseconds. */
static void assert_line(char **text, const char *expected)
{
    char *line = strsep(text, "\n");

    assert_non_null(line);
    line = strchr(line, '"');
    assert_non_null(line);
    *strrchr(line, ' ') = '\0';
    assert_string_equal(line, expected);
}

static void refusals_are_one_line_each_with_what_was_sent(void **state)
{
    const test_route routes[] = {
        {"GET", "/a", hello}, {"POST", "/a", hello}, {0}};
    static char text[4096];
    duet_server_options options = {.access_log =
                                       fmemopen(text, sizeof text, "w"),
                                   .header_timeout_ms = 50,
                                   .body_timeout_ms = 50,
                                   .body_bytes_max = 8};
    char *lines = text;

    (void)state;
    test_web_run_virtual(routes, &options, be_refused);
    fclose(options.access_log);
    assert_line(&lines, "\"HEAD /a HTTP/1.1\" 200 0");
    assert_line(&lines, "\"PUT /a HTTP/1.1\" 405 23");
    assert_line(&lines, "\"GET /b HTTP/1.1\" 400 16");
    assert_line(&lines, "\"POST /c HTTP/1.1\" 413 22");
    assert_line(&lines, "\"POST /a HTTP/1.1\" 413 22");
    assert_line(&lines, "\"POST /e HTTP/1.1\" 408 20");
    assert_line(&lines, "\"- /f -\" 408 20");
    assert_line(&lines, "\"- - -\" 408 20");
    assert_line(&lines, "\"POST /h HTTP/1.1\" 400 16");
    assert_string_equal(lines, "");
}

static void ask_again_and_again(test_web *web)
{
    for (int i = 0; i < 100; i++)
        test_expect_status(test_get(web, "/a"), 200);
}

/* Neither what is buffered nor what is not keeps a request from its reply. */
static void log_that_is_full_holds_up_nobody(void **state)
{
    static const int modes[] = {_IOFBF, _IOLBF, _IONBF};
    const test_route routes[] = {{"GET", "/a", hello}, {0}};

    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        duet_server_options options = {.access_log = fopen("/dev/full", "w")};

        setvbuf(options.access_log, NULL, modes[i], 256);
        test_web_run(routes, &options, ask_again_and_again);
        assert_true(ferror(options.access_log));
        fclose(options.access_log);
    }
}

TEST_MAIN(test(log_that_is_full_holds_up_nobody),
          test(each_request_is_a_line_and_quoted),
          test(refusals_are_one_line_each_with_what_was_sent))
