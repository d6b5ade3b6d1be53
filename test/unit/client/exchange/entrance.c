/* SPDX-License-Identifier: MIT */
/* Waiting for a name and for a slot. On real time, as libcurl's clock is its
 * own. */
#include "client/exchange/entrance.h"
#include "support/dns.h"
#include "support/test.h"
#include "support/wire.h"

#include <stdio.h>

#include <duet/duet.h>

enum { FETCHERS = 100 };

static test_wire wire;
static test_dns dns;
static duet_session *session;

typedef struct fetcher {
    char url[64];
    duet_response *response; /* what is known, if it failed */
    int status;
    duet_task *task;
} fetcher;

static int ended;

static int fetch(void *argument)
{
    fetcher *self = argument;
    const duet_fetch_options options = {.out_failed = &self->response};
    duet_response *response;

    self->status =
        duet_get(session, self->url, &options, &response, DUET_NEVER);
    if (self->status == 0)
        self->response = response;
    ended++;
    return 0;
}

static void start(fetcher *self)
{
    assert_status(duet_spawn(fetch, self, NULL, &self->task), 0);
}

/* Returns what the fetch came to. */
static int finish(fetcher *self)
{
    assert_status(duet_join(self->task, NULL, DUET_NEVER), 0);
    return self->status;
}

static void serve_ok(test_wire *self, int descriptor, int number)
{
    (void)number;
    while (test_wire_read(self, descriptor))
        test_wire_write(descriptor,
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

typedef struct setting {
    test_wire_serve *serve;
    void (*body)(void);
    duet_session_options options;
} setting;

static int in_setting(void *argument)
{
    setting *self = argument;

    ended = 0;
    test_wire_start(&wire, self->serve);
    test_dns_start(&dns);
    self->options.dns_servers = dns.address;
    assert_status(duet_session_open(&self->options, &session), 0);
    self->body();
    assert_int_equal(session->admission.running, 0);
    assert_int_equal(session->admission.waiting, 0);
    duet_session_close(session);
    test_dns_stop(&dns);
    test_wire_stop(&wire);
    return 0;
}

static void run(setting *self)
{
    assert_status(duet_run(in_setting, self, NULL), 0);
}

/* --- names --------------------------------------------------------------- */

/* More than there are places, and so few that nothing keeps the good ones until
 * c-ares has given up the others. */
enum { EACH = 10 };

static void fetch_silent_and_good(void)
{
    static fetcher silent[EACH];
    static fetcher good[EACH];

    for (int i = 0; i < EACH; i++) {
        snprintf(silent[i].url, sizeof silent[i].url, "http://silent.%d.test/",
                 i);
        start(&silent[i]);
    }
    for (int i = 0; i < EACH; i++) {
        snprintf(good[i].url, sizeof good[i].url, "http://good.test:%d/",
                 wire.port);
        start(&good[i]);
    }
    for (int i = 0; i < EACH; i++) {
        assert_status(finish(&good[i]), 0);
        assert_true(duet_response_timings(good[i].response).resolve_ns > 0);
        duet_response_free(good[i].response);
    }
    assert_int_equal(ended, EACH);
    assert_int_equal(dns.questions, EACH + 1);
    for (int i = 0; i < EACH; i++)
        duet_task_cancel(silent[i].task);
    for (int i = 0; i < EACH; i++) {
        duet_timings timings;

        assert_status(finish(&silent[i]), DUET_ECANCELED);
        timings = duet_response_timings(silent[i].response);
        assert_true(timings.resolve_ns > 0);
        assert_int_equal(timings.queue_ns, 0);
        duet_response_free(silent[i].response);
    }
}

static void names_without_an_answer_hold_no_place_of_other_hosts(void **state)
{
    setting self = {serve_ok, fetch_silent_and_good, {.connections_max = 4}};

    (void)state;
    run(&self);
}

static void fetch_more_names_than_may_be(void)
{
    static fetcher fetchers[FETCHERS];

    for (int i = 0; i < FETCHERS; i++) {
        snprintf(fetchers[i].url, sizeof fetchers[i].url, "http://%d.test:%d/",
                 i, wire.port);
        start(&fetchers[i]);
    }
    for (int i = 0; i < FETCHERS; i++) {
        assert_status(finish(&fetchers[i]), 0);
        duet_response_free(fetchers[i].response);
    }
    assert_int_equal(dns.questions, FETCHERS);
}

static void more_names_than_are_remembered_take_turns(void **state)
{
    setting self = {
        serve_ok, fetch_more_names_than_may_be, {.dns_entries_max = 3}};

    (void)state;
    run(&self);
}

/* --- slots --------------------------------------------------------------- */

static void serve_first_never(test_wire *self, int descriptor, int number)
{
    if (number == 0)
        test_wire_wait_for_end(descriptor);
    else
        serve_ok(self, descriptor, number);
}

static void expect_newer_addresses(void)
{
    fetcher fetchers[3];

    dns.ttl_s = 0; /* 1 ms, that is */
    for (int i = 0; i < 2; i++) {
        snprintf(fetchers[i].url, sizeof fetchers[i].url, "http://a.test:%d/",
                 wire.port);
        start(&fetchers[i]);
    }
    while (session->admission.waiting == 0 || wire.connections == 0)
        assert_status(duet_sleep(duet_in_ms(5)), 0);
    assert_status(duet_sleep(duet_in_ms(1100)), 0);
    dns.ttl_s = 3600;
    dns.last = 2; /* where nobody listens */
    snprintf(fetchers[2].url, sizeof fetchers[2].url, "http://a.test:%d/",
             wire.port);
    start(&fetchers[2]);
    while (session->admission.waiting < 2)
        assert_status(duet_sleep(duet_in_ms(5)), 0);
    duet_task_cancel(fetchers[0].task);
    assert_status(finish(&fetchers[0]), DUET_ECANCELED);
    assert_status(finish(&fetchers[1]), DUET_ECONNREFUSED);
    assert_status(finish(&fetchers[2]), DUET_ECONNREFUSED);
    for (int i = 0; i < 3; i++)
        duet_response_free(fetchers[i].response);
}

static void newer_addresses_are_taken_after_a_long_wait(void **state)
{
    setting self = {serve_first_never,
                    expect_newer_addresses,
                    {.per_host_max = 1, .dns_ttl_min_ms = 1}};

    (void)state;
    run(&self);
}

static void expect_old_addresses(void)
{
    fetcher fetchers[2];

    dns.ttl_s = 0;
    for (int i = 0; i < 2; i++) {
        snprintf(fetchers[i].url, sizeof fetchers[i].url, "http://a.test:%d/",
                 wire.port);
        start(&fetchers[i]);
    }
    while (session->admission.waiting == 0 || wire.connections == 0)
        assert_status(duet_sleep(duet_in_ms(5)), 0);
    assert_status(duet_sleep(duet_in_ms(1100)), 0);
    test_dns_stop(&dns);
    duet_task_cancel(fetchers[0].task);
    assert_status(finish(&fetchers[0]), DUET_ECANCELED);
    assert_status(finish(&fetchers[1]), 0);
    for (int i = 0; i < 2; i++)
        duet_response_free(fetchers[i].response);
    test_dns_start(&dns);
}

static void old_addresses_do_if_there_are_no_newer_ones(void **state)
{
    setting self = {serve_first_never,
                    expect_old_addresses,
                    {.per_host_max = 1, .dns_ttl_min_ms = 1}};

    (void)state;
    run(&self);
}

/* --- a silent server ----------------------------------------------------- */

static void serve_nothing(test_wire *self, int descriptor, int number)
{
    (void)number;
    while (test_wire_read(self, descriptor))
        continue;
}

static void fetch_beside_silence(void)
{
    static fetcher silent[3];
    static test_wire good;
    duet_response *response;
    char url[64];

    test_wire_start(&good, serve_ok);
    for (int i = 0; i < 3; i++) {
        silent[i] = (fetcher){0};
        snprintf(silent[i].url, sizeof silent[i].url, "http://127.0.0.1:%d/",
                 wire.port);
        start(&silent[i]);
    }
    assert_status(duet_yield(), 0);
    assert_int_equal(session->admission.running, 2);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", good.port);
    for (int i = 0; i < 5; i++) { /* the silent ones never end */
        assert_status(duet_get(session, url, NULL, &response, DUET_NEVER), 0);
        duet_response_free(response);
    }
    assert_int_equal(ended, 0);
    for (int i = 0; i < 3; i++) {
        duet_task_cancel(silent[i].task);
        assert_status(finish(&silent[i]), DUET_ECANCELED);
        duet_response_free(silent[i].response);
    }
    test_wire_stop(&good);
}

static void silent_server_does_not_hold_the_others(void **state)
{
    setting setting = {.serve = serve_nothing,
                       .body = fetch_beside_silence,
                       .options = {.connections_max = 2}};

    (void)state;
    run(&setting);
}

TEST_MAIN(test(silent_server_does_not_hold_the_others),
          test(names_without_an_answer_hold_no_place_of_other_hosts),
          test(more_names_than_are_remembered_take_turns),
          test(newer_addresses_are_taken_after_a_long_wait),
          test(old_addresses_do_if_there_are_no_newer_ones))
