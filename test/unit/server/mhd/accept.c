/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/request/server_state.h"
#include "support/valgrind.h"
#include "support/web.h"

static int hello(duet_request *request, void *context)
{
    (void)context;
    return duet_reply_text(request, 200, "hello");
}

static int sleep_long(duet_request *request, void *context)
{
    (void)context;
    (void)!duet_sleep(DUET_NEVER);
    return duet_reply_text(request, 200, "slept");
}

static const test_route routes[] = {
    {"GET", "/", hello}, {"GET", "/sleep", sleep_long}, {0}};

/* As many as fill the places, and those for 503, all within a turn. */
enum { MAX = 8, CLIENTS = MAX + 64 + 16 };

static uint64_t accepted; /* so far, or soon */

static bool all_have_left(void *argument)
{
    const test_web *web = argument;
    duet_server_counts counts;

    duet_server_count(web->server, &counts);
    return counts.connections == 0 && counts.connections_accepted == accepted;
}

static void come_and_leave_at_once(test_web *web)
{
    int clients[CLIENTS];

    accepted = 0;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < CLIENTS; i++)
            clients[i] = test_connect(web);
        for (int i = 0; i < CLIENTS; i++)
            close(clients[i]);
        accepted += CLIENTS;
        test_until(all_have_left, web);
        accepted++;
        test_expect_body(test_get(web, "/"), "hello");
    }
}

static void server_listens_again_after_its_limit(void **state)
{
    const duet_server_options options = {.connections_max = MAX};

    (void)state;
    test_web_run(routes, &options, come_and_leave_at_once);
}

/* Takes all descriptors but `spare`; gives them back. */
static int taken[1100];
static int taken_count;
static struct rlimit before;

static void take_descriptors(int spare)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit = before;
    limit.rlim_cur = 1000;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    taken_count = 0;
    for (;;) {
        int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);

        if (descriptor < 0)
            break;
        taken[taken_count++] = descriptor;
    }
    while (spare-- > 0)
        close(taken[--taken_count]);
}

static void give_back(void)
{
    while (taken_count > 0)
        close(taken[--taken_count]);
    setrlimit(RLIMIT_NOFILE, &before);
}

static void lack_with_idle_connection(test_web *web)
{
    int idle = test_connect(web);
    int client;

    test_send(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    test_receive_until(web, idle, "hello");
    take_descriptors(1);
    client = test_connect(web);
    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    test_expect_body(test_receive(web, client), "hello");
    give_back();
    close(idle);
}

/* Valgrind accepts what is beyond the limit, and closes it. */
static void needs_a_limit(void)
{
    if (test_on_valgrind())
        test_skip("Valgrind closes connections beyond the limit");
}

static void idle_connection_makes_room_for_another(void **state)
{
    (void)state;
    needs_a_limit();
    test_web_run(routes, NULL, lack_with_idle_connection);
}

static bool one_runs(void *argument)
{
    const test_web *web = argument;

    return web->server->counts.running == 1;
}

static void lack_with_busy_connection(test_web *web)
{
    int busy = test_connect(web);
    int client;

    test_send(busy, "GET /sleep HTTP/1.1\r\nHost: a\r\n\r\n");
    test_until(one_runs, web);
    take_descriptors(1);
    client = test_connect(web);
    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_status(duet_sleep(duet_in_ms(20)), 0);
    give_back();
    test_expect_body(test_receive(web, client), "hello");
    assert_int_equal(web->server->connections.accepted, 2);
    close(busy);
}

static void descriptors_freed_by_others_are_used(void **state)
{
    (void)state;
    needs_a_limit();
    test_web_run(routes, NULL, lack_with_busy_connection);
}

static bool is_paused(void *argument)
{
    return ((const test_web *)argument)->server->mhd.is_paused;
}

static void lack_without_connection(test_web *web)
{
    uint64_t steps;
    int client;

    take_descriptors(1);
    client = test_connect(web);
    test_send(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    test_until(is_paused, web);
    steps = web->server->mhd.steps;
    assert_int_equal(steps, 0);
    give_back();
    test_expect_body(test_receive(web, client), "hello");
}

static void server_without_descriptors_pauses(void **state)
{
    (void)state;
    needs_a_limit();
    test_web_run(routes, NULL, lack_without_connection);
}

TEST_MAIN(test(server_listens_again_after_its_limit),
          test(idle_connection_makes_room_for_another),
          test(descriptors_freed_by_others_are_used),
          test(server_without_descriptors_pauses))
