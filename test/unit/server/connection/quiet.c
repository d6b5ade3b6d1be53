/* SPDX-License-Identifier: MIT */
#include "server/connection/quiet.h"

#include <unistd.h>

#include "server/request/server_state.h"
#include "support/test.h"
#include "support/web.h"

static const test_route routes[] = {{0}};

static bool has_one(void *argument)
{
    duet_server_counts counts;

    duet_server_count(((test_web *)argument)->server, &counts);
    return counts.connections == 1;
}

static int wait_for_quiet(void *connections)
{
    return duet__quiet_wait(connections, DUET_NEVER);
}

static void close_the_last(test_web *web)
{
    const duet_spawn_options now = {.start_now = true};
    duet_task *waiting;
    int client;
    int result = 1;

    assert_status(duet__quiet_wait(&web->server->connections, DUET_NOW), 0);
    client = test_connect(web);
    test_until(has_one, web);
    assert_status(duet__quiet_wait(&web->server->connections, DUET_NOW),
                  DUET_ETIMEDOUT);
    assert_status(
        duet_spawn(wait_for_quiet, &web->server->connections, &now, &waiting),
        0);
    assert_false(duet_task_is_done(waiting));
    close(client);
    assert_status(duet_join(waiting, &result, DUET_NEVER), 0);
    assert_status(result, 0);
}

static void waits_for_the_last_connection(void **state)
{
    (void)state;
    test_web_run(routes, NULL, close_the_last);
}

TEST_MAIN(test(waits_for_the_last_connection))
