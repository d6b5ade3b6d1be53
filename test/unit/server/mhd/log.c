/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <string.h>

#include "server/request/server_state.h"
#include "support/web.h"

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static const test_route routes[] = {{"*", "/", hello}, {0}};

/* Heads that libmicrohttpd, of one version or the other, refuses by itself. */
static const char *const refused[] = {
    "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
    "GET / HTTP/1.1\r\n folded\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
    "GET / XTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\r\n\r\n",
    "GET\r\n\r\n",
    "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
};

static void refuse_each(test_web *web)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const char *reply = test_ask(web, refused[i]);

        test_expect_status(reply, 400);
        test_expect_body(reply, "400 Bad Request\n");
        assert_null(strstr(reply + 1, "HTTP/1.1 "));
        assert_non_null(strstr(reply, "\r\nDate: "));
        assert_int_equal(web->server->counts.refused, i + 1);
    }
    test_expect_status(test_ask(web, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
}

static void refusals_of_libmicrohttpd_have_our_form(void **state)
{
    (void)state;
    test_web_run(routes, NULL, refuse_each);
}

TEST_MAIN(test(refusals_of_libmicrohttpd_have_our_form))
