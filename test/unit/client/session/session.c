/* SPDX-License-Identifier: MIT */
#include "client/session/session.h"
#include "support/client.h"
#include "support/in_task.h"
#include "support/test.h"

static void expect_refused(const duet_session_options *options, int code)
{
    duet_session *session;

    assert_status(duet_session_open(options, &session), code);
    assert_null(session);
}

in_virtual_time(options_out_of_range_are_refused)
{
    static const char *const resolve[] = {"nonsense", NULL};
    const duet_session_options bad[] = {
        {.connections_max = -2},       {.per_host_max = -2},
        {.kept_max = 10001},           {.kept_max = DUET_NO_LIMIT},
        {.keep_idle_ms = -2},          {.keep_age_ms = -2},
        {.dns_ttl_min_ms = -2},        {.dns_ttl_max_ms = -2},
        {.dns_negative_ttl_ms = -2},   {.dns_entries_max = 1000001},
        {.dns_servers = "not a host"}, {.resolve = resolve},
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_refused(&bad[i], DUET_EINVAL);
    expect_refused(&(duet_session_options){.user_agent = "a\nb"}, DUET_EFIELD);
    expect_refused(&(duet_session_options){.ca_file = "/nowhere.pem"},
                   DUET_ENOENT);
    duet_session_close(NULL);
}

static void expect_kept_for(int64_t idle_ms, int64_t idle_s)
{
    const duet_session_options options = {
        .kept_max = 10000, .keep_idle_ms = idle_ms, .keep_age_ms = idle_ms};
    duet_session *session;

    assert_status(duet_session_open(&options, &session), 0);
    assert_int_equal(session->curl.kept_max, 10000);
    assert_int_equal(session->curl.keep_idle_s, idle_s);
    assert_int_equal(session->curl.keep_age_s, idle_ms == 0 ? 3600 : idle_s);
    duet_session_close(session);
}

in_virtual_time(milliseconds_are_rounded_up_to_seconds)
{
    expect_kept_for(0, 30);
    expect_kept_for(1, 1);
    expect_kept_for(1000, 1);
    expect_kept_for(1001, 2);
    expect_kept_for(DUET_NO_LIMIT, INT32_MAX);
    expect_kept_for(INT64_MAX, INT32_MAX);
}

static void expect_limits(const duet_session_options *options, size_t total,
                          size_t per_host)
{
    duet_session *session;

    assert_status(duet_session_open(options, &session), 0);
    assert_int_equal(session->admission.total_max, total);
    assert_int_equal(session->admission.per_host_max, per_host);
    duet_session_close(session);
}

in_virtual_time(limits_are_those_of_the_options)
{
    expect_limits(NULL, 100, 6);
    expect_limits(
        &(duet_session_options){.connections_max = 7, .per_host_max = 3}, 7, 3);
    expect_limits(&(duet_session_options){.connections_max = DUET_NO_LIMIT,
                                          .per_host_max = DUET_NO_LIMIT},
                  SIZE_MAX, SIZE_MAX);
}

in_virtual_time(duets_own_fields_are_refused)
{
    static const char *const own[] = {"Content-Length", "transfer-encoding",
                                      "CONNECTION"};

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        duet_session_options options = {0};
        duet_fields *fields;

        assert_status(duet_fields_new(NULL, &fields), 0);
        assert_status(duet_fields_add(fields, own[i], "x"), 0);
        options.fields = fields;
        expect_refused(&options, DUET_EINVAL);
        duet_fields_free(fields);
    }
}

static void without_a_loop_there_is_no_session(void **state)
{
    duet_session *session;

    (void)state;
    assert_status(duet_session_open(NULL, &session), DUET_ENOLOOP);
    assert_null(session);
}

static void see_agent(test_client *client)
{
    duet_response_free(test_client_get(client, "/"));
    assert_non_null(strstr(client->wire.head, "\r\nUser-Agent: me\r\n"));
    assert_non_null(strstr(client->wire.head, "\r\nX-Always: 1\r\n"));
}

static void see_no_agent(test_client *client)
{
    duet_response_free(test_client_get(client, "/"));
    assert_null(strstr(client->wire.head, "User-Agent"));
}

static void fields_of_the_session_are_in_every_request(void **state)
{
    duet_session_options options = {.user_agent = "me"};
    duet_fields *fields;

    (void)state;
    assert_status(duet_fields_new(NULL, &fields), 0);
    assert_status(duet_fields_add(fields, "X-Always", "1"), 0);
    options.fields = fields;
    test_client_run(see_agent, &options);
    duet_fields_free(fields);
    test_client_run(see_no_agent, &(duet_session_options){.user_agent = ""});
}

TEST_MAIN(test(options_out_of_range_are_refused),
          test(milliseconds_are_rounded_up_to_seconds),
          test(limits_are_those_of_the_options),
          test(duets_own_fields_are_refused),
          test(without_a_loop_there_is_no_session),
          test(fields_of_the_session_are_in_every_request))
