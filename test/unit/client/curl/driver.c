/* SPDX-License-Identifier: MIT */
#include "client/curl/state.h"
#include "client/session/session.h"
#include "support/client.h"
#include "support/test.h"

#include <duet/duet.h>

static void expect_empty(const duet__curl_driver *driver)
{
    assert_true(duet__list_is_empty(&driver->entering));
    assert_true(duet__list_is_empty(&driver->running));
    assert_true(duet__list_is_empty(&driver->leaving));
    assert_true(duet__list_is_empty(&driver->done));
}

static void get_and_look(test_client *client)
{
    const duet__curl_driver *driver = client->session->driver;

    for (int i = 0; i < 3; i++) {
        duet_response_free(test_client_get(client, "/"));
        expect_empty(driver);
        assert_int_equal(driver->idle_count, 1);
    }
}

static void transfers_go_back_into_the_pool(void **state)
{
    (void)state;
    test_client_run(get_and_look, NULL);
}

TEST_MAIN(test(transfers_go_back_into_the_pool))
