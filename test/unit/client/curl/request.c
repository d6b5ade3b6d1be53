/* SPDX-License-Identifier: MIT */
#include "support/client.h"
#include "support/test.h"

#include <stdio.h>

static void expect_sent(test_client *client, const char *method,
                        const duet_fetch_options *options, const char *has,
                        const char *has_not)
{
    duet_response *response;

    assert_status(duet_fetch(client->session, method,
                             test_client_url(client, "/"), options, &response,
                             DUET_NEVER),
                  0);
    duet_response_free(response);
    assert_non_null(strstr(client->wire.head, has));
    assert_null(strstr(client->wire.head, has_not));
}

static void alternate(test_client *client)
{
    duet_fetch_options body = {.body = "x", .body_bytes = 1};
    duet_fields *fields;

    assert_status(duet_fields_new(NULL, &fields), 0);
    assert_status(duet_fields_add(fields, "X-Empty", ""), 0);
    assert_status(duet_fields_add(fields, "X-Twice", "1"), 0);
    assert_status(duet_fields_add(fields, "X-Twice", "2"), 0);
    /* Each of these uses the handle of the one before. */
    expect_sent(client, "GET", NULL, "GET / HTTP/1.1\r\n", "Content-");
    expect_sent(client, "PURGE", &body, "PURGE / HTTP/1.1\r\n", "Expect");
    expect_sent(client, "GET", NULL, "GET / HTTP/1.1\r\n", "Content-");
    expect_sent(client, "POST", NULL, "Content-Length: 0\r\n", "Content-Type");
    body.fields = fields;
    expect_sent(client, "POST", &body, "X-Empty:\r\n", "Expect");
    assert_non_null(strstr(client->wire.head, "X-Twice: 1\r\nX-Twice: 2\r\n"));
    assert_string_equal(client->wire.body, "x");
    expect_sent(client, "GET", NULL, "GET / HTTP/1.1\r\n", "X-");
    assert_int_equal(client->wire.connections, 1);
    duet_fields_free(fields);
}

static void handle_forgets_the_request_before(void **state)
{
    (void)state;
    test_client_run(alternate, NULL);
}

static void credentials(test_client *client)
{
    duet_response *response;
    char url[64];

    snprintf(url, sizeof url, "http://user:pass@127.0.0.1:%d/",
             client->wire.port);
    assert_status(duet_get(client->session, url, NULL, &response, DUET_NEVER),
                  0);
    duet_response_free(response);
    assert_non_null(
        strstr(client->wire.head, "\r\nAuthorization: Basic dXNlcjpwYXNz\r\n"));
}

static void user_info_is_sent_as_credentials(void **state)
{
    (void)state;
    test_client_run(credentials, NULL);
}

static void odd_targets(test_client *client)
{
    static const char *const targets[] = {
        "/%2F%2f%C3%a9/%zz%", "/a//b/;c=1,2/:@!$&'()*+~",
        "/?a=%2B+b&&c=?/#",   "/p?",
        "/%2e%2E/x...",       "/",
    };

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char line[64];

        snprintf(line, sizeof line, "GET %.*s HTTP/1.1\r\n",
                 (int)strcspn(targets[i], "#"), targets[i]);
        duet_response_free(test_client_get(client, targets[i]));
        assert_memory_equal(client->wire.head, line, strlen(line));
    }
    assert_int_equal(client->wire.connections, 1);
}

static void target_is_sent_byte_for_byte(void **state)
{
    (void)state;
    test_client_run(odd_targets, NULL);
}

static void expect_host(test_client *client, const char *authority,
                        const char *credentials)
{
    duet_response *response;
    char text[96];

    snprintf(text, sizeof text, "http://%s:%d/x", authority, client->wire.port);
    assert_status(duet_get(client->session, text, NULL, &response, DUET_NEVER),
                  0);
    assert_string_equal(duet_response_url(response), text);
    duet_response_free(response);
    if (strchr(authority, '@') != NULL)
        authority = strchr(authority, '@') + 1;
    snprintf(text, sizeof text, "\r\nHost: %s:%d\r\n", authority,
             client->wire.port);
    assert_non_null(strstr(client->wire.head, text));
    snprintf(text, sizeof text, "\r\nAuthorization: Basic %s\r\n", credentials);
    if (credentials[0] != '\0')
        assert_non_null(strstr(client->wire.head, text));
    else
        assert_null(strstr(client->wire.head, "Authorization"));
}

/* All of these use one handle. */
static void origins(test_client *client)
{
    expect_host(client, "127.0.0.1", "");
    expect_host(client, "localhost", "");
    expect_host(client, "u:1@localhost", "dTox");
    expect_host(client, "u:2@localhost", "dToy");
    expect_host(client, "localhost", "");
    expect_host(client, "127.0.0.1", "");
    assert_int_equal(client->wire.connections, 2);
}

static void handle_follows_the_origin(void **state)
{
    (void)state;
    test_client_run(origins, NULL);
}

TEST_MAIN(test(handle_forgets_the_request_before),
          test(user_info_is_sent_as_credentials),
          test(target_is_sent_byte_for_byte), test(handle_follows_the_origin))
