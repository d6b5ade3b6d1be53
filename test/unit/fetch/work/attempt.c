/* SPDX-License-Identifier: MIT */
#include "support/canned.h"
#include "support/dns.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "fetch/work/attempt.h"

static duet__fetcher_options options = {
    .at_once = 4, .per_host = 4, .method = "GET"};
static duet_session *session;
static duet__fetch_body body;
static duet__fetch_attempt attempt;

static void attempt_at(const test_canned *server, const char *path)
{
    char url[100];

    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", server->port, path);
    assert_status(duet__fetch_session_open(&options, &session), 0);
    assert_status(duet__fetch_body_init(&body, EVP_sha256(), -1, 1), 0);
    duet__fetch_attempt_run(session, &options, url, &body, &attempt,
                            duet_in_ms(20000));
}

static void end_attempt(void)
{
    duet__fetch_attempt_free(&attempt);
    assert_null(attempt.response);
    duet__fetch_body_free(&body);
    duet_session_close(session);
}

static int whole_response(test_canned *server)
{
    attempt_at(server, "/hello");
    assert_status(attempt.error, 0);
    assert_int_equal(attempt.http_status, 200);
    assert_string_equal(attempt.content_type, "text/plain");
    assert_non_null(strstr(attempt.final_url, "/hello"));
    assert_int_equal(body.bytes, 5);
    assert_string_equal(
        body.sha256,
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    assert_true(attempt.timings.connect_ns > 0);
    assert_true(attempt.timings.tls_ns < 0);
    end_attempt();
    return 0;
}

static void whole_response_is_told_of(void **state)
{
    (void)state;
    test_with_canned(whole_response);
}

static int other_statuses(test_canned *server)
{
    attempt_at(server, "/busy");
    assert_status(attempt.error, 0);
    assert_int_equal(attempt.http_status, 503);
    assert_string_equal(attempt.retry_after, "0");
    end_attempt();
    attempt_at(server, "/moved");
    assert_int_equal(attempt.http_status, 200);
    assert_non_null(strstr(attempt.final_url, "/hello"));
    end_attempt();
    options.redirects_max = -1;
    attempt_at(server, "/moved");
    assert_int_equal(attempt.http_status, 302);
    end_attempt();
    options.redirects_max = 0;
    return 0;
}

static void any_status_is_a_response(void **state)
{
    (void)state;
    test_with_canned(other_statuses);
}

static int cut_body(test_canned *server)
{
    attempt_at(server, "/cut");
    assert_status(attempt.error, DUET_ETRUNCATED);
    assert_string_equal(attempt.error_phase, "body");
    assert_non_null(strstr(attempt.error_detail, "127.0.0.1"));
    assert_int_equal(body.bytes, 5);
    assert_string_equal(body.sha256, "");
    end_attempt();
    return 0;
}

static void failure_has_a_phase_and_a_detail(void **state)
{
    (void)state;
    test_with_canned(cut_body);
}

static int full_disk(test_canned *server)
{
    char url[100];

    snprintf(url, sizeof url, "http://127.0.0.1:%d/hello", server->port);
    assert_status(duet__fetch_session_open(&options, &session), 0);
    assert_status(duet__fetch_body_init(&body, EVP_sha256(), -1, 1), 0);
    body.is_kept = true;
    body.file.descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC);
    duet__fetch_attempt_run(session, &options, url, &body, &attempt,
                            duet_in_ms(20000));
    assert_true(attempt.error < 0);
    assert_string_equal(attempt.error_phase, "file");
    assert_true(attempt.error_detail[0] != '\0');
    close(body.file.descriptor);
    body.file.descriptor = -1;
    end_attempt();
    return 0;
}

static void file_that_cannot_be_written_is_named(void **state)
{
    (void)state;
    test_with_canned(full_disk);
}

static void assert_look_up(const char *origin, int expected)
{
    const char *flaw = NULL;

    assert_status(duet__fetch_look_up(session, duet__text_from(origin), &flaw),
                  expected);
    if (expected != 0)
        assert_non_null(flaw);
}

static int look_up_names(test_canned *server)
{
    duet__fetcher_options with_dns = options;
    test_dns dns;

    (void)server;
    test_dns_start(&dns);
    with_dns.dns_servers = dns.address;
    assert_status(duet__fetch_session_open(&with_dns, &session), 0);
    assert_look_up("http://known.example:81", 0);
    assert_look_up("http://missing.example", DUET_ERESOLVE);
    assert_look_up("http://127.0.0.1", 0);
    duet_session_close(session);
    test_dns_stop(&dns);
    return 0;
}

static void name_is_looked_up_before_it_is_needed(void **state)
{
    (void)state;
    test_with_canned(look_up_names);
}

static void host_without_an_address_fails_in_its_phase(void **state)
{
    (void)state;
    assert_status(duet__fetch_body_init(&body, EVP_sha256(), -1, 1), 0);
    duet__fetch_attempt_unnamed(&attempt, &body, "http://me:p@no.host:81/a",
                                DUET_ERESOLVE, "not found");
    assert_int_equal(attempt.error, DUET_ERESOLVE);
    assert_string_equal(attempt.error_phase, "resolve");
    assert_string_equal(attempt.error_detail, "resolve no.host:81: not found");
    assert_true(attempt.timings.connect_ns < 0);
    duet__fetch_attempt_free(&attempt);
    duet__fetch_body_free(&body);
}

TEST_MAIN(test(name_is_looked_up_before_it_is_needed),
          test(host_without_an_address_fails_in_its_phase),
          test(whole_response_is_told_of), test(any_status_is_a_response),
          test(failure_has_a_phase_and_a_detail),
          test(file_that_cannot_be_written_is_named))
