/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>

#include "fetch/frontier/frontier.h"

enum { SECOND_NS = 1000000000 };

static const duet__frontier_limits limits = {
    .per_host = 4, .share = 2, .rests = 2, .bytes_max = 1 << 20};

static duet__frontier frontier;
static uint64_t urls_added;

static void begin(void)
{
    urls_added = 0;
    duet__frontier_init(&frontier, &limits);
}

static void add(const char *origin, int count)
{
    char url[100];

    for (int i = 0; i < count; i++) {
        snprintf(url, sizeof url, "%s/%d", origin, i);
        assert_status(
            duet__frontier_add(&frontier,
                               &(duet__input_item){.url = duet__text_from(url),
                                                   .index = ++urls_added}),
            0);
    }
}

/* The next one, which must be this. */
static duet__fetch_url *next(int64_t now_ns, const char *text)
{
    duet__fetch_url *url = duet__frontier_next(&frontier, now_ns, false);

    assert_non_null(url);
    assert_string_equal(url->text, text);
    return url;
}

static void assert_nothing(int64_t now_ns)
{
    assert_null(duet__frontier_next(&frontier, now_ns, false));
}

static void end(void)
{
    duet__frontier_free(&frontier);
    assert_int_equal(frontier.count, 0);
    assert_int_equal(frontier.bytes, 0);
    assert_int_equal(frontier.hosts.count, 0);
}

static void hosts_take_turns(void **state)
{
    duet__fetch_url *urls[4];

    (void)state;
    begin();
    add("http://10.0.0.1", 3);
    add("http://10.0.0.2", 3);
    urls[0] = next(0, "http://10.0.0.1/0");
    urls[1] = next(0, "http://10.0.0.2/0");
    urls[2] = next(0, "http://10.0.0.1/1");
    urls[3] = next(0, "http://10.0.0.2/1");
    assert_nothing(0); /* both have their share */
    for (int i = 0; i < 4; i++)
        duet__frontier_drop(urls[i]);
    end();
}

static void answers_let_the_share_grow_and_silence_shrink(void **state)
{
    duet__fetch_url *urls[4];

    (void)state;
    begin();
    add("http://10.0.0.1", 6);
    add("http://10.0.0.2", 1);
    for (int i = 0; i < 2; i++)
        urls[i] = duet__frontier_next(&frontier, 0, false);
    duet__frontier_drop(urls[1]); /* the one of 10.0.0.2 */
    urls[1] = next(0, "http://10.0.0.1/1");
    assert_nothing(0);
    for (int i = 0; i < 3; i++)
        duet__frontier_answered(urls[0]);
    urls[2] = next(0, "http://10.0.0.1/2");
    urls[3] = next(0, "http://10.0.0.1/3");
    assert_nothing(0); /* the limit for a host */
    duet__frontier_fell_silent(urls[0]);
    duet__frontier_drop(urls[3]);
    duet__frontier_drop(urls[2]);
    assert_nothing(0);
    duet__frontier_drop(urls[1]);
    duet__frontier_drop(next(0, "http://10.0.0.1/4"));
    duet__frontier_drop(urls[0]);
    end();
}

static void host_that_is_alone_may_go_beyond_its_share(void **state)
{
    duet__fetch_url *urls[4];

    (void)state;
    begin();
    add("http://10.0.0.1", 5);
    for (int i = 0; i < 4; i++) {
        urls[i] = duet__frontier_next(&frontier, 0, true);
        assert_non_null(urls[i]);
    }
    assert_null(duet__frontier_next(&frontier, 0, true));
    for (int i = 0; i < 4; i++)
        duet__frontier_drop(urls[i]);
    end();
}

static void retry_comes_before_the_others_of_its_host(void **state)
{
    duet__fetch_url *url;

    (void)state;
    begin();
    add("http://10.0.0.1", 3);
    url = next(0, "http://10.0.0.1/0");
    url->due_ns = SECOND_NS;
    assert_status(duet__frontier_retry(url), 0);
    assert_int_equal(duet__frontier_due(&frontier).at_ns, SECOND_NS);
    duet__frontier_drop(next(0, "http://10.0.0.1/1"));
    duet__frontier_wake(&frontier, SECOND_NS - 1);
    assert_true(duet__link_is_in(&frontier.turns));
    duet__frontier_wake(&frontier, SECOND_NS);
    duet__frontier_drop(next(SECOND_NS, "http://10.0.0.1/0"));
    duet__frontier_drop(next(SECOND_NS, "http://10.0.0.1/2"));
    end();
}

static void host_that_rests_holds_nobody_else(void **state)
{
    duet__fetch_url *url;

    (void)state;
    begin();
    add("http://10.0.0.1", 1000);
    add("http://10.0.0.2", 2);
    url = next(0, "http://10.0.0.1/0");
    duet__frontier_rest(url, 100LL * SECOND_NS);
    duet__frontier_drop(url);
    duet__frontier_drop(next(0, "http://10.0.0.2/0"));
    duet__frontier_drop(next(0, "http://10.0.0.2/1"));
    assert_nothing(0);
    duet__frontier_wake(&frontier, 100LL * SECOND_NS);
    duet__frontier_drop(next(0, "http://10.0.0.1/1"));
    end();
}

static void host_that_only_asks_for_rest_is_given_up(void **state)
{
    int64_t now_ns = 0;
    int given_up = 0;
    duet__fetch_url *url;

    (void)state;
    begin();
    add("http://10.0.0.1", 10);
    for (int i = 0; i < 3; i++) {
        url = duet__frontier_next(&frontier, now_ns, false);
        assert_non_null(url);
        assert_false(url->is_given_up);
        now_ns += 100LL * SECOND_NS;
        duet__frontier_rest(url, now_ns);
        duet__frontier_drop(url);
        if (i < 2)
            duet__frontier_wake(&frontier, now_ns);
    }
    while ((url = duet__frontier_next(&frontier, now_ns, false)) != NULL) {
        assert_true(url->is_given_up);
        duet__frontier_drop(url);
        given_up++;
    }
    assert_int_equal(given_up, 7);
    assert_int_equal(frontier.count, 0);
    end();
}

static void url_whose_host_is_given_up_while_it_waits_is_too(void **state)
{
    duet__fetch_url *url;

    (void)state;
    begin();
    add("http://10.0.0.1", 1);
    for (int i = 1; i <= 3; i++) {
        url = next(i, "http://10.0.0.1/0");
        duet__frontier_rest(url, i);
        url->due_ns = i + 1;
        assert_status(duet__frontier_retry(url), 0);
        duet__frontier_wake(&frontier, i + 1);
    }
    url = next(4, "http://10.0.0.1/0");
    assert_true(url->is_given_up);
    duet__frontier_drop(url);
    end();
}

static void an_answer_between_makes_a_host_worth_waiting_for(void **state)
{
    duet__fetch_url *url;

    (void)state;
    begin();
    add("http://10.0.0.1", 10);
    for (int i = 1; i <= 8; i++) {
        url = duet__frontier_next(&frontier, 0, false);
        assert_non_null(url);
        assert_false(url->is_given_up);
        if (i % 2 == 0)
            duet__frontier_answered(url);
        else
            duet__frontier_rest(url, i);
        duet__frontier_drop(url);
        duet__frontier_wake(&frontier, i);
    }
    end();
}

static void host_waits_for_its_name_and_holds_nobody_else(void **state)
{
    duet__frontier_host *host;
    duet__fetch_url *url;

    (void)state;
    begin();
    add("http://no.such.host", 100);
    add("http://10.0.0.2", 1);
    duet__frontier_drop(next(0, "http://10.0.0.2/0"));
    assert_nothing(0);
    host = duet__frontier_unnamed(&frontier);
    assert_non_null(host);
    assert_null(duet__frontier_unnamed(&frontier));
    add("http://no.such.host", 1);
    assert_nothing(0);
    duet__frontier_named(host, 0, NULL, SECOND_NS);
    url = next(0, "http://no.such.host/0");
    assert_int_equal(url->host->name_error, 0);
    duet__frontier_drop(url);
    assert_nothing(SECOND_NS); /* what was found is too old */
    assert_ptr_equal(duet__frontier_unnamed(&frontier), host);
    duet__frontier_named(host, DUET_ERESOLVE, "none", 2LL * SECOND_NS);
    url = next(SECOND_NS, "http://no.such.host/1");
    assert_int_equal(url->host->name_error, DUET_ERESOLVE);
    duet__frontier_drop(url);
    end();
}

static void what_waits_is_bounded(void **state)
{
    (void)state;
    begin();
    while (!duet__frontier_is_full(&frontier))
        add("http://10.0.0.1", 1);
    assert_in_range(frontier.bytes, limits.bytes_max,
                    (size_t)limits.bytes_max + 1000);
    end();
}

static void what_is_no_url_waits_for_nothing(void **state)
{
    (void)state;
    begin();
    add("nonsense", 1);
    duet__frontier_drop(next(0, "nonsense/0"));
    end();
}

static void all_that_waits_can_be_taken(void **state)
{
    duet__fetch_url *url;
    int count = 0;

    (void)state;
    begin();
    add("http://10.0.0.1", 3); /* one to be tried again, and a rest */
    add("http://no.such.host", 3);
    url = next(0, "http://10.0.0.1/0");
    duet__frontier_rest(url, SECOND_NS);
    url->due_ns = SECOND_NS;
    assert_status(duet__frontier_retry(url), 0);
    while ((url = duet__frontier_take_any(&frontier)) != NULL) {
        duet__frontier_drop(url);
        count++;
    }
    assert_int_equal(count, 6);
    end();
}

TEST_MAIN(test(hosts_take_turns),
          test(answers_let_the_share_grow_and_silence_shrink),
          test(host_that_is_alone_may_go_beyond_its_share),
          test(retry_comes_before_the_others_of_its_host),
          test(host_that_rests_holds_nobody_else),
          test(host_that_only_asks_for_rest_is_given_up),
          test(url_whose_host_is_given_up_while_it_waits_is_too),
          test(an_answer_between_makes_a_host_worth_waiting_for),
          test(host_waits_for_its_name_and_holds_nobody_else),
          test(what_waits_is_bounded), test(what_is_no_url_waits_for_nothing),
          test(all_that_waits_can_be_taken))
