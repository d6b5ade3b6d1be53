/* SPDX-License-Identifier: MIT */
#include "server/mhd/reference.h"

#include <stdatomic.h>
#include <sys/socket.h>

#include "support/test.h"
#include "support/web.h"

static atomic_int sent;

static ssize_t count_and_send(int descriptor, const struct msghdr *message,
                              int flags)
{
    sent++;
    return sendmsg(descriptor, message, flags);
}

static int say_ok(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "ok");
}

static const test_route routes[] = {{"GET", "/", say_ok}, {0}};

static void ask(test_web *web)
{
    test_expect_body(test_get(web, "/"), "ok");
}

static void only_the_library_calls_the_function(void **state)
{
    struct msghdr nothing = {0};

    (void)state;
    test_web_run(routes, NULL, ask);
    assert_int_equal(sent, 0);
    duet__mhd_refer("sendmsg", (duet__mhd_function *)count_and_send);
    test_web_run(routes, NULL, ask);
    assert_true(sent > 0);
    sent = 0;
    assert_int_equal(sendmsg(-1, &nothing, 0), -1);
    assert_int_equal(sent, 0);
}

TEST_MAIN(test(only_the_library_calls_the_function))
