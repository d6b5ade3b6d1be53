/* SPDX-License-Identifier: MIT */
#include "client/curl/transfer.h"
#include "client/curl/list.h"
#include "client/session/session.h"
#include "support/client.h"
#include "support/test.h"

static void take_two(test_client *client)
{
    duet__curl_driver *driver = client->session->driver;
    duet__transfer *first = duet__transfer_take(driver);
    duet__transfer *second = duet__transfer_take(driver);

    duet__transfer_recycle(first);
    duet__transfer_recycle(second);
    assert_int_equal(driver->idle_count, 2);
    assert_ptr_equal(duet__transfer_take(driver), second);
    assert_ptr_equal(duet__transfer_take(driver), first);
    assert_int_equal(driver->idle_count, 0);
    duet__transfer_recycle(first);
    duet__transfer_recycle(second);
}

static void handle_used_last_is_taken_first(void **state)
{
    (void)state;
    test_client_run(take_two, NULL);
}

static void give_back_with_lists(test_client *client)
{
    duet__curl_driver *driver = client->session->driver;
    duet__transfer *transfer = duet__transfer_take(driver);
    duet__hop hop;

    transfer->hop = &hop;
    assert_true(duet__curl_list_add(&transfer->fields, "A: b"));
    assert_true(duet__curl_list_add(&transfer->resolve, "a:80:127.0.0.1"));
    duet__transfer_recycle(transfer);
    assert_null(transfer->hop);
    assert_null(transfer->fields);
    assert_null(transfer->resolve);
}

static void idle_handle_has_nothing_of_its_request(void **state)
{
    (void)state;
    test_client_run(give_back_with_lists, NULL);
}

static void take_many(test_client *client)
{
    enum { MANY = 300 };
    duet__curl_driver *driver = client->session->driver;
    duet__transfer *transfers[MANY];

    for (int i = 0; i < MANY; i++)
        transfers[i] = duet__transfer_take(driver);
    for (int i = 0; i < MANY; i++)
        duet__transfer_recycle(transfers[i]);
    assert_int_equal(driver->idle_count, 256);
}

static void pool_keeps_256_handles(void **state)
{
    (void)state;
    test_client_run(take_many, NULL);
}

TEST_MAIN(test(handle_used_last_is_taken_first),
          test(idle_handle_has_nothing_of_its_request),
          test(pool_keeps_256_handles))
