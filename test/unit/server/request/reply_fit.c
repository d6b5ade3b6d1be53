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

/* As many fields. */
static int many_fields(duet_request *request, void *context)
{
    long count = strtol(duet_request_parameter(request, "count"), NULL, 10);

    (void)context;
    for (long i = 0; i < count; i++)
        (void)!duet_reply_field(request, "Set-Cookie", "a=b");
    return duet_reply_text(request, 200, "ok");
}

static int last_status;

/* There is always a reply, and 500 only if the largest possible one failed. */
static void assert_answered(test_web *web, const char *target,
                            const char *fields)
{
    char request[8192];
    const char *reply;

    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: a\r\n%sConnection: close\r\n\r\n",
             target, fields);
    reply = test_ask(web, request);
    if (strncmp(reply, "HTTP/1.1 ", 9) != 0)
        fail_msg("%s: no reply: \"%.40s\"", target, reply);
    last_status = (int)strtol(reply + 9, NULL, 10);
}

static void grow(test_web *web)
{
    static const char *const requests[][2] = {
        {"", ""},
        {"?a=b&c=d&e=f&g=h&i=j&k=l&m=n&o=p&q&r&s&t&u&v&w&x&y&z", ""},
        {"", "Cookie: a=b; c=d; e=f; g=h; i=j; k=l; m=n; o=p\r\nA: b\r\n"},
    };
    char target[256];

    for (size_t i = 0; i < 3; i++) {
        for (int length = 6000; length < 8300; length += 13) {
            snprintf(target, sizeof target, "/one/%d%s", length,
                     requests[i][0]);
            assert_answered(web, target, requests[i][1]);
            if (length == 6000)
                assert_int_equal(last_status, 200);
        }
        assert_int_equal(last_status, 500);
        for (int count = 200; count < 500; count += 3) {
            snprintf(target, sizeof target, "/many/%d%s", count,
                     requests[i][0]);
            assert_answered(web, target, requests[i][1]);
        }
        assert_int_equal(last_status, 500);
    }
}

static void reply_that_does_not_fit_is_500(void **state)
{
    const test_route routes[] = {{"GET", "/one/{length}", one_field},
                                 {"GET", "/many/{count}", many_fields},
                                 {0}};
    duet_server_options options = {.connection_memory_bytes = 8192};

    (void)state;
    options.error_log = fopen("/dev/null", "w");
    test_web_run(routes, &options, grow);
    fclose(options.error_log);
}

TEST_MAIN(test(reply_that_does_not_fit_is_500))
