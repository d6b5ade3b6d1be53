/* SPDX-License-Identifier: MIT */
#include "http/body/json.h"
#include "support/client.h"
#include "support/test.h"

#include <stdlib.h>

#include <duet/duet.h>
#include <jansson.h>

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

/* --- JSON ---------------------------------------------------------------- */

/* Posts a value of which the caller keeps a reference, if it is not NULL. */
static int post_json(test_client *client, json_t *json,
                     duet_fetch_options options)
{
    size_t references = json != NULL ? json->refcount : 0;
    duet_response *failed = (duet_response *)&failed;
    duet_response *got;
    int status;

    options.body = "other";
    options.body_bytes = 5;
    options.out_failed = &failed;
    status = duet_post_json(client->session, test_client_url(client, "/"),
                            json_incref(json), &options, &got, DUET_NEVER);
    assert_null(failed);
    assert_int_equal(got == NULL, status != 0);
    assert_int_equal(json != NULL ? json->refcount : 0, references);
    duet_response_free(got);
    return status;
}

static void expect_type(const test_client *client, const char *type)
{
    char line[100];

    snprintf(line, sizeof line, "\r\nContent-Type: %s\r\n", type);
    assert_non_null(strstr(client->wire.head, line));
}

static void send_json(test_client *client)
{
    static const char *const problem[] = {
        "Content-Type: application/problem+json", NULL};
    json_t *json = json_pack("{s:[i,s]}", "a", 1, "b");
    const duet_fetch_options none = {.content_type = "text/plain"};

    assert_status(post_json(client, json, none), 0);
    assert_memory_equal(client->wire.head, "POST / ", 7);
    expect_type(client, "application/json");
    assert_string_equal(client->wire.body, "{\"a\":[1,\"b\"]}");
    assert_status(
        post_json(client, json, (duet_fetch_options){.field_lines = problem}),
        0);
    expect_type(client, "application/problem+json");

    assert_status(
        post_json(client, json, (duet_fetch_options){.json_depth_max = 1}),
        DUET_EJSON);
    assert_status(
        post_json(client, json, (duet_fetch_options){.json_depth_max = 2049}),
        DUET_EINVAL);
    assert_status(post_json(client, NULL, none), DUET_EINVAL);
    assert_non_null(strstr(duet_error_message(DUET_EINVAL), "json_pack()"));
    json_decref(json);
}

static void json_is_posted_and_freed_whatever_happens(void **state)
{
    (void)state;
    test_client_run(send_json, NULL);
}

static int post_deep_json(void *client)
{
    json_t *json = json_array();

    for (int i = 0; i < 2000; i++) {
        json_t *outer = json_array();

        json_array_append_new(outer, json);
        json = outer;
    }
    assert_status(
        post_json(client, json, (duet_fetch_options){.json_depth_max = 2048}),
        DUET_ETOOLARGE);
    duet__json_free(json);
    return 0;
}

static void send_deep_json(test_client *client)
{
    const duet_spawn_options small = {.stack_bytes = 64 << 10};
    duet_task *task;

    assert_status(duet_spawn(post_deep_json, client, &small, &task), 0);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
}

static void json_too_deep_for_the_stack_is_not_posted(void **state)
{
    (void)state;
    test_client_run(send_deep_json, NULL);
}

static void json_is_freed_where_no_loop_runs(void **state)
{
    json_t *json = json_pack("[i]", 1);
    duet_response *got;

    (void)state;
    assert_status(duet_post_json(NULL, "http://a.test/", json_incref(json),
                                 NULL, &got, DUET_NEVER),
                  DUET_ENOLOOP);
    assert_null(got);
    assert_int_equal(json->refcount, 1);
    json_decref(json);
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

TEST_MAIN(test(json_is_posted_and_freed_whatever_happens),
          test(json_too_deep_for_the_stack_is_not_posted),
          test(json_is_freed_where_no_loop_runs),
          test(form_is_posted_and_again_if_it_can_be_rewound),
          test(short_forms_send_their_methods))
