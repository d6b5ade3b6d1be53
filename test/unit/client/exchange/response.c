/* SPDX-License-Identifier: MIT */
#include "client/exchange/response.h"
#include "support/client.h"
#include "support/memory.h"
#include "support/test.h"

#include <duet/duet.h>
#include <jansson.h>

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

/* --- the status that is asked for ---------------------------------------- */

static void expect_refused(duet_response *failed, int status, const char *body)
{
    assert_status(status, DUET_EHTTP);
    assert_non_null(strstr(duet_error_message(DUET_EHTTP), "/x: status 404"));
    assert_int_equal(duet_error_phase(), DUET_PHASE_NONE);
    assert_int_equal(duet_response_status(failed), 404);
    assert_string_equal(duet_response_body(failed, NULL), body);
    duet_response_free(failed);
}

static void ask_for_success(test_client *client)
{
    duet_response *failed;
    const duet_fetch_options options = {.expect = DUET_SUCCESS,
                                        .out_failed = &failed};
    const char *url = test_client_url(client, "/x");
    duet_session *session = client->session;
    duet_response *got;
    int status = duet_get(session, url, &options, &got, DUET_NEVER);

    assert_status(status, 0);
    assert_null(failed);
    duet_response_free(got);
    client->reply = "HTTP/1.1 404 Gone\r\nContent-Length: 3\r\n\r\nbad";
    status = duet_fetch(session, "GET", url, &options, &got, DUET_NEVER);
    assert_null(got);
    expect_refused(failed, status, "bad");
    status = duet_open(session, "GET", url, &options, &got, DUET_NEVER);
    assert_null(got);
    expect_refused(failed, status, "");
    duet_response_free(test_client_get(client, "/x"));
}

static void
other_status_than_asked_for_is_a_failure_that_keeps_all(void **state)
{
    (void)state;
    test_client_run(ask_for_success, NULL);
}

static void ask_by_session(test_client *client)
{
    const duet_fetch_options any = {.expect = DUET_ANY_STATUS};
    const char *url = test_client_url(client, "/");
    duet_response *got;

    client->reply = "HTTP/1.1 300 Many\r\nContent-Length: 0\r\n\r\n";
    assert_status(duet_get(client->session, url, NULL, &got, DUET_NEVER),
                  DUET_EHTTP);
    assert_status(duet_get(client->session, url, &any, &got, DUET_NEVER), 0);
    assert_int_equal(duet_response_status(got), 300);
    duet_response_free(got);
}

static void session_may_ask_for_success_of_all_calls(void **state)
{
    (void)state;
    test_client_run(ask_by_session,
                    &(duet_session_options){.expect = DUET_SUCCESS});
}

static void redirect(test_client *client)
{
    const duet_fetch_options follow = {.expect = DUET_SUCCESS,
                                       .max_redirects = 1};
    const duet_fetch_options stay = {.expect = DUET_SUCCESS,
                                     .max_redirects = -1};
    const char *url = test_client_url(client, "/");
    duet_response *got;

    client->reply =
        "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n";
    assert_status(duet_get(client->session, url, &stay, &got, DUET_NEVER),
                  DUET_EHTTP);
    assert_status(duet_get(client->session, url, &follow, &got, DUET_NEVER),
                  DUET_EREDIRECTS);
}

static void followed_redirect_is_not_what_the_status_is_asked_of(void **state)
{
    (void)state;
    test_client_run(redirect, NULL);
}

/* --- JSON ---------------------------------------------------------------- */

/* Gets a body, read up to this depth; 0 is the default. */
static duet_response *get_body(test_client *client, const char *body,
                               int64_t depth_max)
{
    const duet_fetch_options options = {.json_depth_max = depth_max};
    char reply[5000];
    duet_response *response;

    snprintf(reply, sizeof reply,
             "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
             body);
    client->reply = reply;
    assert_status(duet_get(client->session, test_client_url(client, "/"),
                           &options, &response, DUET_NEVER),
                  0);
    client->reply = NULL;
    return response;
}

static void expect_malformed(test_client *client, const char *body,
                             int64_t depth_max, const char *detail)
{
    duet_response *response = get_body(client, body, depth_max);
    json_t *json;

    assert_status(duet_response_json(response, &json), DUET_EJSON);
    assert_null(json);
    assert_non_null(strstr(duet_error_message(DUET_EJSON), detail));
    duet_response_free(response);
}

static void read_json(test_client *client)
{
    duet_response *response = get_body(client, "{\"a\": [1, true]}", 0);
    json_t *json;
    json_t *again;
    json_t *longer;

    assert_status(duet_response_json(response, &json), 0);
    assert_int_equal(
        json_integer_value(json_array_get(json_object_get(json, "a"), 0)), 1);
    assert_status(duet_response_json(response, &again), 0);
    assert_ptr_equal(again, json);
    longer = json_incref(json_object_get(json, "a"));
    duet_response_free(response);
    assert_int_equal(json_array_size(longer), 2);
    assert_int_equal(longer->refcount, 1);
    json_decref(longer);

    expect_malformed(client, "{\"a\":\n ?}", 0, "line 2, column 2");
    expect_malformed(client, "{\"a\": 1, \"a\": 2}", 0, "duplicate");
    expect_malformed(client, "", 0, "line 1");
    expect_malformed(client, "[[]]", 1, "json_depth_max");
    response = get_body(client, "[]", 1);
    assert_status(duet_response_json(response, &json), 0);
    duet_response_free(response);
}

static void json_is_read_and_its_flaw_is_named(void **state)
{
    (void)state;
    test_client_run(read_json, NULL);
}

static int read_on_small_stack(void *response)
{
    json_t *json;

    assert_status(duet_response_json(response, &json), DUET_ETOOLARGE);
    assert_null(json);
    return 0;
}

static void read_deep_json(test_client *client)
{
    const duet_spawn_options small = {.stack_bytes = 64 << 10};
    char deep[4001];
    duet_response *response;
    duet_task *task;

    memset(deep, '[', 2000);
    memset(deep + 2000, ']', 2000);
    deep[4000] = '\0';
    response = get_body(client, deep, 2048);
    assert_status(duet_spawn(read_on_small_stack, response, &small, &task), 0);
    assert_status(duet_join(task, NULL, DUET_NEVER), 0);
    duet_response_free(response);
}

static void json_too_deep_for_the_stack_is_not_read(void **state)
{
    (void)state;
    test_client_run(read_deep_json, NULL);
}

static void read_text(test_client *client)
{
    duet_response *response;
    const char *text;
    const char *again;
    size_t length;

    client->reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: "
                    "text/plain; charset=latin1\r\n\r\n\xFC.";
    response = test_client_get(client, "/");
    test_fail_all_allocations();
    assert_status(duet_response_text(response, &text, &length), DUET_ENOMEM);
    test_fail_allocation(0);
    assert_null(text);
    assert_int_equal(length, 0);
    assert_status(duet_response_text(response, &text, &length), 0);
    assert_string_equal(text, "\xC3\xBC.");
    assert_int_equal(length, 3);
    assert_status(duet_response_text(response, &again, NULL), 0);
    assert_ptr_equal(again, text);
    assert_string_equal(duet_response_body(response, NULL), "\xFC.");
    duet_response_free(response);
    response = get_body(client, "\xEF\xBB\xBF", 0);
    assert_status(duet_response_text(response, &text, &length), 0);
    assert_string_equal(text, "");
    duet_response_free(response);
}

static void text_is_utf8_whatever_its_charset(void **state)
{
    (void)state;
    test_client_run(read_text, NULL);
}

static void read_open_body(test_client *client)
{
    duet_response *response;
    json_t *json;
    const char *text;

    assert_status(duet_open(client->session, "GET",
                            test_client_url(client, "/"), NULL, &response,
                            DUET_NEVER),
                  0);
    assert_status(duet_response_json(response, &json), DUET_EINVAL);
    assert_null(json);
    assert_status(duet_response_text(response, &text, NULL), DUET_EINVAL);
    assert_null(text);
    duet_response_free(response);
}

static void body_that_is_not_collected_is_refused(void **state)
{
    (void)state;
    test_client_run(read_open_body, NULL);
}

static void freeing_nothing_does_nothing(void **state)
{
    (void)state;
    duet_response_free(NULL);
}

TEST_MAIN(test(other_status_than_asked_for_is_a_failure_that_keeps_all),
          test(session_may_ask_for_success_of_all_calls),
          test(followed_redirect_is_not_what_the_status_is_asked_of),
          test(json_is_read_and_its_flaw_is_named),
          test(json_too_deep_for_the_stack_is_not_read),
          test(text_is_utf8_whatever_its_charset),
          test(body_that_is_not_collected_is_refused),
          test(response_says_all_and_outlives_its_session),
          test(freeing_nothing_does_nothing))
