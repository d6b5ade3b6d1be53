/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <dlfcn.h>
#include <signal.h>

#include "server/request/server_state.h"
#include "support/web.h"

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static const test_route routes[] = {{"GET", "/", hello}, {0}};

static void look_at_sigpipe(test_web *web)
{
    struct sigaction action;

    (void)web;
    sigaction(SIGPIPE, NULL, &action);
    assert_true(action.sa_handler == SIG_IGN);
}

static void sigpipe_is_ignored(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_DFL);
    test_web_run(routes, NULL, look_at_sigpipe);
}

static void serve_again(test_web *web)
{
    test_expect_body(test_get(web, "/"), "hello");
}

static void servers_come_and_go(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        test_web_run(routes, NULL, serve_again);
}

/* --- a library that asks for another run for ever ------------------------ */

static bool asks_for_ever;
static int64_t asked;

/* In place of libmicrohttpd's. */
int MHD_get_timeout(void *daemon, unsigned long long *ms);
int MHD_get_timeout(void *daemon, unsigned long long *ms)
{
    int (*real)(void *, unsigned long long *);

    *(void **)&real = dlsym(RTLD_NEXT, "MHD_get_timeout");
    asked++;
    if (!asks_for_ever)
        return real(daemon, ms);
    *ms = 0;
    return 1;
}

static void rest(test_web *web)
{
    int64_t begin_ns;
    int64_t ms;

    asks_for_ever = true;
    test_expect_body(test_get(web, "/"), "hello");
    asked = 0;
    begin_ns = duet_clock_ns();
    assert_status(duet_sleep(duet_in_ms(200)), 0);
    ms = (duet_clock_ns() - begin_ns) / 1000000;
    assert_in_range(asked, 1, 100 + ms / 10); /* a pause is 10 ms */
    test_expect_body(test_get(web, "/"), "hello");
    asks_for_ever = false;
}

static void driver_that_is_asked_to_run_for_ever_makes_pauses(void **state)
{
    (void)state;
    test_web_run(routes, NULL, rest);
    assert_true(asked > 0);
}

TEST_MAIN(test(driver_that_is_asked_to_run_for_ever_makes_pauses),
          test(sigpipe_is_ignored), test(servers_come_and_go))
