/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <unistd.h>

#include "support/web.h"

static int constant(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "same");
}

static int different(duet_request *request, void *context)
{
    static int count;

    (void)context;
    return duet_reply_textf(request, 200, "%04d", count++);
}

static int with_field(duet_request *request, void *context)
{
    (void)context;
    (void)!duet_reply_field(request, "A", "b");
    return duet_reply_text(request, 201, "same");
}

static int large(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_textf(request, 200, "%050000d", 1);
}

static const test_route routes[] = {{"GET", "/constant", constant},
                                    {"GET", "/different", different},
                                    {"GET", "/with_field", with_field},
                                    {"GET", "/large", large},
                                    {0}};

static void ask_in_turn(test_web *web)
{
    int client = test_connect(web);

    for (int i = 0; i < 100; i++) {
        char number[8];
        const char *reply;

        test_send(client, "GET /constant HTTP/1.1\r\nHost: a\r\n\r\n");
        reply = test_receive_until(web, client, "\r\n\r\nsame");
        test_expect_status(reply, 200);
        assert_null(strstr(reply, "\r\nA: b\r\n"));
        test_send(client, "GET /different HTTP/1.1\r\nHost: a\r\n\r\n");
        snprintf(number, sizeof number, "%04d", i);
        test_expect_body(test_receive_until(web, client, number), number);
        test_send(client, "GET /with_field HTTP/1.1\r\nHost: a\r\n\r\n");
        reply = test_receive_until(web, client, "\r\n\r\nsame");
        test_expect_status(reply, 201);
        assert_non_null(strstr(reply, "\r\nA: b\r\n"));
    }
    close(client);
    test_expect_body(test_get(web, "/constant"), "same");
    assert_non_null(strstr(web->reply, "\r\nConnection: close\r\n"));
    assert_int_equal(strlen(strstr(test_get(web, "/large"), "\r\n\r\n")),
                     50004);
}

static void shared_replies_do_not_mix(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_in_turn);
}

TEST_MAIN(test(shared_replies_do_not_mix))
