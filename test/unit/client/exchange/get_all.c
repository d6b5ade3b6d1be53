/* SPDX-License-Identifier: MIT */
#include <duet/get_all.h>

#include <stdio.h>
#include <stdlib.h>

#include <duet/task.h>

#include "support/client.h"
#include "support/test.h"

enum { COUNT = 5 };

static char urls_text[COUNT][64];
static const char *urls[COUNT];

static void make_urls(const test_client *client)
{
    for (int i = 0; i < COUNT; i++) {
        snprintf(urls_text[i], sizeof urls_text[i], "http://127.0.0.1:%d/%d",
                 client->wire.port, i);
        urls[i] = urls_text[i];
    }
}

static void get_some(test_client *client)
{
    const duet_fetch_options fields = {.body_bytes_max = 2};
    const duet_get_all_options two = {
        .at_once = 2, .timeout_ms = 60000, .fetch = &fields};
    duet_get_result results[COUNT];

    make_urls(client);
    urls[1] = "nonsense";
    assert_status(
        duet_get_all(client->session, urls, COUNT, &two, results, DUET_NEVER),
        0);
    for (int i = 0; i < COUNT; i++) {
        if (i == 1)
            continue;
        assert_status(results[i].status, 0);
        assert_null(results[i].message);
        assert_string_equal(duet_response_url(results[i].response), urls[i]);
        assert_string_equal(duet_response_body(results[i].response, NULL),
                            "ok");
    }
    assert_status(results[1].status, DUET_EURL);
    assert_null(results[1].response);
    assert_string_equal(
        results[1].message,
        "URL has no scheme; write http:// or https:// before it");
    assert_true(client->wire.connections <= 2);
    duet_get_results_clear(results, COUNT);
    assert_null(results[0].response);
    assert_status(
        duet_get_all(client->session, NULL, 0, NULL, NULL, DUET_NEVER), 0);
    duet_get_results_clear(NULL, 0);
}

static void results_are_in_the_order_of_the_urls(void **state)
{
    (void)state;
    test_client_run(get_some, NULL);
}

static void get_late(test_client *client)
{
    const duet_get_all_options brief = {.timeout_ms = 5};
    duet_get_result results[COUNT];

    make_urls(client);
    client->reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    assert_status(
        duet_get_all(client->session, urls, COUNT, &brief, results, DUET_NEVER),
        0);
    for (int i = 0; i < COUNT; i++)
        assert_status(results[i].status, DUET_ETIMEDOUT);
    duet_get_results_clear(results, COUNT);
    assert_status(duet_get_all(client->session, urls, COUNT, NULL, results,
                               duet_in_ms(5)),
                  0);
    for (int i = 0; i < COUNT; i++) {
        assert_status(results[i].status, DUET_ETIMEDOUT);
        assert_non_null(results[i].message);
    }
    duet_get_results_clear(results, COUNT);
}

static void deadline_ends_each_url_with_a_status_of_its_own(void **state)
{
    (void)state;
    test_client_run(get_late, NULL);
}

typedef struct cancelled_get {
    duet_session *session;
    duet_get_result results[COUNT];
} cancelled_get;

static int get_for_ever(void *argument)
{
    cancelled_get *own = argument;

    return duet_get_all(own->session, urls, COUNT, NULL, own->results,
                        DUET_NEVER);
}

static void cancel(test_client *client)
{
    cancelled_get own = {.session = client->session};
    duet_task *task;
    int result;

    make_urls(client);
    client->reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    assert_status(duet_spawn(get_for_ever, &own, NULL, &task), 0);
    while (client->wire.requests < COUNT)
        assert_status(duet_sleep(duet_in_ms(1)), 0);
    duet_task_cancel(task);
    assert_status(duet_join(task, &result, DUET_NEVER), 0);
    assert_status(result, DUET_ECANCELED);
    for (int i = 0; i < COUNT; i++) {
        assert_null(own.results[i].response);
        assert_null(own.results[i].message);
    }
}

static void cancelled_call_leaves_nothing(void **state)
{
    (void)state;
    test_client_run(cancel, NULL);
}

static int take_nothing(void *context, const void *bytes, size_t count)
{
    (void)context, (void)bytes, (void)count;
    return 0;
}

static void refuse_options(test_client *client)
{
    duet_response *failed;
    const duet_fetch_options one_sink = {.body_sink = take_nothing};
    const duet_fetch_options one_failed = {.out_failed = &failed};
    const duet_get_all_options options[] = {{.timeout_ms = -2},
                                            {.at_once = 1000001},
                                            {.fetch = &one_sink},
                                            {.fetch = &one_failed}};
    duet_get_result results[COUNT];

    make_urls(client);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        assert_status(duet_get_all(client->session, urls, COUNT, &options[i],
                                   results, DUET_NEVER),
                      DUET_EINVAL);
    assert_int_equal(client->wire.requests, 0);
}

static void options_that_many_urls_cannot_share_are_refused(void **state)
{
    (void)state;
    test_client_run(refuse_options, NULL);
}

TEST_MAIN(test(results_are_in_the_order_of_the_urls),
          test(deadline_ends_each_url_with_a_status_of_its_own),
          test(cancelled_call_leaves_nothing),
          test(options_that_many_urls_cannot_share_are_refused))
