/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <sys/socket.h>

#include "support/web.h"

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

#define BYTES(literal)                                                         \
    {                                                                          \
        literal, sizeof(literal) - 1                                           \
    }

typedef struct head {
    const char *bytes;
    size_t length;
} head;

static const head clean[] = {
    BYTES("GET /a HTTP/1.1\r\nHost:a\r\nConnection: close\r\n\r\n"),
    BYTES("\r\nGET /a HTTP/1.1\r\nHost: \t a \t\r\nB:\r\nC: \r\n"
          "Connection: close\r\n\r\n"),
    BYTES("POST /a?b=%00&&=&c HTTP/1.1\r\nHost: a\r\nCookie: a=\"b\"; c\r\n"
          "Content-Length: 1\r\nConnection: close\r\n\r\nx"),
};

static const head unclean[] = {
    BYTES("GET /a HTTP/1.1\nHost: a\r\n\r\n"),
    BYTES("GET /a HTTP/1.1\r\nHost: a\n\r\n"),
    BYTES("GET /a HTTP/1.1\r\nHost: a\r\n\n"),
    BYTES("GET /a HTTP/1.1\r\nHost: a\nB: c\r\n\r\n"),
    BYTES("GET /a HTTP/1.1\r\nHost: a\r\nB: c\r\n d\r\n\r\n"),
    BYTES("GET /a HTTP/1.1\r\nHost: a\r\n b: d\r\n\r\n"),
    BYTES("GET /a HTTP/1.1\r\nHost: a\0b\r\nB: c\r\n\r\n"),
    BYTES("GET /a HTTP/1.1\r\nB: c\r\nHost: a\0\r\n\r\n"),
    BYTES("GET /a HTTP/1.1\r\nB: c\r\nHost: a\0b\r\n\r\n"),
    BYTES("GET  /a HTTP/1.1\r\nHost: a\r\n\r\n"),
    BYTES("GET /a  HTTP/1.1\r\nHost: a\r\n\r\n"),
};

/* In the first line. */
static const head broken[] = {
    BYTES("GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"),
    BYTES("GET\t/a HTTP/1.1\r\nHost: a\r\n\r\n"),
};

static const char *ask(test_web *web, const head *head)
{
    int client = test_connect(web);

    assert_int_equal(send(client, head->bytes, head->length, 0), head->length);
    return test_receive(web, client);
}

static void ask_all(test_web *web)
{
    for (size_t i = 0; i < sizeof clean / sizeof *clean; i++) {
        if (strncmp(ask(web, &clean[i]), "HTTP/1.1 200 ", 13) != 0)
            fail_msg("%s\n  gave %.80s", clean[i].bytes, web->reply);
    }
    for (size_t i = 0; i < sizeof unclean / sizeof *unclean; i++) {
        if (strncmp(ask(web, &unclean[i]), "HTTP/1.1 400 ", 13) != 0)
            fail_msg("%s\n  (%zu) gave %.80s", unclean[i].bytes, i, web->reply);
    }
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        test_expect_status(ask(web, &broken[i]), 400);
    }
}

static void head_with_a_gap_is_refused(void **state)
{
    const test_route routes[] = {{"*", "/a", hello}, {0}};

    (void)state;
    test_web_run(routes, NULL, ask_all);
}

TEST_MAIN(test(head_with_a_gap_is_refused))
