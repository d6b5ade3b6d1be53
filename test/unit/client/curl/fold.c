/* SPDX-License-Identifier: MIT */
#include "client/curl/fold.h"
#include "client/curl/transfer.h"
#include "client/session/session.h"
#include "support/client.h"
#include "support/test.h"

#include <duet/duet.h>

static void guard(test_client *client)
{
    duet__transfer *transfer = duet__transfer_take(client->session->driver);
    char field[] = " X: y\r\n";
    char empty[] = "\r\n";

    client->session->driver->libcurl_version = 0x075801; /* 7.88.1 */
    duet__curl_fold_guard(transfer, field, sizeof field - 1);
    assert_string_equal(field, " X: y\r\n");
    duet__curl_fold_begin(transfer);
    duet__curl_fold_guard(transfer, empty, 2);
    assert_string_equal(empty, "\r\n");
    duet__curl_fold_guard(transfer, empty, 0);
    duet__curl_fold_guard(transfer, field, sizeof field - 1);
    assert_string_equal(field, "\x01X: y\r\n");
    duet__curl_fold_end(transfer);
    field[0] = '\t';
    duet__curl_fold_guard(transfer, field, sizeof field - 1);
    assert_string_equal(field, "\tX: y\r\n");
    client->session->driver->libcurl_version = 0x080e01; /* mended itself */
    duet__curl_fold_begin(transfer);
    duet__curl_fold_guard(transfer, field, sizeof field - 1);
    assert_string_equal(field, "\tX: y\r\n");
    duet__transfer_recycle(transfer);
}

static void first_line_of_a_head_continues_nothing(void **state)
{
    (void)state;
    test_client_run(guard, NULL);
}

TEST_MAIN(test(first_line_of_a_head_continues_nothing))
