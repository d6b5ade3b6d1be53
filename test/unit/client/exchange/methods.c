/* SPDX-License-Identifier: MIT */
#include "support/client.h"
#include "support/test.h"

static void expect_head(test_client *client, int status,
                        duet_response *response, const char *head,
                        const char *body)
{
    assert_status(status, 0);
    assert_memory_equal(client->wire.head, head, strlen(head));
    assert_string_equal(client->wire.body, body);
    duet_response_free(response);
}

static void send_all(test_client *client)
{
    const duet_fetch_options options = {.body = "other", .body_bytes = 5};
    const char *url = test_client_url(client, "/");
    duet_session *session = client->session;
    duet_response *got;
    int status = duet_get(session, url, NULL, &got, DUET_NEVER);

    expect_head(client, status, got, "GET / ", "");
    status = duet_delete(session, url, NULL, &got, DUET_NEVER);
    expect_head(client, status, got, "DELETE / ", "");
    status = duet_post(session, url, "a", 1, &options, &got, DUET_NEVER);
    expect_head(client, status, got, "POST / ", "a");
    status = duet_put(session, url, "b", 1, NULL, &got, DUET_NEVER);
    expect_head(client, status, got, "PUT / ", "b");
    status = duet_patch(session, url, "c", 1, NULL, &got, DUET_NEVER);
    expect_head(client, status, got, "PATCH / ", "c");
    client->reply = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
    status = duet_head(session, url, NULL, &got, DUET_NEVER);
    expect_head(client, status, got, "HEAD / ", "");
}

static void short_forms_send_their_methods(void **state)
{
    (void)state;
    test_client_run(send_all, NULL);
}

TEST_MAIN(test(short_forms_send_their_methods))
