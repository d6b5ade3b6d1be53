/* SPDX-License-Identifier: MIT */
#include "server/mhd/watch.h"

#include "server/request/server_state.h"
#include "support/test.h"
#include "support/web.h"

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static const test_route routes[] = {{"GET", "/", hello}, {0}};

static void stay_idle(test_web *web)
{
    uint64_t polls;

    test_get(web, "/");
    assert_status(duet_sleep(duet_in_ms(5)), 0);
    polls = web->server->loop->counters.polls;
    assert_status(duet_sleep(duet_in_ms(30)), 0);
    assert_true(web->server->loop->counters.polls - polls < 10);
}

static void idle_server_does_not_turn(void **state)
{
    (void)state;
    test_web_run(routes, NULL, stay_idle);
}

static void ask_for_runs(test_web *web)
{
    duet__mhd *mhd = &web->server->mhd;

    mhd->due_at = DUET_NEVER;
    duet__mhd_run_within(mhd, 1000);
    duet__mhd_run_within(mhd, 2000);
    assert_true(duet_deadline_left_ns(mhd->due_at) <= 1000 * 1000000LL);
    duet__mhd_run_within(mhd, 0);
    assert_true(duet_deadline_is_now(mhd->due_at));
}

static void earliest_wish_counts(void **state)
{
    (void)state;
    test_web_run(routes, NULL, ask_for_runs);
}

TEST_MAIN(test(idle_server_does_not_turn), test(earliest_wish_counts))
