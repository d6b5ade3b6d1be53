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
    const test_route routes[] = {{"GET", "/a", hello}, {0}};
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

TEST_MAIN(test(each_request_is_a_line_and_quoted))
