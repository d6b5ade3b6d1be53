/* SPDX-License-Identifier: MIT */
#include "client/exchange/response.h"
#include "support/client.h"
#include "support/test.h"

static duet_response *kept;

static void read_response(test_client *client)
{
    duet_response *response;
    size_t bytes = 99;

    client->reply =
        "HTTP/1.1 404 Gone\r\nContent-Length: 3\r\nA: b\r\n\r\na\tb";
    response = test_client_get(client, "/x?y#z");
    assert_int_equal(duet_response_status(response), 404);
    assert_status(duet_response_expect(response, 404, 404), 0);
    assert_status(duet_response_expect(response, 405, 499), DUET_EHTTP);
    assert_status(duet_response_expect(response, 200, 299), DUET_EHTTP);
    assert_non_null(strstr(duet_error_message(DUET_EHTTP), ": status 404"));
    assert_int_equal(duet_response_redirects(response), 0);
    assert_false(duet_response_reused(response));
    assert_string_equal(duet_response_url(response),
                        test_client_url(client, "/x?y#z"));
    assert_string_equal(duet_fields_get(duet_response_fields(response), "a"),
                        "b");
    assert_string_equal(duet_response_body(response, &bytes), "a\tb");
    assert_int_equal(bytes, 3);
    assert_true(duet_response_timings(response).total_ns > 0);
    duet_response_free(response);
    client->reply = "HTTP/1.1 204 None\r\n\r\n";
    kept = test_client_get(client, "/");
    assert_true(duet_response_reused(kept));
}

static void response_says_all_and_outlives_its_session(void **state)
{
    size_t bytes = 99;

    (void)state;
    test_client_run(read_response, NULL);
    assert_int_equal(duet_response_status(kept), 204);
    assert_string_equal(duet_response_body(kept, &bytes), "");
    assert_int_equal(bytes, 0);
    duet_response_free(kept);
}

static void freeing_nothing_does_nothing(void **state)
{
    (void)state;
    duet_response_free(NULL);
}

TEST_MAIN(test(response_says_all_and_outlives_its_session),
          test(freeing_nothing_does_nothing))
