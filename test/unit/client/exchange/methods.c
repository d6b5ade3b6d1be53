/* SPDX-License-Identifier: MIT */
#include "support/client.h"
#include "support/test.h"

#include <stdlib.h>

#include <duet/streams.h>

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

static int post(test_client *client, duet_form *form)
{
    duet_response *got;
    duet_response *failed;
    const duet_fetch_options options = {
        .body = "other", .body_bytes = 5, .out_failed = &failed};
    int status = duet_post_form(client->session, test_client_url(client, "/"),
                                form, &options, &got, DUET_NEVER);

    assert_null(failed);
    assert_int_equal(got == NULL, status != 0);
    duet_response_free(got);
    return status;
}

static void send_forms(test_client *client)
{
    duet_reader *reader;
    duet_writer *writer;
    duet_form *form;

    assert_status(duet_form_new(NULL, &form), 0);
    assert_status(duet_form_add_text(form, "a b", "c&d"), 0);
    for (int i = 0; i < 2; i++) {
        assert_status(post(client, form), 0);
        assert_memory_equal(client->wire.head, "POST / ", 7);
        assert_non_null(strstr(client->wire.head,
                               "\r\nContent-Type: "
                               "application/x-www-form-urlencoded\r\n"));
        assert_string_equal(client->wire.body, "a+b=c%26d");
    }
    duet_form_free(form);

    assert_status(duet_memory_pipe(0, &reader, &writer), 0);
    assert_status(duet_writer_end(writer, DUET_NEVER), 0);
    duet_writer_close(writer);
    assert_status(duet_form_new(NULL, &form), 0);
    assert_status(duet_form_add_reader(form, "a", reader, NULL), 0);
    assert_status(
        duet_read_skip(duet_form_reader(form), SIZE_MAX, NULL, DUET_NEVER), 0);
    assert_status(post(client, form), DUET_ENOTSUP);
    duet_form_free(form);
}

static void form_is_posted_and_again_if_it_can_be_rewound(void **state)
{
    (void)state;
    test_client_run(send_forms, NULL);
}

static void short_forms_send_their_methods(void **state)
{
    (void)state;
    test_client_run(send_all, NULL);
}

TEST_MAIN(test(form_is_posted_and_again_if_it_can_be_rewound),
          test(short_forms_send_their_methods))
