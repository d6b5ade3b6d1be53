/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/web.h"

/* One field of that many bytes. */
static int one_field(duet_request *request, void *context)
{
    int length =
        (int)strtol(duet_request_parameter(request, "length"), NULL, 10);

    (void)context;
    (void)!duet_reply_field(request, "X",
                            duet_request_printf(request, "%0*d", length, 7));
    return duet_reply_text(request, 200, "ok");
}

static int last_status;

/* There is always a reply. */
static void assert_answered(test_web *web, const char *target,
                            const char *fields)
{
    char request[8192 + 64];
    const char *reply;

    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: a\r\n%sConnection: close\r\n\r\n",
             target, fields);
    reply = test_ask(web, request);
    if (strncmp(reply, "HTTP/1.1 ", 9) != 0)
        fail_msg("%s: no reply: \"%.40s\"", target, reply);
    last_status = (int)strtol(reply + 9, NULL, 10);
}

static void fill(test_web *web)
{
    static char field[8192];

    /* Up to where libmicrohttpd itself says 431, too. */
    for (int length = 6000; length < 8000; length += 7) {
        snprintf(field, sizeof field, "A: %0*d\r\n", length, 7);
        assert_answered(web, "/one/1", field);
        if (length == 6000)
            assert_int_equal(last_status, 200);
    }
    assert_int_equal(last_status, 431);
}

static void request_that_leaves_no_room_is_431(void **state)
{
    const test_route routes[] = {{"GET", "/one/{length}", one_field}, {0}};

    const duet_server_options options = {.connection_memory_bytes = 8192};

    (void)state;
    test_web_run(routes, &options, fill);
}

TEST_MAIN(test(request_that_leaves_no_room_is_431))
