/* SPDX-License-Identifier: MIT */
#include "client/curl/finish.h"
#include "client/curl/transfer.h"
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

static int get_silence(void *argument)
{
    test_client *client = argument;
    duet_response *response;

    return duet_get(client->session, test_client_url(client, "/"), NULL,
                    &response, DUET_NEVER);
}

static void cancel_and_look(test_client *client)
{
    const duet__curl_driver *driver = client->session->driver;
    duet_task *task;

    client->reply = "";
    /* Before libcurl has it, */
    assert_status(duet_spawn(get_silence, client,
                             &(duet_spawn_options){.start_now = true}, &task),
                  0);
    assert_false(duet__list_is_empty(&driver->entering));
    duet_task_cancel(task);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    expect_empty(driver);
    /* and while it has. */
    assert_status(duet_spawn(get_silence, client, NULL, &task), 0);
    while (duet__list_is_empty(&driver->running))
        (void)!duet_sleep(duet_in_ms(1));
    duet_task_cancel(task);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    (void)!duet_yield();
    (void)!duet_sleep(duet_in_ms(1));
    expect_empty(driver);
}

static void cancelled_transfer_leaves_in_the_same_turn(void **state)
{
    (void)state;
    test_client_run(cancel_and_look, NULL);
}

static void break_and_look(test_client *client)
{
    duet__curl_driver *driver = client->session->driver;
    duet_task *task;
    int result;

    client->reply = "";
    assert_status(duet_spawn(get_silence, client, NULL, &task), 0);
    while (duet__list_is_empty(&driver->running))
        (void)!duet_sleep(duet_in_ms(1));
    duet__curl_end_broken(driver); /* none is */
    assert_false(duet__list_is_empty(&driver->running));
    duet__transfer_break(
        DUET__MEMBER(driver->running.next, duet__transfer, link), 0);
    assert_false(driver->has_broken);
    duet__transfer_break(
        DUET__MEMBER(driver->running.next, duet__transfer, link), DUET_ENOMEM);
    assert_true(driver->has_broken);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ENOMEM);
    assert_false(driver->has_broken);
    expect_empty(driver);
}

static void broken_transfer_ends_with_its_code(void **state)
{
    (void)state;
    test_client_run(break_and_look, NULL);
}

TEST_MAIN(test(cancelled_transfer_leaves_in_the_same_turn),
          test(broken_transfer_ends_with_its_code))
